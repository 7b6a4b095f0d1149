package io.vswitch.bench.rulechange;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * The policy of a port with many rules, none of which matches the traffic, and one more that comes
 * and goes; owned by the thread that changes rules.
 */
final class LargePolicy {
    private static final String LAYER = "acl";
    private static final String GROUP = "out";
    private static final String CHANGING = "changing";
    private static final String MANY = "many-";
    private static final int MANY_OFFSET = 7_777;
    private static final int PRIORITIES = 1000;
    private static final int PORTS = 60_000;

    private final PolicyCompiler compiler;
    private PolicySet set;

    LargePolicy(final String port, final int rules) {
        compiler = new PolicyCompiler(port);
        set =
                PolicySet.of(port)
                        .withLayer(new Layer(LAYER, 100, Verdict.ALLOW))
                        .withGroup(new Group(LAYER, GROUP, Direction.OUTBOUND, 100))
                        .withRules(LAYER, GROUP, rules(rules));
    }

    private static List<Rule> rules(final int count) {
        final List<Rule> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rules.add(Rule.of(Integer.toString(i), 1 + i % PRIORITIES, text(i)));
        }
        return rules;
    }

    /** Hosts, subnets, ports and port ranges as an operator's list mixes them. */
    private static String text(final int i) {
        final int high = i >> 8 & 0xff;
        final int low = i & 0xff;
        switch (i % 4) {
            case 0:
                return "block src-ip 10.66."
                        + high
                        + "."
                        + low
                        + " proto tcp dst-port "
                        + (1024 + i % PORTS);
            case 1:
                return "block dst-ip 10.77." + high + "." + low + " proto udp";
            case 2:
                return "block src-ip 10.88."
                        + low
                        + ".0/24 proto tcp dst-port "
                        + i % PORTS
                        + "-"
                        + (i % PORTS + 10);
            default:
                return "allow src-ip 10.66."
                        + high
                        + "."
                        + low
                        + " dst-ip 10.99.0.0/16 proto udp dst-port "
                        + (1024 + i % PORTS);
        }
    }

    /** Parses and adds a rule that blocks a UDP destination port. */
    PortPolicy block(final int udpPort, final int priority) {
        set =
                set.withRule(
                        LAYER,
                        GROUP,
                        Rule.of(CHANGING, priority, "block proto udp dst-port " + udpPort));
        return compile();
    }

    /** Deletes the rule of {@link #block}. */
    PortPolicy unblock() {
        set = set.withoutRule(LAYER, GROUP, CHANGING);
        return compile();
    }

    /** Parses and adds many rules at once; none matches the traffic. */
    PortPolicy addMany(final int count) {
        final List<Rule> added = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            added.add(Rule.of(MANY + i, 1 + i % PRIORITIES, text(i + MANY_OFFSET)));
        }
        set = set.withRules(LAYER, GROUP, added);
        return compile();
    }

    /** Deletes the rules of {@link #addMany} at once. */
    PortPolicy deleteMany(final int count) {
        final List<String> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(MANY + i);
        }
        set = set.withoutRules(LAYER, GROUP, ids);
        return compile();
    }

    PortPolicy compile() {
        return compiler.compile(set, name -> -1);
    }

    /** Rules, without the changing one. */
    int ruleCount() {
        return set.ruleCount();
    }
}
