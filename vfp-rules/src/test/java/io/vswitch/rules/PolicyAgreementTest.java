package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Random policies, edits and packets: what is compiled step by step, what is compiled afresh and
 * the naive evaluator must decide the same. One seed makes one policy, its edits and the packets
 * between them. The switch with its flow cache is held against the naive evaluator by {@link
 * CachedAgreementTest}.
 */
class PolicyAgreementTest {
    private static final int SMALL_TRIES = 400;
    private static final int LARGE_TRIES = 30;
    private static final int LONG_TRIES = 6;
    private static final int LONG_EDITS = 1_000;
    private static long checks;
    private static long matches;
    private static long drops;
    private static long restRules;

    @Property(tries = SMALL_TRIES, shrinking = ShrinkingMode.OFF)
    void shouldAgreeWithNaiveEvaluatorWhenPolicyIsEdited(@ForAll final long seed) {
        run(new RandomPolicies(seed, 5, false), 12, 16, 40);
    }

    @Property(tries = LARGE_TRIES, shrinking = ShrinkingMode.OFF)
    void shouldAgreeWithNaiveEvaluatorWhenMasksExceedTuples(@ForAll final long seed) {
        run(new RandomPolicies(seed, seed % 2 == 0 ? 5 : 35, false), 400, 12, 200);
    }

    /** Compiled afresh at some steps only, and at the end; tags change on the way. */
    @Property(tries = LONG_TRIES, shrinking = ShrinkingMode.OFF)
    void shouldEqualOneCompiledAfreshWhenEditedAThousandTimes(@ForAll final long seed) {
        final RandomPolicies random = new RandomPolicies(seed, seed % 2 == 0 ? 5 : 20, false);
        PolicySet set = random.policy(600);
        TagSet tags = random.tags();
        final PolicyCompiler compiler = new PolicyCompiler("p");
        for (int step = 1; step <= LONG_EDITS; step++) {
            set = step % 50 == 0 ? random.replaceMany(set) : random.edit(set);
            tags = random.below(20) == 0 ? random.edit(tags) : tags;
            final PortPolicy stepwise = compile(compiler, set, tags);
            if (step % 100 == 0) {
                compare(random, set, tags, stepwise);
            }
        }
    }

    private static void compare(
            final RandomPolicies random,
            final PolicySet set,
            final TagSet tags,
            final PortPolicy stepwise) {
        final PolicyCompiler other = new PolicyCompiler("p");
        final PortPolicy afresh = compile(other, set, tags);
        assertEquals(afresh.dependsOnTcpFlags(), stepwise.dependsOnTcpFlags());
        final NaivePolicy naive = new NaivePolicy(set, tags, RandomPolicies.PORTS);
        for (int i = 0; i < 500; i++) {
            check(random, naive, stepwise, afresh);
        }
    }

    @AfterContainer
    static void shouldHaveCheckedEnough() {
        assertTrue(checks >= 250_000, "only " + checks + " checks");
        assertTrue(matches > checks / 2, "only " + matches + " matches in " + checks + " checks");
        assertTrue(
                drops > checks / 10 && drops < checks * 8 / 10,
                drops + " drops in " + checks + " checks");
        assertTrue(restRules > 0, "no group went beyond its tuples");
    }

    private static void run(
            final RandomPolicies random,
            final int maxRules,
            final int edits,
            final int packetsPerEdit) {
        PolicySet set = random.policy(maxRules);
        TagSet tags = random.tags();
        final PolicyCompiler compiler = new PolicyCompiler("p");
        for (int i = 0; i <= edits; i++) {
            final PortPolicy stepwise = compile(compiler, set, tags);
            final PortPolicy afresh = compile(new PolicyCompiler("p"), set, tags);
            assertEquals(afresh.dependsOnTcpFlags(), stepwise.dependsOnTcpFlags());
            final NaivePolicy naive = new NaivePolicy(set, tags, RandomPolicies.PORTS);
            for (int j = 0; j < packetsPerEdit; j++) {
                check(random, naive, stepwise, afresh);
            }
            restRules += compiler.restRules();
            tags = random.below(3) == 0 ? random.edit(tags) : tags;
            final int changes = 1 + random.below(3);
            for (int j = 0; j < changes; j++) {
                set = random.edit(set);
            }
        }
    }

    private static PortPolicy compile(
            final PolicyCompiler compiler, final PolicySet set, final TagSet tags) {
        return compiler.compile(set, tags, name -> RandomPolicies.PORTS.getOrDefault(name, -1));
    }

    private static void check(
            final RandomPolicies random,
            final NaivePolicy naive,
            final PortPolicy stepwise,
            final PortPolicy afresh) {
        final HeaderFields packet = random.packet();
        final Direction direction = random.direction();
        final HeaderFields expected = new HeaderFields().copyFrom(packet);
        naive.evaluate(direction, expected);
        agree(naive, expected, stepwise, direction, packet);
        agree(naive, expected, afresh, direction, packet);
        checks++;
        matches += naive.matched.isEmpty() ? 0 : 1;
        drops += naive.drop != null ? 1 : 0;
    }

    private static void agree(
            final NaivePolicy naive,
            final HeaderFields expected,
            final PortPolicy policy,
            final Direction direction,
            final HeaderFields packet) {
        final HeaderFields fields = new HeaderFields().copyFrom(packet);
        final PolicyDecision decision = new PolicyDecision();
        policy.evaluate(direction, fields, decision, null);
        final boolean same =
                decision.dropReason() == naive.drop
                        && decision.redirectPort() == naive.redirect
                        && mirrors(decision).equals(naive.mirrors)
                        && sameRules(decision, naive.matched)
                        && (naive.drop != null || Packets.same(fields, expected));
        if (!same) {
            fail(
                    direction
                            + " "
                            + Packets.text(packet)
                            + "\n naive:    "
                            + naive
                            + " "
                            + Packets.text(expected)
                            + "\n compiled: "
                            + decision.dropReason()
                            + " "
                            + decision.redirectPort()
                            + " "
                            + mirrors(decision)
                            + " "
                            + rules(decision)
                            + " "
                            + Packets.text(fields));
        }
    }

    private static Set<Integer> mirrors(final PolicyDecision decision) {
        final Set<Integer> ports = new TreeSet<>();
        for (int i = 0; i < decision.mirrorCount(); i++) {
            assertTrue(ports.add(decision.mirrors()[i]), "a port is mirrored to twice");
        }
        return ports;
    }

    private static boolean sameRules(final PolicyDecision decision, final List<RuleRef> expected) {
        boolean same = decision.matchedCount() == expected.size();
        for (int i = 0; same && i < expected.size(); i++) {
            final RuleRef rule = decision.matched(i);
            final RuleRef wanted = expected.get(i);
            same =
                    rule.id().equals(wanted.id())
                            && rule.group().equals(wanted.group())
                            && rule.layer().equals(wanted.layer());
        }
        return same;
    }

    private static List<RuleRef> rules(final PolicyDecision decision) {
        final List<RuleRef> rules = new ArrayList<>();
        for (int i = 0; i < decision.matchedCount(); i++) {
            rules.add(decision.matched(i));
        }
        return rules;
    }
}
