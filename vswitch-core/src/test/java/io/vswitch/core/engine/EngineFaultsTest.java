package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.view.CaptureSpec;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What the engine does when a policy, a port or a sink misbehaves, or rules meet odd packets. */
class EngineFaultsTest extends EngineFixture {
    private static final int SYN = 2;
    private static final int ACK = 16;

    private static PortPolicy throwingInbound() {
        return (direction, fields, decision, trace) -> {
            if (direction == Direction.INBOUND && fields.destinationPort == 666) {
                throw new IllegalStateException("policy is broken");
            }
        };
    }

    @Test
    void shouldDropOnlyThatPacketWhenPolicyThrows() {
        introduce();
        errorsExpected = 1;
        sw.policy("b", throwingInbound());
        a.deliver(udp(MAC_A, MAC_B, 80));
        a.deliver(udp(MAC_A, MAC_B, 666));
        a.deliver(udp(MAC_A, MAC_B, 81));
        run();
        assertEquals(2, b.sent.size());
        assertEquals(1, drops(DropReason.INTERNAL_ERROR));
    }

    @Test
    void shouldDropOnlyThatCopyWhenPolicyThrowsWhileFlooding() {
        errorsExpected = 1;
        sw.policy("b", throwingInbound());
        send(a, udp(MAC_A, BROADCAST, 666));
        assertEquals(0, b.sent.size());
        assertEquals(1, c.sent.size());
        assertEquals(1, drops(DropReason.INTERNAL_ERROR));
    }

    @Test
    void shouldDropThePacketWhenPolicyOverflowsTheStack() {
        errorsExpected = 1;
        sw.policy("a", EngineFaultsTest::recurse);
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(1, drops(DropReason.INTERNAL_ERROR));
    }

    private static void recurse(
            final Direction direction,
            final HeaderFields fields,
            final PolicyDecision decision,
            final PolicyTrace trace) {
        recurse(direction, fields, decision, trace);
        decision.reset();
    }

    @Test
    void shouldCountEveryFrameOnceWhenTransmitThrows() {
        introduce();
        errorsExpected = 1;
        b.transmitThrows = new IllegalStateException("queue is broken");
        for (int i = 0; i < 3; i++) {
            a.deliver(udp(MAC_A, MAC_B, 80));
            a.deliver(udp(MAC_A, MAC_C, 80));
        }
        run();
        assertEquals(3, drops(DropReason.INTERNAL_ERROR));
        assertEquals(3, c.sent.size());
        b.transmitThrows = null;
        send(a, udp(MAC_A, MAC_B, 81));
        assertEquals(1, b.sent.size());
        assertEquals(81, b.sent.get(0).buffer().getShort(36, java.nio.ByteOrder.BIG_ENDIAN));
    }

    @Test
    void shouldGoOnWhenReceiveThrowsInTheMiddleOfABurst() {
        errorsExpected = 1;
        a.receiveThrows = new IllegalStateException("queue is broken");
        for (int i = 0; i < 100; i++) {
            a.deliver(udp(MAC_A, BROADCAST, 80));
            sw.cycle();
        }
        assertEquals(0, sw.slabsInUse());
        a.receiveThrows = null;
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(1, b.sent.size());
    }

    @Test
    void shouldRefusePortWhenItHasNoQueueForAWorker() {
        final long generation = sw.generation();
        final ScriptedPort broken =
                new ScriptedPort("d") {
                    @Override
                    public PortQueue queue(final int worker) {
                        throw new SwitchException("port 'd': queue 0 is not open");
                    }
                };
        assertThrows(SwitchException.class, () -> sw.addPort(broken, "blue", PortPolicy.ALLOW_ALL));
        assertEquals(generation, sw.generation());
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(1, b.sent.size());
    }

    @Test
    void shouldReportGonePortAndLeaveItOutOfFlooding() {
        b.gone = true;
        run();
        assertTrue(sw.ports().get(1).gone());
        assertFalse(sw.ports().get(0).gone());
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(0, b.sent.size());
        assertEquals(1, c.sent.size());
        sw.removePort("b");
        assertTrue(b.closed);
        final ScriptedPort again = new ScriptedPort("b");
        sw.addPort(again, "blue", PortPolicy.ALLOW_ALL);
        assertFalse(sw.ports().get(1).gone());
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(1, again.sent.size());
    }

    /** The layers of the port a packet leaves through look at TCP flags; those it enters don't. */
    @Test
    void shouldJudgeEachPacketByItsFlagsWhenOnlyTheEgressPortLooksAtThem() {
        introduce();
        sw.policy("b", new NoNewConnections());
        send(a, tcp(MAC_A, MAC_B, ACK));
        send(a, tcp(MAC_A, MAC_B, SYN));
        send(a, tcp(MAC_A, MAC_B, ACK));
        assertEquals(2, b.sent.size());
        assertEquals(1, drops(DropReason.POLICY_BLOCKED));
    }

