package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.view.CaptureSpec;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.FlowInfo;
import io.vswitch.core.view.PortStats;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole switch on memory ports, a clock of the test's own, cycle by cycle. */
class SwitchSystemTest {
    private static final long MAC_A = 0x02_00_00_00_00_0aL;
    private static final long MAC_B = 0x02_00_00_00_00_0bL;
    private static final long BROADCAST = 0xff_ff_ff_ff_ff_ffL;

    private final RuleRef blockRule = new RuleRef("b", "acl", "in", "no-dns");
    private long nowNs = 1_000_000_000L;
    private ManualSwitch sw;
    private final MemoryPort a = new MemoryPort("a");
    private final MemoryPort b = new MemoryPort("b");
    private final MemoryPort c = new MemoryPort("c");

    @BeforeEach
    void launch() {
        sw = new SwitchContext().flowCapacity(1024).clock(() -> nowNs).seed(7).launchManual();
        sw.addNetwork(NetworkConfig.of("blue"));
        sw.addPort(a, "blue", PortPolicy.ALLOW_ALL);
        sw.addPort(b, "blue", PortPolicy.ALLOW_ALL);
        sw.addPort(c, "blue", PortPolicy.ALLOW_ALL);
    }

    @AfterEach
    void booksBalance() {
        drainCycles();
        final PortStats totals = sw.totals();
        assertEquals(
                totals.rxPackets() + totals.replicated(),
                totals.txPackets() + totals.dropped() + sw.buffered(),
                totals::toString);
        assertEquals(0, sw.slabsInUse());
        sw.close();
    }

    private void drainCycles() {
        while (sw.cycle() > 0) {
            nowNs += 1_000;
        }
    }

    private static void send(final MemoryPort port, final UnsafeBuffer frame) {
        assertTrue(port.send(frame, 0, frame.capacity()));
    }

    private int received(final MemoryPort port) {
        drainCycles();
        return port.receive((buffer, offset, length) -> {}, 1000);
    }

    private static UnsafeBuffer udp(final long from, final long to, final int dport) {
        return Frames.udp(from, to, "10.0.0.1", "10.0.0.2", 1000, dport, 20);
    }

    @Test
    void shouldFloodOnceToEachOtherPortWhenDestinationIsUnknown() {
        send(a, udp(MAC_A, MAC_B, 80));
        assertEquals(1, received(b));
        assertEquals(1, received(c));
        assertEquals(0, received(a));
    }

    @Test
    void shouldSendToOnePortWhenDestinationWasLearned() {
        send(b, udp(MAC_B, BROADCAST, 80));
        assertEquals(1, received(a));
        assertEquals(1, received(c));
        for (int i = 0; i < 10; i++) {
            send(a, udp(MAC_A, MAC_B, 80));
        }
        assertEquals(10, received(b));
        assertEquals(0, received(c));
        final List<FlowInfo> flows = sw.flows(flow -> true, 10);
        assertEquals(1, flows.size());
        assertEquals(10, flows.get(0).packets());
        assertEquals("b", flows.get(0).egress());
    }

    @Test
    void shouldFollowWhenEndpointMoves() {
        send(b, udp(MAC_B, BROADCAST, 80));
        send(a, udp(MAC_A, MAC_B, 80));
        assertEquals(1, received(b));
        send(c, udp(MAC_B, BROADCAST, 81));
        received(a);
        received(b);
        received(c);
        send(a, udp(MAC_A, MAC_B, 80));
        assertEquals(0, received(b));
        assertEquals(1, received(c));
    }

    @Test
    void shouldForgetMacWhenItAges() {
        send(b, udp(MAC_B, BROADCAST, 80));
        drainCycles();
        assertEquals(1, sw.macs("blue").size());
        nowNs += 301_000_000_000L;
        for (int i = 0; i < 100; i++) {
            nowNs += 1_000_000;
            sw.cycle();
        }
        assertEquals(0, sw.macs("blue").size());
    }

    @Test
    void shouldDropAtOnceWhenPolicyChanges() {
        send(b, udp(MAC_B, BROADCAST, 80));
        send(a, udp(MAC_A, MAC_B, 53));
        assertEquals(1, received(b));
        sw.policy("b", blockDns());
        send(a, udp(MAC_A, MAC_B, 53));
        send(a, udp(MAC_A, MAC_B, 53));
        send(a, udp(MAC_A, MAC_B, 80));
        assertEquals(1, received(b));
        sw.syncRuleCounters();
        assertEquals(2, blockRule.packets());
        assertEquals(2L, sw.ports().get(1).stats().drops().get(DropReason.POLICY_BLOCKED));
        sw.policy("b", PortPolicy.ALLOW_ALL);
        send(a, udp(MAC_A, MAC_B, 53));
        assertEquals(1, received(b));
    }

