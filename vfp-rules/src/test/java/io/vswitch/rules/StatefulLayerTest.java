package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Stateful layers in a whole switch: a may reach b, b may only answer. */
class StatefulLayerTest extends StatefulFixture {
    private static final int TCP = 6;
    private static final int UDP = 17;

    @Test
    void shouldLetRepliesPassAndDropUnsolicitedSynWhenOnlyOutIsAllowed() {
        assertFalse(tcpFromB(1000, SYN));
        establish(1000);
        assertTrue(tcpFromB(1000, ACK));
        assertFalse(tcpFromB(1001, SYN));
        assertFalse(tcpFromB(1001, ACK));
        assertFalse(fromB(TCP, 1000, 81, ACK));
        assertEquals(5, drops(DropReason.LAYER_DEFAULT), "with the frame that made b known");
    }

    @Test
    void shouldDropRepliesWhenTheLayerIsStateless() {
        publish(layer(false).withRule("acl", "out", Rule.of("all", 100, "allow")));

        assertTrue(tcpFromA(1000, SYN));
        assertFalse(tcpFromB(1000, SYN | ACK));
    }

    @Test
    void shouldLetTheReplyPassWhenItsTupleWasDroppedBefore() {
        assertFalse(fromB(UDP, 1000, 53, 0));
        assertFalse(fromB(UDP, 1000, 53, 0));
        assertTrue(fromA(UDP, 1000, 53, 0));
        assertTrue(fromB(UDP, 1000, 53, 0));
    }

    @Test
    void shouldNotTakeASynOfThePeerForAReplyWhenTheConnectionIsEstablished() {
        establish(1000);

        assertFalse(tcpFromB(1000, SYN));
        assertTrue(tcpFromB(1000, ACK));
    }

    @Test
    void shouldDropLateSegmentsWhenTheConnectionWasClosedAndItsTimeIsOver() {
        establish(1000);
        assertTrue(tcpFromA(1000, FIN | ACK));
        assertTrue(tcpFromB(1000, FIN | ACK));
        assertTrue(tcpFromA(1000, ACK));
        nowNs += 40 * SECOND;
        assertTrue(tcpFromB(1000, ACK));
        nowNs += 6 * SECOND;
        assertFalse(tcpFromB(1000, ACK), "late segments don't keep it");
        assertTrue(tcpFromA(1000, ACK), "the rules allow it");
        assertFalse(tcpFromB(1000, ACK), "but it opens nothing");
    }

    @Test
    void shouldDropLateSegmentsWhenTheConnectionWasReset() {
        establish(1000);
        assertTrue(tcpFromB(1000, RST));
        nowNs += 29 * SECOND;
        assertTrue(tcpFromB(1000, ACK));
        nowNs += 2 * SECOND;
        assertFalse(tcpFromB(1000, ACK));
        establish(1000);
    }

    @Test
    void shouldExpireWhenIdle() {
        establish(1000);
        assertTrue(fromA(UDP, 1000, 53, 0));
        assertTrue(fromB(UDP, 1000, 53, 0));
        for (int i = 0; i < 40; i++) {
            nowNs += SECOND;
            assertTrue(fromB(UDP, 1000, 53, 0), "used");
        }
        nowNs += 34 * SECOND;
        assertFalse(fromB(UDP, 1000, 53, 0));
        assertTrue(tcpFromB(1000, ACK), "established for a day");
        nowNs += 86_404 * SECOND;
        assertFalse(tcpFromB(1000, ACK));
    }

    @Test
    void shouldExpireAHalfOpenConnectionEarly() {
        assertTrue(tcpFromA(1000, SYN));
        nowNs += 31 * SECOND;
        assertFalse(tcpFromB(1000, SYN | ACK));
    }

    @Test
    void shouldStopBothDirectionsAtOnceWhenTheRuleGoes() {
        establish(1000);
        assertTrue(tcpFromB(1000, ACK));

        publish(rules.withoutRule("acl", "out", "all"));
        assertFalse(tcpFromB(1000, ACK));
        assertFalse(tcpFromA(1000, ACK));

        publish(rules.withRule("acl", "out", Rule.of("no", 1, "allow dst-ip 10.0.0.9")));
        assertFalse(tcpFromB(1000, ACK));
        publish(rules.withRule("acl", "out", Rule.of("web", 2, "allow proto tcp dst-port 80")));
        assertTrue(tcpFromB(1000, ACK), "the connection outlived the change");
    }

    @Test
    void shouldAllowRepliesOfWhatTheRulesLetIn() {
        publish(
                layer(true)
                        .withRule(
                                "acl",
                                "in",
                                Rule.of(
                                        "web",
                                        1,
                                        "allow proto tcp dst-port 1000 tcp-flags syn/syn+ack")));

        assertFalse(tcpFromA(1000, SYN | ACK));
        assertTrue(tcpFromB(1000, SYN));
        assertTrue(tcpFromA(1000, SYN | ACK));
    }

