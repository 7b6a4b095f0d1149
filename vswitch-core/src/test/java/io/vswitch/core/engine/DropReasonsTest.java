package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.ConnectionLimits;
import io.vswitch.core.guard.Guard;
import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.guard.PortLimits;
import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.guard.StormLimits;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.port.TransmitFailure;
import io.vswitch.core.state.ConnectionTracker;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every drop reason, brought about through the engine: that reason, once, and no other. */
class DropReasonsTest extends EngineFixture {
    private final Map<DropReason, Runnable> producers = new EnumMap<>(DropReason.class);

    DropReasonsTest() {
        malformedPackets();
        offloads();
        tunnels();
        mappings();
        addressing();
        guards();
        limits();
        StreamDrops.addTo(producers, this);
        policies();
        ports();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountThisReasonOnceWhenItHappens(final DropReason reason) {
        final Runnable producer = producers.get(reason);
        assertNotNull(producer, () -> "no test brings about " + reason);
        introduce();
        producer.run();
        run();
        assertEquals(Map.of(reason, 1L), sw.totals().drops());
        assertEquals(0, b.sent.size() + c.sent.size());
    }

    private void frame(final DropReason reason, final Consumer<UnsafeBuffer> damage) {
        producers.put(
                reason,
                () -> {
                    final UnsafeBuffer frame = udp(MAC_A, MAC_B, 80);
                    damage.accept(frame);
                    a.deliver(frame);
                });
    }

    private void packet(final DropReason reason, final UnsafeBuffer frame) {
        producers.put(reason, () -> a.deliver(frame));
    }

    private void malformedPackets() {
        packet(DropReason.MALFORMED_ETHERNET, new UnsafeBuffer(new byte[13]));
        frame(DropReason.MALFORMED_VLAN, f -> shorts(f, 12, 0x8100, 1, 0x8100, 1, 0x8100, 1));
        frame(DropReason.MALFORMED_ARP, f -> shorts(f, 12, 0x0806, 1, 0x0800, 0x0607));
        frame(DropReason.MALFORMED_IPV4, f -> shorts(f, 16, 19));
        frame(
                DropReason.MALFORMED_IPV4_OPTIONS,
                f -> {
                    shorts(f, 14, 0x4600);
                    shorts(f, 34, 0x4401);
                });
        frame(DropReason.MALFORMED_FRAGMENT, f -> shorts(f, 20, 0x1fff));
        frame(DropReason.MALFORMED_TCP, f -> f.putByte(23, (byte) 6));
        frame(DropReason.MALFORMED_UDP, f -> shorts(f, 38, 7));
        frame(
                DropReason.MALFORMED_ICMP,
                f -> {
                    f.putByte(23, (byte) 1);
                    shorts(f, 16, 23);
                });
        packet(DropReason.MALFORMED_IPV6, ipv6(17, 1000, 8));
        packet(DropReason.MALFORMED_IPV6_EXTENSION, ipv6(43, 8, 0x3b02));
        packet(DropReason.MALFORMED_ICMPV6, ipv6(58, 3, 0x8000));
    }

    private void mappings() {
        producers.put(DropReason.ANSWERED, () -> NeighbourAnswerTest.ask(sw, a));
        producers.put(DropReason.NO_NEIGHBOUR, () -> RouterTest.misroute(sw, a, "10.0.0.2"));
        producers.put(DropReason.NO_ROUTE, () -> RouterTest.misroute(sw, a, "11.0.0.1"));
    }

    /** An IPv6 frame of 16 bytes of payload that begins with two bytes. */
    private static UnsafeBuffer ipv6(final int next, final int payloadLength, final int begin) {
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[70]);
        Frames.ethernet(frame, MAC_A, MAC_B, 0x86dd);
        shorts(frame, 14, 0x6000, 0, payloadLength, next << 8 | 64);
        frame.putByte(37, (byte) 1);
        frame.putByte(53, (byte) 2);
        shorts(frame, 54, begin);
        return frame;
    }

    private static void shorts(final UnsafeBuffer frame, final int at, final int... values) {
        for (int i = 0; i < values.length; i++) {
            frame.putShort(at + 2 * i, (short) values[i], ByteOrder.BIG_ENDIAN);
        }
    }

    /** As many stateful layers as no packet may pass. */
    private static void openTooMany(
            final Direction direction,
            final HeaderFields fields,
            final PolicyDecision decision,
            final PolicyTrace trace) {
        for (int layer = 1; layer <= ConnectionTracker.MAX_PENDING + 1; layer++) {
            decision.state().find(layer, direction, fields);
            decision.state().open();
        }
    }

    private void offloads() {
        producers.put(
                DropReason.MALFORMED_OFFLOAD,
                () -> {
                    final byte[] bytes = udp(MAC_A, MAC_B, 80).byteArray();
                    a.deliver(new ScriptedPort.Frame(bytes, 0, Offload.GSO_TCPV4, 500, 0, 0));
                });
        producers.put(
                DropReason.SEGMENTATION_FAILED,
                () -> {
                    final byte[] bytes = sourceRouted(3000).byteArray();
                    a.deliver(
                            new ScriptedPort.Frame(bytes, 1, Offload.GSO_TCPV4, 1000, 14 + 28, 16));
                });
    }

