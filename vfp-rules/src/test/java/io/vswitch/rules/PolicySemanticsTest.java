package io.vswitch.rules;

import static io.vswitch.core.policy.Direction.INBOUND;
import static io.vswitch.core.policy.Direction.OUTBOUND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PortPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of the package documentation, one by one, as explain shows them. */
class PolicySemanticsTest {
    private static final Map<String, Integer> PORTS = Map.of("a", 3, "b", 4);

    private final PolicyDecision decision = new PolicyDecision();
    private final HeaderFields packet = Packets.tcp(0x0a000001L, 0x0a000002L, 40_000, 80);
    private PolicySet set = PolicySet.of("p");
    private int nextId = 1;

    private PolicySemanticsTest layer(
            final String name, final int priority, final Verdict verdict) {
        set = set.withLayer(new Layer(name, priority, verdict));
        return this;
    }

    private PolicySemanticsTest group(
            final String layer,
            final String name,
            final Direction direction,
            final int priority,
            final String... rules) {
        set = set.withGroup(new Group(layer, name, direction, priority));
        for (final String rule : rules) {
            set = set.withRule(layer, name, Rule.of(Integer.toString(nextId++), 100, rule));
        }
        return this;
    }

    private PortPolicy compile() {
        return new PolicyCompiler("p").compile(set, name -> PORTS.getOrDefault(name, -1));
    }

    private List<String> walk(final Direction direction) {
        final List<String> steps = new ArrayList<>();
        decision.reset();
        compile()
                .evaluate(
                        direction,
                        packet,
                        decision,
                        (way, layer, group, rule, outcome) ->
                                steps.add(layer + " " + group + " [" + rule + "] " + outcome));
        return steps;
    }

    @Test
    void shouldWalkLayersInOppositeOrderWhenInbound() {
        layer("bottom", 200, Verdict.ALLOW).layer("top", 100, Verdict.ALLOW);
        assertEquals(
                List.of("top null [null] default allow", "bottom null [null] default allow"),
                walk(OUTBOUND));
        assertEquals(
                List.of("bottom null [null] default allow", "top null [null] default allow"),
                walk(INBOUND));
        assertFalse(decision.isDropped());
    }

    @Test
    void shouldTakeTheLastMatchingGroupWhenNoneIsTerminating() {
        layer("acl", 1, Verdict.ALLOW)
                .group("acl", "first", OUTBOUND, 1, "block")
                .group("acl", "second", OUTBOUND, 2, "allow proto tcp");
        assertEquals(List.of("acl second [2: allow proto tcp] allow"), walk(OUTBOUND));
        assertEquals(1, decision.matchedCount());
        packet.protocol = 17;
        assertEquals(List.of("acl first [1: block] block"), walk(OUTBOUND));
        assertEquals(DropReason.POLICY_BLOCKED, decision.dropReason());
    }

    @Test
    void shouldTakeTheFirstTerminatingMatch() {
        layer("acl", 1, Verdict.ALLOW)
                .group("acl", "first", OUTBOUND, 1, "terminating block proto tcp")
                .group("acl", "second", OUTBOUND, 2, "allow");
        assertEquals(List.of("acl first [1: terminating block proto tcp] block"), walk(OUTBOUND));
    }

    @Test
    void shouldIgnoreGroupsOfTheOtherDirection() {
        layer("acl", 1, Verdict.BLOCK).group("acl", "in", INBOUND, 1, "allow");
        assertEquals(List.of("acl null [null] default block"), walk(OUTBOUND));
        assertEquals(DropReason.LAYER_DEFAULT, decision.dropReason());
        assertEquals(List.of("acl in [1: allow] allow"), walk(INBOUND));
        assertNull(decision.dropReason());
    }