    private PortPolicy blockDns() {
        return (direction, fields, decision, trace) -> {
            final boolean hit = direction == Direction.INBOUND && fields.destinationPort == 53;
            if (hit) {
                decision.matched(blockRule);
                decision.drop(DropReason.POLICY_BLOCKED);
            }
            if (trace != null) {
                trace.layer(
                        direction,
                        "acl",
                        hit ? "in" : null,
                        hit ? "block udp 53" : null,
                        hit ? "block" : "default allow");
            }
        };
    }

    @Test
    void shouldRewriteCopiesOnlyForThePortWhoseLayersSaySo() {
        sw.policy("b", (direction, fields, decision, trace) -> fields.destinationLow = 0x0a000063);
        send(a, udp(MAC_A, BROADCAST, 80));
        drainCycles();
        final List<Integer> addresses = new ArrayList<>();
        final MemoryPort.FrameHandler handler =
                (buffer, offset, length) -> addresses.add(buffer.getByte(offset + 33) & 0xff);
        b.receive(handler, 10);
        c.receive(handler, 10);
        assertEquals(List.of(99, 2), addresses);
    }

    @Test
    void shouldNameEveryStepWhenExplaining() {
        send(b, udp(MAC_B, BROADCAST, 80));
        drainCycles();
        sw.policy("b", blockDns());
        final UnsafeBuffer dns = udp(MAC_A, MAC_B, 53);
        final Explanation blocked = sw.explain("a", dns, 0, dns.capacity());
        assertEquals("policy-blocked", blocked.drop());
        assertEquals("block udp 53", blocked.steps().get(blocked.steps().size() - 1).rule());
        final UnsafeBuffer web = udp(MAC_A, MAC_B, 80);
        final Explanation passed = sw.explain("a", web, 0, web.capacity());
        assertEquals(List.of("b"), passed.egress());
        assertEquals(0, sw.flows(flow -> true, 10).size());
    }

    @Test
    void shouldCaptureDropsWithReasonAndRule() {
        send(b, udp(MAC_B, BROADCAST, 80));
        drainCycles();
        sw.policy("b", blockDns());
        final List<String> seen = new ArrayList<>();
        try (VirtualSwitch.Capture capture =
                sw.capture(
                        new CaptureSpec(null, true, 128),
                        (epochNs, port, received, drop, rule, buffer, offset, length, original) ->
                                seen.add(
                                        port + " " + drop.label() + " " + rule + " " + original))) {
            send(a, udp(MAC_A, MAC_B, 53));
            drainCycles();
            assertNotNull(capture);
        }
        assertEquals(List.of("b policy-blocked b/acl/in/no-dns 62"), seen);
    }

    @Test
    void shouldDropToTheSenderItselfAndToNobody() {
        send(a, udp(MAC_A, BROADCAST, 80));
        drainCycles();
        send(a, udp(0x02_00_00_00_00_0cL, MAC_A, 80));
        drainCycles();
        assertEquals(1L, sw.totals().drops().get(DropReason.SAME_PORT));
        sw.removePort("b");
        sw.removePort("c");
        send(a, udp(MAC_A, MAC_B, 80));
        drainCycles();
        assertEquals(1L, sw.totals().drops().get(DropReason.NO_DESTINATION));
    }

    @Test
    void shouldRefuseInOneLineAndChangeNothing() {
        final long generation = sw.generation();
        assertEquals(
                "unknown network 'green'",
                assertThrows(
                                SwitchException.class,
                                () ->
                                        sw.addPort(
                                                new MemoryPort("d"), "green", PortPolicy.ALLOW_ALL))
                        .getMessage());
        assertEquals(
                "port 'a' exists already",
                assertThrows(
                                SwitchException.class,
                                () -> sw.addPort(new MemoryPort("a"), null, PortPolicy.ALLOW_ALL))
                        .getMessage());
        assertEquals(
                "network 'blue' still has 3 port(s), the first is 'a'; remove them first",
                assertThrows(SwitchException.class, () -> sw.removeNetwork("blue")).getMessage());
        assertEquals(generation, sw.generation());
    }

    @Test
    void shouldKeepNetworksApart() {
        sw.addNetwork(NetworkConfig.of("red"));
        final MemoryPort d = new MemoryPort("d");
        sw.addPort(d, "red", PortPolicy.ALLOW_ALL);
        send(a, udp(MAC_A, BROADCAST, 80));
        send(d, udp(0x02_00_00_00_00_0dL, MAC_A, 80));
        assertEquals(0, received(d));
        assertEquals(0, received(a));
        assertEquals(1, received(b));
    }

    @Test
    void shouldForwardNothingWhenAPortIsAddedDisabled() {
        final MemoryPort d = new MemoryPort("d");
        sw.addPort(d, "blue", PortPolicy.ALLOW_ALL, false);
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(0, received(d));
        send(d, udp(0x02_00_00_00_00_0dL, BROADCAST, 80));
        received(b);
        assertEquals(1L, sw.totals().drops().get(DropReason.PORT_DISABLED));
        sw.enablePort("d", true);
        send(a, udp(MAC_A, BROADCAST, 80));
        assertEquals(1, received(d));
    }
}
