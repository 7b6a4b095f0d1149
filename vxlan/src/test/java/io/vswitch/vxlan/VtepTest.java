package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.engine.SwitchException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Who gets what comes in, and what is refused, with which reason. */
class VtepTest {
    private final TunnelFixture fixture = new TunnelFixture();
    private final byte[] frame = new TcpSegments().next(0);

    private static byte[] blue(final byte[] inner) {
        return TunnelFixture.datagram(TunnelFixture.VNI, inner);
    }

    private void assertRefused(final boolean atVtep, final DropReason reason, final byte[] bytes) {
        assertRefused(atVtep, reason, TunnelFixture.PEER, 0, bytes);
    }

    private void assertRefused(
            final boolean atVtep,
            final DropReason reason,
            final String from,
            final int trafficClass,
            final byte[] bytes) {
        fixture.underlay.deliver(from, trafficClass, 0, bytes);
        final TunnelFixture.Received received =
                fixture.receive(atVtep ? fixture.vtep.queue(0) : fixture.tunnel.queue(0));
        assertEquals(List.of(reason), received.refused);
        fixture.assertNoSlabIsHeld();
    }

    private static byte[] damaged(final byte[] bytes, final int at, final int value) {
        bytes[at] = (byte) value;
        return bytes;
    }

    @Test
    void shouldRefuseWhatIsTooShortForAHeader() {
        assertRefused(true, DropReason.MALFORMED_VXLAN, new byte[] {8, 0, 0, 0, 0, 0, 1});
    }

    @Test
    void shouldRefuseAnEmptyDatagram() {
        assertRefused(true, DropReason.MALFORMED_VXLAN, new byte[0]);
    }

    @Test
    void shouldRefuseAHeaderWithoutVni() {
        assertRefused(true, DropReason.MALFORMED_VXLAN, damaged(blue(frame), 0, 0));
    }

    @Test
    void shouldRefuseReservedBits() {
        assertRefused(true, DropReason.VXLAN_RESERVED_BITS, damaged(blue(frame), 3, 1));
    }

    @Test
    void shouldRefuseReservedFlags() {
        assertRefused(true, DropReason.VXLAN_RESERVED_BITS, damaged(blue(frame), 0, 0x88));
    }

    @Test
    void shouldRefuseTheReservedByteBehindTheVni() {
        assertRefused(true, DropReason.VXLAN_RESERVED_BITS, damaged(blue(frame), 7, 1));
    }

    @Test
    void shouldRefuseAnUnknownVni() {
        assertRefused(true, DropReason.VNI_UNKNOWN, TunnelFixture.datagram(8, frame));
    }

    @Test
    void shouldRefuseAVniWhoseTunnelHasGone() {
        fixture.tunnel.queue(0).detached();
        fixture.underlay.deliver(TunnelFixture.PEER, 0, blue(frame));
        assertEquals(1, fixture.vtep.queue(0).receive(fixture.batch, 64));
        assertEquals(DropReason.VNI_UNKNOWN, fixture.batch.refusal(0));
    }

    @Test
    void shouldRefuseOurOwnPackets() {
        assertRefused(true, DropReason.TUNNEL_LOOP, TunnelFixture.LOCAL, 0, blue(frame));
    }

    @Test
    void shouldRefuseAStranger() {
        assertRefused(false, DropReason.PEER_NOT_ALLOWED, "10.80.0.9", 0, blue(frame));
    }

    @Test
    void shouldRefuseAPeerOfAnotherNetwork() {
        final int third = fixture.vtep.remote(OverlayHost.address("10.80.0.3"));
        fixture.other.peers(new int[] {third}, false);
        assertRefused(false, DropReason.PEER_NOT_ALLOWED, "10.80.0.3", 0, blue(frame));
    }

    @Test
    void shouldRefuseCongestionThatTheInnerPacketCannotCarry() {
        assertRefused(false, DropReason.TUNNEL_CONGESTION, TunnelFixture.PEER, 3, blue(frame));
    }