    @Test
    void shouldTellEchoRequestsFromReplies() {
        assertFalse(passes(b, a, icmp(false, 0, 7)));
        assertTrue(passes(a, b, icmp(true, 8, 7)));
        assertTrue(passes(b, a, icmp(false, 0, 7)));
        assertFalse(passes(b, a, icmp(false, 0, 8)));
        assertFalse(passes(b, a, icmp(false, 8, 7)));
        assertTrue(passes(a, b, icmp(true, 0, 7)), "the rules allow it");
        assertFalse(passes(b, a, icmp(false, 8, 7)), "but a reply opens nothing");
    }

    @Test
    void shouldGiveUpHalfOpenConnectionsOnlyWhenFull() {
        for (int i = 0; i < 32; i++) {
            establish(1000 + i);
        }
        for (int i = 0; i < 200; i++) {
            assertTrue(tcpFromA(2000 + i, SYN));
        }
        for (int i = 0; i < 32; i++) {
            assertTrue(tcpFromB(1000 + i, ACK));
        }
        assertFalse(tcpFromB(2000, SYN | ACK), "given up");
        assertTrue(tcpFromB(2199, SYN | ACK));
    }

    @Test
    void shouldRefuseANewConnectionWhenFullOfEstablishedOnes() {
        for (int i = 0; i < 64; i++) {
            establish(1000 + i);
        }
        assertFalse(tcpFromA(2000, SYN));
        assertFalse(fromA(UDP, 2000, 53, 0));
        assertEquals(2, drops(DropReason.CONNECTIONS_FULL));
        assertTrue(tcpFromA(1000, RST));
        assertTrue(fromA(UDP, 2000, 53, 0), "there is room again");
        assertTrue(fromB(UDP, 2000, 53, 0));
    }

    @Test
    void shouldForgetConnectionsWhenTheLayerOrThePortGoes() {
        establish(1000);
        publish(rules.withoutLayer("acl"));
        publish(layer(true).withRule("acl", "out", Rule.of("all", 100, "allow")));
        assertFalse(tcpFromB(1000, ACK));

        establish(1000);
        sw.removePort("a");
        final MemoryPort again = new MemoryPort("a");
        sw.addPort(again, "blue", new PolicyCompiler("a").compile(rules, name -> -1));
        assertFalse(passes(b, again, frame(false, TCP, 1000, 80, ACK)));
    }

    @Test
    void shouldOpenNothingWhenAnotherLayerDropsThePacket() {
        sw.removePort("b");
        final MemoryPort other = new MemoryPort("b");
        final PolicySet closed =
                PolicySet.of("b").withLayer(new Layer("acl", 1, Verdict.BLOCK, true));
        sw.addPort(other, "blue", new PolicyCompiler("b").compile(closed, name -> -1));
        assertFalse(passes(other, a, frame(false, UDP, 9, 9, 0)));
        assertFalse(passes(a, other, frame(true, UDP, 1000, 53, 0)));
        sw.policy("b", PortPolicy.ALLOW_ALL);
        assertFalse(passes(other, a, frame(false, UDP, 1000, 53, 0)));
    }

    @Test
    void shouldExplainRepliesWithoutOpeningConnections() {
        assertEquals(
                "allow", explain("a", frame(true, TCP, 1000, 80, SYN)).steps().get(0).outcome());
        assertFalse(tcpFromB(1000, SYN | ACK));
        assertTrue(tcpFromA(1000, SYN));
        assertEquals(
                "allow, reply of a connection",
                explain("b", frame(false, TCP, 1000, 80, SYN | ACK)).steps().get(0).outcome());
        nowNs += 31 * SECOND;
        assertEquals(
                "default block",
                explain("b", frame(false, TCP, 1000, 80, SYN | ACK)).steps().get(0).outcome());
    }

    @Test
    void shouldKnowTheConnectionWhenARuleIsSupposed() {
        establish(1000);
        final PolicySet supposed =
                rules.withRule("acl", "in", Rule.of("dns", 100, "allow proto udp"));
        final PortPolicy policy = compiler.copy().compile(supposed, name -> -1);
        final UnsafeBuffer reply = frame(false, TCP, 1000, 80, ACK);
        final UnsafeBuffer other = frame(false, TCP, 1001, 80, ACK);

        assertEquals("allow, reply of a connection", suppose(policy, reply));
        assertEquals("default block", suppose(policy, other));
        assertFalse(tcpFromB(1001, ACK));
        assertTrue(tcpFromB(1000, ACK));
    }

    private String suppose(final PortPolicy policy, final UnsafeBuffer frame) {
        return sw.explain("b", 0, frame, 0, frame.capacity(), Map.of("a", policy))
                .steps()
                .get(0)
                .outcome();
    }
}