    private static final class NoNewConnections implements PortPolicy {
        @Override
        public void evaluate(
                final Direction direction,
                final HeaderFields fields,
                final PolicyDecision decision,
                final PolicyTrace trace) {
            if (direction == Direction.INBOUND && fields.tcpFlags == SYN) {
                decision.drop(DropReason.POLICY_BLOCKED);
            }
        }

        @Override
        public boolean dependsOnTcpFlags() {
            return true;
        }
    }

    @Test
    void shouldKeepFloodedCopyFromPortWhoseLayersRedirectIt() {
        final int idOfC = sw.ports().get(2).id();
        sw.policy(
                "b",
                (direction, fields, decision, trace) -> {
                    if (direction == Direction.INBOUND) {
                        decision.redirect(idOfC);
                    }
                });
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(0, b.sent.size());
        assertEquals(1, c.sent.size());
        assertEquals(1, drops(DropReason.POLICY_BLOCKED));
    }

    @Test
    void shouldCompleteChecksumOfARewrittenFloodedCopy() {
        sw.policy("b", (direction, fields, decision, trace) -> fields.destinationLow = 0x0a000063);
        final UnsafeBuffer frame = tcp(MAC_A, BROADCAST, ACK);
        a.deliver(Frames.openChecksum(frame));
        run();
        assertEquals(1, b.sent.size());
        final UnsafeBuffer out = b.sent.get(0).buffer();
        assertEquals(99, out.getByte(33));
        assertEquals(0xffff, Frames.transportSum(out));
        assertEquals(0xffff, Frames.headerSum(out));
        assertEquals(0, b.sent.get(0).flags() & Offload.NEEDS_CHECKSUM);
        assertEquals(2, c.sent.get(0).buffer().getByte(33));
        assertEquals(0xffff, Frames.transportSum(c.sent.get(0).buffer()));
    }

    @Test
    void shouldNotBlameARuleForALayersDefault() {
        final RuleRef allow = new RuleRef("a", "acl", "out", "allow-all");
        sw.policy(
                "a",
                (direction, fields, decision, trace) -> {
                    decision.matched(allow);
                    decision.drop(DropReason.LAYER_DEFAULT);
                });
        final List<String> rules = new ArrayList<>();
        try (VirtualSwitch.Capture capture =
                sw.capture(
                        new CaptureSpec(null, true, 64),
                        (ns, port, received, drop, rule, buffer, offset, length, original) ->
                                rules.add(drop.label() + " " + rule))) {
            send(a, udp(MAC_A, BROADCAST, 80));
            assertEquals(0, capture.missed());
        }
        assertEquals(List.of("layer-default null"), rules);
    }

    @Test
    void shouldForwardOnAndEndTheCaptureWhenItsSinkThrows() {
        errorsExpected = 1;
        final List<String> healthy = new ArrayList<>();
        final VirtualSwitch.Capture broken =
                sw.capture(
                        new CaptureSpec("a", false, 64),
                        (ns, port, received, drop, rule, buffer, offset, length, original) -> {
                            throw new IllegalStateException("disk full");
                        });
        try (VirtualSwitch.Capture good =
                sw.capture(
                        new CaptureSpec("a", false, 64),
                        (ns, port, received, drop, rule, buffer, offset, length, original) ->
                                healthy.add(port))) {
            send(a, udp(MAC_A, BROADCAST, 80));
            send(a, udp(MAC_A, BROADCAST, 80));
            assertEquals(0, good.missed());
        }
        assertEquals(2, broken.missed());
        broken.close();
        broken.close();
        assertEquals(List.of("a", "a"), healthy);
        assertEquals(2, b.sent.size());
    }

    @Test
    void shouldKeepOrderWhenOddFramesAreAmongQueuedOnes() {
        introduce();
        final UnsafeBuffer first = udp(MAC_A, MAC_B, 1);
        final UnsafeBuffer last = udp(MAC_A, MAC_B, 3);
        a.deliver(first);
        a.deliver(Frames.openChecksum(tcp(MAC_A, MAC_B, ACK)));
        a.deliver(last);
        run();
        assertEquals(3, b.sent.size());
        assertArrayEquals(first.byteArray(), b.sent.get(0).bytes());
        assertEquals(0xffff, Frames.transportSum(b.sent.get(1).buffer()));
        assertArrayEquals(last.byteArray(), b.sent.get(2).bytes());
    }
}
