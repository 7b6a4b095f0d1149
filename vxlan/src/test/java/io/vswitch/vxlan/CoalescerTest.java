package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.vswitch.core.packet.Offload;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What comes in as segments leaves as super-frames that stand for exactly these segments. */
class CoalescerTest {
    private final TunnelFixture fixture = new TunnelFixture();
    private final TcpSegments tcp = new TcpSegments();
    private final List<byte[]> frames = new ArrayList<>();

    private TunnelFixture.Received receive() {
        final List<byte[]> datagrams = new ArrayList<>();
        for (final byte[] frame : frames) {
            datagrams.add(TunnelFixture.datagram(TunnelFixture.VNI, frame));
        }
        fixture.underlay.deliver(
                TunnelFixture.PEER, datagrams.get(0).length, TunnelFixture.join(datagrams));
        final TunnelFixture.Received received = fixture.receive(fixture.tunnel.queue(0));
        assertSame(frames, received.frames);
        fixture.assertNoSlabIsHeld();
        return received;
    }

    private static void assertSame(final List<byte[]> expected, final List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            final int at = i;
            assertArrayEquals(
                    expected.get(i),
                    actual.get(i),
                    () ->
                            "frame "
                                    + at
                                    + "\n"
                                    + HexFormat.of().formatHex(expected.get(at))
                                    + "\n"
                                    + HexFormat.of().formatHex(actual.get(at)));
        }
    }

    private void segments(final int count, final int payload) {
        for (int i = 0; i < count; i++) {
            frames.add(tcp.next(payload));
        }
    }

    @Test
    void shouldMakeOneSuperFrameOfATrain() {
        segments(43, 1398);
        final TunnelFixture.Received received = receive();
        assertEquals(1, received.slots);
        assertEquals(Offload.NEEDS_CHECKSUM, received.flags);
        assertEquals(fixture.peer, received.remote);
    }

    @Test
    void shouldMakeOneSuperFrameOfATrainOverIpv6() {
        tcp.ipv6 = true;
        segments(30, 1378);
        assertEquals(1, receive().slots);
    }

    @Test
    void shouldEndASuperFrameWithAShortSegment() {
        segments(3, 1000);
        segments(1, 10);
        assertEquals(1, receive().slots);
    }

    @Test
    void shouldEndASuperFrameWithPush() {
        segments(2, 1000);
        tcp.flags = 0x18;
        segments(1, 1000);
        tcp.flags = 0x10;
        segments(2, 1000);
        assertEquals(2, receive().slots);
    }

    @Test
    void shouldMakeASuperFrameOfDatagramsOfOneLength() {
        datagrams();
    }

    @Test
    void shouldMakeASuperFrameOfDatagramsOverIpv6() {
        tcp.ipv6 = true;
        datagrams();
    }

    private void datagrams() {
        tcp.udp = true;
        segments(20, 18);
        segments(1, 7);
        final TunnelFixture.Received received = receive();
        assertEquals(1, received.slots);
        assertEquals(Offload.NEEDS_CHECKSUM, received.flags);
    }

    @Test
    void shouldLeaveDatagramsWithoutChecksumAlone() {
        tcp.udp = true;
        segments(3, 18);
        for (final byte[] frame : frames) {
            frame[40] = 0;
            frame[41] = 0;
        }
        assertEquals(3, receive().slots);
    }

    @Test
    void shouldVouchForASegmentThatStaysAlone() {
        segments(1, 1000);
        assertEquals(Offload.CHECKSUM_VALID, receive().flags);
    }

    @Test
    void shouldNotTouchASegmentWithABrokenChecksum() {
        segments(3, 1000);
        frames.get(1)[500]++;
        final TunnelFixture.Received received = receive();
        assertEquals(3, received.slots);
    }

    @Test
    void shouldSplitWhereAnythingDiffers() {
        final List<Runnable> changes =
                List.of(
                        () -> tcp.acknowledgment++,
                        () -> tcp.window++,
                        () -> tcp.timestamp++,
                        () -> tcp.tos = 2,
                        () -> tcp.tos = 3,
                        () -> tcp.ttl--,
                        () -> tcp.flags = 0x50,
                        () -> tcp.sequence += 1,
                        () -> tcp.dontFragment = false,
                        () -> tcp.identification += 1,
                        () -> tcp.flow++);
        for (final Runnable change : changes) {
            segments(1, 1000);
            change.run();
        }
        segments(1, 1000);
        assertEquals(frames.size(), receive().slots);
    }

    @Test
    void shouldTellOfAnOpenChecksumWhenTheSenderLeftIt() {
        segments(1, 1000);
        final byte[] frame = frames.get(0);
        final byte[] whole = frame.clone();
        final int pseudo = pseudoHeader(frame);
        frame[50] = (byte) (pseudo >> 8);
        frame[51] = (byte) pseudo;
        fixture.underlay.deliver(
                TunnelFixture.PEER, 0, TunnelFixture.datagram(TunnelFixture.VNI, frame));
        final TunnelFixture.Received received = fixture.receive(fixture.tunnel.queue(0));
        assertEquals(Offload.NEEDS_CHECKSUM, received.flags);
        assertSame(List.of(whole), received.frames);
    }

    private static int pseudoHeader(final byte[] frame) {
        int sum = 6 + frame.length - 34;
        for (int i = 26; i < 34; i += 2) {
            sum += (frame[i] & 0xff) << 8 | frame[i + 1] & 0xff;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    /** Whole streams of several flows, with everything that may differ differing at random. */
    @Property(tries = 400)
    void shouldStandForTheSegmentsItWasMadeOf(@ForAll final long seed) {
        final Random random = new Random(seed);
        final TunnelFixture tunnels = new TunnelFixture();
        final TcpSegments[] flows = new TcpSegments[3];
        for (int i = 0; i < flows.length; i++) {
            flows[i] = new TcpSegments();
            flows[i].flow = i + 1;
            flows[i].ipv6 = random.nextBoolean();
            flows[i].options = random.nextBoolean();
            flows[i].udp = random.nextInt(3) == 0;
        }
        final List<List<byte[]>> expected =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int message = 0; message < 6; message++) {
            deliverTrain(tunnels, random, flows, expected);
        }
        final TunnelFixture.Received received = tunnels.receive(tunnels.tunnel.queue(0));
        final List<List<byte[]>> actual =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (final byte[] frame : received.frames) {
            actual.get(frame[11] - 1).add(frame);
        }
        for (int i = 0; i < flows.length; i++) {
            assertSame(expected.get(i), actual.get(i));
        }
        tunnels.assertNoSlabIsHeld();
    }

    private static void deliverTrain(
            final TunnelFixture tunnels,
            final Random random,
            final TcpSegments[] flows,
            final List<List<byte[]>> expected) {
        final List<byte[]> train = new ArrayList<>();
        int flow = random.nextInt(flows.length);
        final int size = 120 + random.nextInt(1300);
        final int count = 1 + random.nextInt(20);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(8) == 0) {
                flow = random.nextInt(flows.length);
            }
            disturb(random, flows[flow]);
            final int headers = (flows[flow].ipv6 ? 54 : 34) + headerBytes(flows[flow]);
            final boolean last = i == count - 1;
            final int room = Math.max(0, size - headers);
            final byte[] frame = flows[flow].next(last ? random.nextInt(room + 1) : room);
            if (frame.length > size) {
                fail("size");
            }
            if (random.nextInt(20) == 0 && frame.length > headers) {
                frame[headers + random.nextInt(frame.length - headers)] ^= 0x11;
            }
            train.add(TunnelFixture.datagram(TunnelFixture.VNI, frame));
            expected.get(flow).add(frame);
        }
        tunnels.underlay.deliver(
                TunnelFixture.PEER, train.get(0).length, TunnelFixture.join(train));
    }

    private static int headerBytes(final TcpSegments flow) {
        if (flow.udp) {
            return 8;
        }
        return flow.options ? 32 : 20;
    }

    private static void disturb(final Random random, final TcpSegments flow) {
        switch (random.nextInt(30)) {
            case 0 -> flow.acknowledgment++;
            case 1 -> flow.window++;
            case 2 -> flow.timestamp++;
            case 3 -> flow.tos ^= 2;
            case 4 -> flow.flags ^= 0x40;
            case 5 -> flow.flags ^= 0x08;
            case 6 -> flow.flags ^= 0x01;
            case 7 -> flow.sequence += 100;
            case 8 -> flow.sequence -= 100;
            case 9 -> flow.flags ^= 0x80;
            case 10 -> flow.ttl ^= 1;
            default -> {}
        }
    }
}