    @Test
    void shouldShowRewrittenFieldsToLaterLayersAndStopAtABlock() {
        layer("nat", 1, Verdict.ALLOW)
                .layer("acl", 2, Verdict.ALLOW)
                .layer("never", 3, Verdict.ALLOW);
        group(
                "nat",
                "g",
                OUTBOUND,
                1,
                "rewrite dst-ip=10.0.0.9 dst-port=8080 where proto tcp dst-port 80");
        group("acl", "g", OUTBOUND, 1, "block proto tcp dst-ip 10.0.0.9 dst-port 8080");
        assertEquals(
                List.of(
                        "nat g [1: rewrite dst-ip=10.0.0.9 dst-port=8080 where proto tcp dst-port"
                                + " 80] rewrite dst-ip=10.0.0.9 dst-port=8080",
                        "acl g [2: block dst-ip 10.0.0.9 proto tcp dst-port 8080] block"),
                walk(OUTBOUND));
        assertEquals(2, decision.matchedCount());
        assertEquals("p/nat/g/1", decision.matched(0).toString());
    }

    @Test
    void shouldLeaveThroughTheLastRedirectUnlessALaterLayerBlocks() {
        layer("one", 1, Verdict.ALLOW).group("one", "g", OUTBOUND, 1, "redirect a");
        layer("two", 2, Verdict.ALLOW).group("two", "g", OUTBOUND, 1, "redirect b");
        assertEquals(
                List.of("one g [1: redirect a] redirect a", "two g [2: redirect b] redirect b"),
                walk(OUTBOUND));
        assertEquals(4, decision.redirectPort());
        layer("three", 3, Verdict.BLOCK);
        walk(OUTBOUND);
        assertEquals(DropReason.LAYER_DEFAULT, decision.dropReason());
    }

    @Test
    void shouldDropWhenTheRedirectTargetIsMissing() {
        layer("one", 1, Verdict.ALLOW)
                .group("one", "g", OUTBOUND, 1, "redirect gone")
                .layer("two", 2, Verdict.ALLOW);
        assertEquals(
                List.of(
                        "one g [1: redirect gone] redirect gone: dropped, "
                                + DropReason.DESTINATION_GONE.text()),
                walk(OUTBOUND));
        assertEquals(DropReason.DESTINATION_GONE, decision.dropReason());
    }

    @Test
    void shouldDropWhenTheRewriteIsImpossible() {
        layer("one", 1, Verdict.ALLOW).group("one", "g", OUTBOUND, 1, "rewrite vlan-pop");
        walk(OUTBOUND);
        assertEquals(DropReason.REWRITE_IMPOSSIBLE, decision.dropReason());
        packet.outerVlan = 0x100a;
        walk(OUTBOUND);
        assertNull(decision.dropReason());
        assertEquals(0, packet.outerVlan);
    }

    @Test
    void shouldNotMatchPortsOfLaterFragments() {
        layer("acl", 1, Verdict.BLOCK)
                .group(
                        "acl",
                        "g",
                        OUTBOUND,
                        1,
                        "allow proto tcp dst-port 0-80",
                        "allow proto tcp dst-ip 10.0.0.3");
        packet.fragment = 1;
        walk(OUTBOUND);
        assertNull(decision.dropReason());
        packet.fragment = 2;
        packet.destinationPort = 0;
        walk(OUTBOUND);
        assertEquals(DropReason.LAYER_DEFAULT, decision.dropReason());
        packet.destinationLow = 0x0a000003L;
        walk(OUTBOUND);
        assertNull(decision.dropReason());
    }

    @Test
    void shouldNotTakeArpForIp() {
        layer("acl", 1, Verdict.ALLOW)
                .group(
                        "acl",
                        "g",
                        OUTBOUND,
                        1,
                        "block dst-ip 10.0.0.0/8",
                        "block proto icmp",
                        "block proto tcp");
        packet.etherType = 0x0806;
        packet.protocol = 1;
        walk(OUTBOUND);
        assertNull(decision.dropReason());
    }

    @Test
    void shouldDependOnTcpFlagsOnlyWhileARuleLooks() {
        layer("acl", 1, Verdict.ALLOW).group("acl", "g", INBOUND, 1, "allow proto tcp");
        assertFalse(compile().dependsOnTcpFlags());
        final PolicySet before = set;
        set = set.withRule("acl", "g", Rule.of("syn", 1, "block proto tcp tcp-flags syn/syn+ack"));
        assertTrue(compile().dependsOnTcpFlags());
        final PolicyCompiler compiler = new PolicyCompiler("p");
        assertTrue(compiler.compile(set, name -> -1).dependsOnTcpFlags());
        assertFalse(compiler.compile(before, name -> -1).dependsOnTcpFlags());
    }
}
