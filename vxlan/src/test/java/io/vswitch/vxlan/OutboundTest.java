package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What leaves through a tunnel, datagram by datagram. */
class OutboundTest {
    private final TunnelFixture fixture = new TunnelFixture();
    private final TcpSegments tcp = new TcpSegments();
    private final List<DropReason> failures = new ArrayList<>();

    private int add(final byte[] frame, final int remote) {
        final PacketBatch batch = fixture.batch;
        final int slab = fixture.pool.allocate(frame.length);
        final int offset = fixture.pool.frameOffset(slab);
        batch.buffer().putBytes(offset, frame);
        final int slot = batch.append(slab, offset, frame.length);
        batch.remote(slot, remote);
        assertNull(PacketParser.parse(batch, slot, 1));
        return slot;
    }

    private int transmit() {
        final PacketBatch batch = fixture.batch;
        final int[] slots = IntStream.range(0, batch.count()).toArray();
        final int sent =
                fixture.tunnel
                        .queue(0)
                        .transmit(
                                batch, slots, slots.length, (slot, reason) -> failures.add(reason));
        batch.releaseAll();
        fixture.assertNoSlabIsHeld();
        return sent;
    }

    private List<byte[]> datagrams() {
        return fixture.underlay.sent.stream().flatMap(m -> m.datagrams().stream()).toList();
    }

    private static byte[] blue(final byte[] frame) {
        return TunnelFixture.datagram(TunnelFixture.VNI, frame);
    }

    @Test
    void shouldSendAFrameBehindAHeader() {
        tcp.tos = 0xb8 | 2;
        final byte[] frame = tcp.next(100);
        add(frame, fixture.peer);
        assertEquals(1, transmit());
        final ScriptedUnderlay.Message message = fixture.underlay.sent.get(0);
        assertEquals(TunnelFixture.PEER, message.peer().getHostAddress());
        assertEquals(0, message.segmentBytes());
        assertEquals(0xb8 | 2, message.trafficClass());
        assertArrayEquals(blue(frame), message.bytes());
    }

    @Test
    void shouldSendToEveryPeerWhenNoneIsNamed() {
        final int third = fixture.vtep.remote(OverlayHost.address("10.80.0.3"));
        fixture.tunnel.peers(new int[] {fixture.peer, third}, false);
        add(tcp.next(100), PacketBatch.NO_REMOTE);
        assertEquals(1, transmit());
        assertEquals(2, datagrams().size());
        assertNotEquals(fixture.underlay.sent.get(0).peer(), fixture.underlay.sent.get(1).peer());
    }

    @Test
    void shouldTellWhenThereIsNobody() {
        fixture.tunnel.peers(new int[0], false);
        add(tcp.next(100), PacketBatch.NO_REMOTE);
        add(tcp.next(100), 999);
        assertEquals(0, transmit());
        assertEquals(List.of(DropReason.NO_DESTINATION, DropReason.NO_DESTINATION), failures);
    }

    @Test
    void shouldTellWhyNothingWasSent() {
        fixture.underlay.fails = DropReason.TX_QUEUE_FULL;
        add(tcp.next(100), fixture.peer);
        add(tcp.next(200), fixture.peer);
        assertEquals(0, transmit());
        assertEquals(List.of(DropReason.TX_QUEUE_FULL, DropReason.TX_QUEUE_FULL), failures);
    }