    /** What a tunnel's queue hands over to be dropped, perhaps no Ethernet frame at all. */
    private void tunnels() {
        for (final DropReason reason :
                List.of(
                        DropReason.MALFORMED_VXLAN,
                        DropReason.VXLAN_RESERVED_BITS,
                        DropReason.VNI_UNKNOWN,
                        DropReason.PEER_NOT_ALLOWED,
                        DropReason.TUNNEL_LOOP,
                        DropReason.TUNNEL_CONGESTION)) {
            producers.put(
                    reason,
                    () -> {
                        a.receiveRefuses = reason;
                        a.deliver(new UnsafeBuffer(new byte[5]));
                    });
        }
    }

    /** TCP behind a loose source route, whose checksum covers another destination. */
    private static UnsafeBuffer sourceRouted(final int payload) {
        final UnsafeBuffer plain =
                Frames.tcp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 16, payload);
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[plain.capacity() + 8]);
        frame.putBytes(0, plain, 0, 34);
        frame.putBytes(42, plain, 34, plain.capacity() - 34);
        shorts(frame, 14, 0x4700, plain.capacity() + 8 - 14);
        shorts(frame, 34, 0x8307, 0x040a, 0, 0x0900);
        return frame;
    }

    private void addressing() {
        packet(DropReason.SOURCE_MAC_INVALID, udp(0x01_00_00_00_00_01L, MAC_B, 80));
        packet(DropReason.RESERVED_MULTICAST, udp(MAC_A, 0x01_80_c2_00_00_0eL, 80));
        packet(DropReason.SAME_PORT, udp(MAC_B, MAC_A, 80));
        producers.put(
                DropReason.NO_NETWORK,
                () -> {
                    final ScriptedPort lonely = new ScriptedPort("lonely");
                    sw.addPort(lonely, null, (direction, fields, decision, trace) -> {});
                    lonely.deliver(udp(MAC_A, MAC_B, 80));
                });
        producers.put(
                DropReason.NO_DESTINATION,
                () -> {
                    sw.removePort("b");
                    sw.removePort("c");
                    a.deliver(udp(MAC_A, MAC_B, 80));
                });
        producers.put(
                DropReason.EXCEEDS_MTU,
                () -> a.deliver(Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1, 2, 1473)));
    }

    private void guards() {
        guard(DropReason.GUARD_MAC, Guard.MAC, udp(MAC_C, MAC_B, 80));
        guard(DropReason.GUARD_IPV4, Guard.IPV4, udp(MAC_A, MAC_B, 80));
        guard(DropReason.GUARD_IPV6, Guard.IPV6, GuardFrames.udp6(MAC_A, "fd00::2", 1, 2));
        guard(DropReason.GUARD_ARP, Guard.ARP, GuardFrames.arp(MAC_A, 1, MAC_C, "10.0.0.9"));
        guard(DropReason.GUARD_ND, Guard.ND, GuardFrames.icmp6(MAC_A, "::", 135, new byte[4]));
        final UnsafeBuffer server = Frames.udp(MAC_A, MAC_B, "10.0.0.9", "10.0.0.2", 67, 68, 1);
        guard(DropReason.GUARD_DHCP, Guard.DHCP, server);
        final UnsafeBuffer router = GuardFrames.icmp6(MAC_A, "fe80::1", 134, new byte[12]);
        guard(DropReason.GUARD_RA, Guard.RA, router);
        storm(DropReason.STORM_ARP, GuardFrames.arp(MAC_A, 1, MAC_A, "10.0.0.9"));
        storm(DropReason.STORM_DHCP, udp(MAC_A, MAC_B, 67));
        storm(DropReason.STORM_ND, GuardFrames.icmp6(MAC_A, "::", 135, new byte[20]));
        storm(DropReason.STORM_BROADCAST, udp(MAC_A, BROADCAST, 80));
    }

    private void limits() {
        producers.put(
                DropReason.RATE_LIMITED,
                () -> {
                    final PortLimits one =
                            new PortLimits(
                                    null, new RateLimit(1, 1, true), 1_000, ConnectionLimits.NONE);
                    sw.guards("a", new PortGuards.Builder().traffic(one).build());
                    send(a, udp(MAC_A, MAC_B, 80));
                    b.sent.clear();
                    a.deliver(udp(MAC_A, MAC_B, 80));
                });
    }

    private static PortGuards guards(final Guard guard) {
        return new PortGuards.Builder()
                .guards(List.of(guard))
                .mac(MAC_A)
                .address(new byte[] {10, 0, 0, 9})
                .limits(new StormLimits(1, 1, 1, 1))
                .build();
    }

    private void guard(final DropReason reason, final Guard guard, final UnsafeBuffer frame) {
        producers.put(
                reason,
                () -> {
                    sw.guards("a", guards(guard));
                    a.deliver(frame);
                });
    }

    private void storm(final DropReason reason, final UnsafeBuffer frame) {
        producers.put(
                reason,
                () -> {
                    sw.guards("a", guards(Guard.STORM));
                    send(a, frame);
                    send(a, frame);
                    b.sent.clear();
                    c.sent.clear();
                    a.deliver(frame);
                });
    }

    private void policies() {
        policy(DropReason.POLICY_BLOCKED, decision -> decision.drop(DropReason.POLICY_BLOCKED));
        policy(DropReason.REJECTED, PolicyDecision::reject);
        policy(DropReason.HANDOVER_FULL, decision -> decision.drop(DropReason.HANDOVER_FULL));
        policy(DropReason.NO_BACKEND, decision -> decision.drop(DropReason.NO_BACKEND));
        policy(DropReason.LAYER_DEFAULT, decision -> decision.drop(DropReason.LAYER_DEFAULT));
        policy(DropReason.DESTINATION_GONE, decision -> decision.redirect(4711));
        producers.put(
                DropReason.CONNECTIONS_FULL,
                () -> {
                    sw.policy("a", DropReasonsTest::openTooMany);
                    a.deliver(udp(MAC_A, MAC_B, 80));
                });
        for (final DropReason nat :
                List.of(
                        DropReason.NAT_EXHAUSTED,
                        DropReason.NAT_NO_CONNECTION,
                        DropReason.NAT_ENDED)) {
            policy(nat, decision -> decision.drop(nat));
        }
        policy(
                DropReason.INTERNAL_ERROR,
                decision -> {
                    errorsExpected = 1;
                    throw new IllegalStateException("policy is broken");
                });
        producers.put(
                DropReason.TTL_EXCEEDED,
                () -> {
                    sw.policy(
                            "a", (direction, fields, decision, trace) -> fields.ttlDecrement = 64);
                    a.deliver(udp(MAC_A, MAC_B, 80));
                });
        producers.put(
                DropReason.REWRITE_IMPOSSIBLE,
                () -> {
                    sw.policy(
                            "a",
                            (direction, fields, decision, trace) -> fields.destinationPort = 81);
                    final UnsafeBuffer frame = udp(MAC_A, MAC_B, 80);
                    frame.putByte(23, (byte) 47);
                    a.deliver(frame);
                });
    }

    private void policy(final DropReason reason, final Consumer<PolicyDecision> deed) {
        producers.put(
                reason,
                () -> {
                    sw.policy("a", (direction, fields, decision, trace) -> deed.accept(decision));
                    a.deliver(udp(MAC_A, MAC_B, 80));
                });
    }

    private void ports() {
        producers.put(
                DropReason.PORT_DISABLED,
                () -> {
                    sw.enablePort("b", false);
                    a.deliver(udp(MAC_A, MAC_B, 80));
                });
        transmit(DropReason.TX_QUEUE_FULL);
        transmit(DropReason.TX_ERROR);
        producers.put(
                DropReason.NO_BUFFER,
                () -> {
                    final HoardingPort hoard = new HoardingPort();
                    sw.addPort(hoard, "blue", (direction, fields, decision, trace) -> {});
                    hoard.exhaust(this);
                    a.deliver(Frames.openChecksum(tcp(MAC_A, MAC_B, 16)));
                    run();
                    hoard.isHoarding = false;
                });
    }

    private void transmit(final DropReason reason) {
        producers.put(
                reason,
                () -> {
                    b.transmitFails = reason;
                    a.deliver(udp(MAC_A, MAC_B, 80));
                });
    }

    /** Keeps what it is sent until told otherwise, as a queue does that sends later. */
    private static final class HoardingPort extends ScriptedPort {
        private static final long MAC = 0x02_00_00_00_00_0dL;

        private final List<Integer> slabs = new ArrayList<>();
        private PacketBatch from;
        private boolean isHoarding = true;

        HoardingPort() {
            super("hoard", 65_535, 0);
        }

        /** Takes all slabs but one. */
        void exhaust(final EngineFixture fixture) {
            deliver(udp(MAC, BROADCAST, 1));
            fixture.run();
            final int all = 512 + 8;
            while (slabs.size() < all - 1) {
                fixture.a.deliver(udp(MAC_A, MAC, 80));
                fixture.run();
            }
            fixture.b.sent.clear();
            fixture.c.sent.clear();
        }

        @Override
        public int transmit(
                final PacketBatch batch,
                final int[] slots,
                final int count,
                final TransmitFailure failed) {
            from = batch;
            for (int i = 0; i < count; i++) {
                batch.pool().retain(batch.slab(slots[i]));
                slabs.add(batch.slab(slots[i]));
            }
            return count;
        }

        @Override
        public int progress() {
            if (isHoarding || slabs.isEmpty()) {
                return 0;
            }
            slabs.forEach(from.pool()::release);
            slabs.clear();
            return 1;
        }
    }
}
