package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.PolicyChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What may pass a container's port, as options of its network or of its endpoint say; immutable. A
 * null means: not said.
 *
 * @param rateIn to the container, like {@code 10mbit}.
 * @param rateOut from the container.
 * @param aclIn rules for what is sent to the container, separated by semicolons.
 * @param aclOut rules for what the container sends.
 */
record EndpointPolicy(String rateIn, String rateOut, String aclIn, String aclOut) {
    /** Names of the options. */
    static final List<String> OPTIONS = List.of("rate-in", "rate-out", "acl-in", "acl-out");

    static final EndpointPolicy NONE = new EndpointPolicy(null, null, null, null);

    /** The layer that holds the rules, and its owner: nobody else changes them. */
    static final String LAYER = "docker";

    private static final int FIRST = 10;

    /** What hosts on a link can't do without. */
    static final Map<String, String> ALWAYS =
            Map.of(
                    "arp", "allow ethertype arp",
                    "nd-ra", "allow proto icmpv6 icmp-type 134",
                    "nd-ns", "allow proto icmpv6 icmp-type 135",
                    "nd-na", "allow proto icmpv6 icmp-type 136");

    /** Takes what it knows of the options. */
    static EndpointPolicy of(final Map<String, String> options) {
        final EndpointPolicy policy =
                new EndpointPolicy(
                        options.get("rate-in"),
                        options.get("rate-out"),
                        options.get("acl-in"),
                        options.get("acl-out"));
        policy.limits();
        return policy;
    }

    /** What this says, and what it doesn't say as the other does. */
    EndpointPolicy over(final EndpointPolicy other) {
        return new EndpointPolicy(
                rateIn != null ? rateIn : other.rateIn,
                rateOut != null ? rateOut : other.rateOut,
                aclIn != null ? aclIn : other.aclIn,
                aclOut != null ? aclOut : other.aclOut);
    }

    /** What an option says, or null. */
    String value(final String option) {
        return switch (option) {
            case "rate-in" -> rateIn;
            case "rate-out" -> rateOut;
            case "acl-in" -> aclIn;
            case "acl-out" -> aclOut;
            default -> null;
        };
    }

    /** The rates, or null for none; refuses what is no rate. */
    Limits limits() {
        final Limits limits = Limits.ofRates(rateIn, rateOut).over(Limits.DEFAULT);
        return limits.equals(Limits.DEFAULT) ? null : limits;
    }

    /**
     * The rules of a port that is just being added. Replies to what a rule allows pass without one,
     * and so do ARP and neighbour discovery.
     */
    List<Change> rules(final String port) {
        final List<Change> changes = new ArrayList<>();
        if (aclIn == null && aclOut == null) {
            return changes;
        }
        final int priority = PolicyChange.DEFAULT_PRIORITY;
        changes.add(new PolicyChange.AddLayer(port, LAYER, priority, "allow", true, LAYER));
        group(changes, port, "in", aclIn);
        group(changes, port, "out", aclOut);
        return changes;
    }

    private static void group(
            final List<Change> changes, final String port, final String name, final String acl) {
        final int priority = PolicyChange.DEFAULT_PRIORITY;
        changes.add(new PolicyChange.AddGroup(port, LAYER, name, name, priority, null));
        ALWAYS.forEach(
                (id, rule) ->
                        changes.add(new PolicyChange.AddRule(port, LAYER, name, id, 1, rule)));
        int number = 0;
        for (final String rule : split(acl)) {
            number++;
            changes.add(
                    new PolicyChange.AddRule(
                            port, LAYER, name, Integer.toString(number), FIRST + number, rule));
        }
    }

    /** Where nothing is said everything passes, by a rule, so that connections are known. */
    static List<String> split(final String acl) {
        final List<String> rules =
                Arrays.stream((acl == null ? "" : acl).split(";"))
                        .map(String::strip)
                        .filter(rule -> !rule.isEmpty())
                        .toList();
        return rules.isEmpty() ? List.of("allow") : rules;
    }
}