    @Test
    void shouldSendEqualFramesAsATrain() {
        final List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            final byte[] frame = tcp.next(i == 30 ? 50 : i == 40 ? 150 : 100);
            frames.add(blue(frame));
            add(frame, fixture.peer);
        }
        assertEquals(64, transmit());
        final List<byte[]> sent = datagrams();
        assertEquals(64, sent.size());
        for (int i = 0; i < 64; i++) {
            assertArrayEquals(frames.get(i), sent.get(i));
        }
        assertEquals(4, fixture.underlay.sent.size());
    }

    @Test
    void shouldCutASuperFrameIntoTrains() {
        for (final boolean ipv6 : new boolean[] {false, true}) {
            fixture.underlay.sent.clear();
            cut(ipv6, 64_000, 1398);
        }
    }

    @Test
    void shouldCutASuperFrameOneByOneWhereTrainsCannotBe() {
        fixture.underlay.maxSegments = 1;
        cut(false, 20_000, 1398);
        assertTrue(fixture.underlay.sent.stream().allMatch(m -> m.segmentBytes() == 0));
    }

    private void cut(final boolean ipv6, final int payload, final int segment) {
        final TunnelFixture own = new TunnelFixture();
        own.underlay.maxSegments = fixture.underlay.maxSegments;
        final TcpSegments whole = new TcpSegments();
        whole.ipv6 = ipv6;
        whole.flags = 0x18;
        final byte[] frame = whole.next(payload);
        final int headers = frame.length - payload;
        final PacketBatch batch = own.batch;
        final int slab = own.pool.allocateLarge();
        final int offset = own.pool.frameOffset(slab);
        batch.buffer().putBytes(offset, frame);
        batch.append(slab, offset, frame.length);
        batch.offload(
                0,
                Offload.NEEDS_CHECKSUM,
                ipv6 ? Offload.GSO_TCPV6 : Offload.GSO_TCPV4,
                segment,
                headers,
                headers - 32,
                16);
        batch.remote(0, own.peer);
        assertNull(PacketParser.parse(batch, 0, 1));
        assertEquals(
                1, own.tunnel.queue(0).transmit(batch, new int[] {0}, 1, (slot, reason) -> {}));
        final TcpSegments single = new TcpSegments();
        single.ipv6 = ipv6;
        final List<byte[]> sent =
                own.underlay.sent.stream().flatMap(m -> m.datagrams().stream()).toList();
        assertEquals((payload + segment - 1) / segment, sent.size());
        for (int i = 0; i < sent.size(); i++) {
            final boolean last = i == sent.size() - 1;
            single.flags = last ? 0x18 : 0x10;
            final byte[] expected = single.next(Math.min(segment, payload - i * segment));
            assertArrayEquals(blue(expected), sent.get(i));
        }
        fixture.underlay.sent.addAll(own.underlay.sent);
    }

    @Test
    void shouldKeepAFlowOnALaneAndSpreadFlows() {
        final Set<Integer> lanes = new HashSet<>();
        for (int flow = 1; flow <= 60; flow++) {
            tcp.flow = flow;
            add(tcp.next(100), fixture.peer);
        }
        transmit();
        fixture.underlay.sent.forEach(m -> lanes.add(m.lane() % 64));
        assertTrue(lanes.size() > 25, () -> lanes.size() + " of 64 lanes for 60 flows");
    }

    @Test
    void shouldDropWhatAPeersSmallerMtuDoesNotTake() {
        fixture.vtep.remotes().mtu(fixture.peer, 1000);
        add(tcp.next(1000 - 50 - 52), fixture.peer);
        add(tcp.next(1000 - 50 - 51), fixture.peer);
        assertEquals(1, transmit());
        assertEquals(List.of(DropReason.EXCEEDS_MTU), failures);
    }

    @Test
    void shouldCutTcpSmallerForAPeersSmallerMtu() {
        fixture.vtep.remotes().mtu(fixture.peer, 1000);
        final byte[] frame = tcp.next(1300);
        final int slot = add(frame, fixture.peer);
        fixture.batch.offload(slot, Offload.NEEDS_CHECKSUM, 0, 0, 0, 34, 16);
        assertEquals(1, transmit());
        final TcpSegments smaller = new TcpSegments();
        final List<byte[]> sent = datagrams();
        assertEquals(2, sent.size());
        assertArrayEquals(blue(smaller.next(1000 - 50 - 52)), sent.get(0));
        assertArrayEquals(blue(smaller.next(1300 - (1000 - 50 - 52))), sent.get(1));
    }
}