    @Test
    void shouldCombineCongestionMarks() {
        final TcpSegments tcp = new TcpSegments();
        for (final boolean ipv6 : new boolean[] {false, true}) {
            tcp.ipv6 = ipv6;
            tcp.tos = 2;
            final byte[] capable = tcp.next(0);
            tcp.tos = 3;
            tcp.identification--;
            final byte[] congested = tcp.next(0);
            fixture.underlay.deliver(TunnelFixture.PEER, 0xb8 | 3, 0, blue(capable));
            final var received = fixture.receive(fixture.tunnel.queue(0));
            assertArrayEquals(congested, received.frames.get(0));
        }
    }

    @Test
    void shouldLearnAStrangerWhereAnyoneMaySend() {
        fixture.tunnel.peers(new int[0], true);
        fixture.underlay.deliver("10.80.0.9", 0, blue(frame));
        final int remote = fixture.receive(fixture.tunnel.queue(0)).remote;
        assertEquals("10.80.0.9", fixture.vtep.address(remote).getHostAddress());
        assertEquals(remote, fixture.vtep.remote(OverlayHost.address("10.80.0.9")));
    }

    @Test
    void shouldSortOutATrainOfSeveralNetworks() {
        final List<byte[]> train = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            train.add(
                    TunnelFixture.datagram(
                            i % 3 == 0 ? TunnelFixture.OTHER_VNI : TunnelFixture.VNI, frame));
        }
        fixture.underlay.deliver(
                TunnelFixture.PEER, train.get(0).length, TunnelFixture.join(train));
        int blue = 0;
        int red = 0;
        for (int round = 0; round < 100; round++) {
            blue += fixture.tunnel.queue(0).receive(fixture.batch, 64);
            fixture.batch.releaseAll();
            red += fixture.other.queue(0).receive(fixture.batch, 5);
            fixture.batch.releaseAll();
            fixture.vtep.queue(0).receive(fixture.batch, 64);
            fixture.batch.releaseAll();
        }
        assertEquals(67, red);
        assertEquals(133, blue);
        fixture.assertNoSlabIsHeld();
    }

    @Test
    void shouldRefusePeersThatCannotBe() {
        for (final String address :
                List.of(TunnelFixture.LOCAL, "0.0.0.0", "224.0.0.1", "fd00::1")) {
            final var e =
                    assertThrows(
                            SwitchException.class,
                            () -> fixture.vtep.remote(OverlayHost.address(address)));
            assertTrue(e.getMessage().startsWith("peer "), e.getMessage());
        }
    }

    @Test
    void shouldRefuseAVniTwice() {
        final var e =
                assertThrows(
                        SwitchException.class,
                        () -> fixture.vtep.tunnel("third", TunnelFixture.OTHER_VNI));
        assertEquals("VNI 7 of 'third' is that of 'red'", e.getMessage());
        fixture.other.close();
        assertEquals(7, fixture.vtep.tunnel("third", 7).vni());
    }

    /**
     * Anything at all, in trains of any kind, with a pool that runs out: nothing thrown or held.
     */
    @Property(tries = 1000)
    void shouldSurviveAnything(@ForAll final long seed) {
        final Random random = new Random(seed);
        final TunnelFixture tunnels = new TunnelFixture(1 + random.nextInt(30));
        final TcpSegments tcp = new TcpSegments();
        int datagrams = 0;
        for (int i = 0; i < 20; i++) {
            tcp.ipv6 = random.nextBoolean();
            final List<byte[]> train = new ArrayList<>();
            final int size = random.nextInt(300);
            for (int n = random.nextInt(10); n >= 0; n--) {
                final byte[] inner = tcp.next(size);
                final int vni = random.nextInt(9) == 0 ? 7 : TunnelFixture.VNI;
                train.add(TunnelFixture.datagram(vni, inner));
            }
            final byte[] whole = TunnelFixture.join(train);
            for (int n = random.nextInt(4); n > 0; n--) {
                whole[random.nextInt(whole.length)] = (byte) random.nextInt();
            }
            final int segment =
                    random.nextInt(5) == 0 ? 1 + random.nextInt(whole.length) : train.get(0).length;
            tunnels.underlay.deliver(TunnelFixture.PEER, random.nextInt(256), segment, whole);
            datagrams += (whole.length + segment - 1) / segment;
        }
        int frames = 0;
        for (final var queue : tunnels.queues()) {
            final var received = tunnels.receive(queue);
            frames += received.frames.size() + received.refused.size();
        }
        assertTrue(frames <= datagrams);
        tunnels.assertNoSlabIsHeld();
    }
}
