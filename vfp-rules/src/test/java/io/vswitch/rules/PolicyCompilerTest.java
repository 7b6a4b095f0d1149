package io.vswitch.rules;

import static io.vswitch.core.policy.Direction.OUTBOUND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCompilerTest {
    private static final int MANY = 10_000;

    /** Measures this thread's CPU time, so that a busy machine changes nothing. */
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final PolicyCompiler compiler = new PolicyCompiler("p");
    private final PolicyDecision decision = new PolicyDecision();

    private static PolicySet many() {
        final List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            final String host = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            final String text =
                    i % 2 == 0
                            ? "allow proto tcp dst-port 80,443 dst-ip "
                            : "block proto udp src-ip ";
            rules.add(Rule.of(Integer.toString(i), 100 + i % 50, text + host));
        }
        return PolicySet.of("p")
                .withLayer(new Layer("acl", 1, Verdict.BLOCK))
                .withGroup(new Group("acl", "g", OUTBOUND, 1))
                .withRules("acl", "g", rules);
    }

    private PortPolicy compile(final PolicySet set) {
        return compiler.compile(set, name -> -1);
    }

    private DropReason decide(final PortPolicy policy, final HeaderFields packet) {
        decision.reset();
        policy.evaluate(OUTBOUND, packet, decision, null);
        return decision.dropReason();
    }

    @Test
    void shouldKeepCountersWhenOtherRulesChange() {
        final PolicySet set = many();
        compile(set);
        final RuleRef kept = compiler.ref("acl", "g", "7");
        final RuleRef replaced = compiler.ref("acl", "g", "8");
        kept.add(3, 300);
        compile(
                set.withoutRule("acl", "g", "6")
                        .withReplacedRule("acl", "g", Rule.of("8", 1, "allow")));
        assertSame(kept, compiler.ref("acl", "g", "7"));
        assertEquals(3, compiler.ref("acl", "g", "7").packets());
        assertNotSame(replaced, compiler.ref("acl", "g", "8"));
        assertNull(compiler.ref("acl", "g", "6"));
        assertNull(compiler.ref("acl", "none", "6"));
    }

    @Test
    void shouldKeepCountersWhenTheSameRulesAreBuiltAnew() {
        compile(many());
        final RuleRef kept = compiler.ref("acl", "g", "7");
        compile(many());
        assertSame(kept, compiler.ref("acl", "g", "7"));
    }

    @Test
    void shouldLeaveAnOlderPolicyAloneWhenANewerIsCompiled() {
        final PolicySet set = many();
        final PortPolicy older = compile(set);
        final PortPolicy newer =
                compile(set.withRule("acl", "g", Rule.of("stop", 1, "block dst-ip 10.0.0.2")));
        final HeaderFields packet = Packets.tcp(0x0a000001L, 0x0a000002L, 40_000, 443);
        assertNull(decide(older, packet));
        assertEquals("2", decision.matched(0).id());
        assertEquals(DropReason.POLICY_BLOCKED, decide(newer, packet));
        assertEquals("stop", decision.matched(0).id());
    }

    @Test
    void shouldResolvePortsAtEveryCompile() {
        final PolicySet set =
                PolicySet.of("p")
                        .withLayer(new Layer("acl", 1, Verdict.ALLOW))
                        .withGroup(new Group("acl", "g", OUTBOUND, 1))
                        .withRule("acl", "g", Rule.of("r", 1, "redirect c"));
        final HeaderFields packet = Packets.tcp(1, 2, 3, 4);
        assertEquals(DropReason.DESTINATION_GONE, decide(compile(set), packet));
        assertNull(decide(compiler.compile(set, name -> name.equals("c") ? 9 : -1), packet));
        assertEquals(9, decision.redirectPort());
    }

    @Test
    void shouldCompileOneMoreRuleFastWhenThereAreMany() {
        PolicySet set = many();
        compile(set);
        long bestNs = Long.MAX_VALUE;
        for (int i = 0; i < 40; i++) {
            final long startNs = THREADS.getCurrentThreadCpuTime();
            set =
                    set.withRule(
                            "acl",
                            "g",
                            Rule.of("more" + i, 1, "block proto tcp dst-ip 10.9.9." + i));
            compile(set);
            bestNs = Math.min(bestNs, THREADS.getCurrentThreadCpuTime() - startNs);
        }
        assertTrue(bestNs < 2_000_000, bestNs + " ns for one more rule");
    }

    @Test
    void shouldAllocateNothingWhenEvaluating() {
        final PortPolicy policy = compile(many());
        final HeaderFields packet = Packets.tcp(0x0a000001L, 0x0a000002L, 40_000, 443);
        for (int i = 0; i < 20_000; i++) {
            decide(policy, packet);
        }
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            decide(policy, packet);
        }
        final long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 10_000, bytes + " bytes for 10,000 packets");
    }

    @Test
    void shouldShareTuplesWhenMasksAreMany() {
        PolicySet set =
                PolicySet.of("p")
                        .withLayer(new Layer("acl", 1, Verdict.BLOCK))
                        .withGroup(new Group("acl", "g", OUTBOUND, 1));
        final List<Rule> rules = new ArrayList<>();
        for (int source = 9; source <= 32; source++) {
            for (int destination = 9; destination <= 32; destination++) {
                final String text =
                        "allow src-ip 10.128.0.0/" + source + " dst-ip 10.128.0.0/" + destination;
                rules.add(Rule.of(source + "-" + destination, 64 - source - destination + 1, text));
            }
        }
        set = set.withRules("acl", "g", rules);
        final PortPolicy policy = compile(set);
        assertEquals(0, compiler.restRules());
        assertNull(decide(policy, Packets.tcp(0x0a800000L, 0x0a800000L, 1, 2)));
        assertEquals("32-32", decision.matched(0).id());
        assertNull(decide(policy, Packets.tcp(0x0a800001L, 0x0a804000L, 1, 2)));
        assertEquals("31-17", decision.matched(0).id());
        assertEquals(
                DropReason.LAYER_DEFAULT,
                decide(policy, Packets.tcp(0x0b800001L, 0x0a804000L, 1, 2)));
    }
}
