package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.packet.Offload;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.port.PortQueue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Flooding, MAC limits and ageing, several workers, super-frames and open checksums. */
class ForwardingTest extends EngineFixture {
    private static final int ALL_OFFLOADS =
            Offload.TAKES_CHECKSUM
                    | Offload.TAKES_TSO4
                    | Offload.TAKES_TSO6
                    | Offload.TAKES_USO
                    | Offload.TAKES_ECN;
    private static final long MAC_BIG = 0x02_00_00_00_00_10L;
    private static final int PAYLOAD = 20_000;
    private static final int SEGMENT = 1448;
    private static final int FIN_PSH_ACK = 0x19;

    private final ScriptedPort big = new ScriptedPort("big", 1500, ALL_OFFLOADS);

    @Test
    void shouldFloodOneCopyToEachOfManyPortsAndNoneBack() {
        final List<ScriptedPort> ports = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            final ScriptedPort port = new ScriptedPort("p" + i);
            sw.addPort(port, "blue", PortPolicy.ALLOW_ALL);
            ports.add(port);
        }
        for (int burst = 1; burst <= 3; burst++) {
            for (int i = 0; i < 64; i++) {
                ports.get(7).deliver(udp(MAC_A, i % 2 == 0 ? BROADCAST : MAC_B, i));
            }
            run();
            for (int i = 0; i < ports.size(); i++) {
                assertEquals(i == 7 ? 0 : 64 * burst, ports.get(i).sent.size());
            }
        }
        assertEquals(192 * 42, sw.totals().txPackets());
        assertEquals(192 * 41, sw.totals().replicated());
    }

    @Test
    void shouldPushOutOnlyAddressesOfTheFloodingPortWhenTheLimitIsReached() {
        sw.addNetwork(new NetworkConfig("tiny", 10, 300_000));
        final ScriptedPort quiet = new ScriptedPort("quiet");
        final ScriptedPort loud = new ScriptedPort("loud");
        sw.addPort(quiet, "tiny", PortPolicy.ALLOW_ALL);
        sw.addPort(loud, "tiny", PortPolicy.ALLOW_ALL);
        send(quiet, udp(MAC_A, BROADCAST, 1));
        for (int i = 0; i < 1000; i++) {
            send(loud, udp(0x02_00_00_01_00_00L + i, BROADCAST, 1));
        }
        assertEquals(10, sw.macs("tiny").size());
        assertEquals(1, sw.macs("tiny").stream().filter(mac -> mac.port().equals("quiet")).count());
    }

    @Test
    void shouldFloodAgainWhenTheAddressHasAged() {
        introduce();
        send(a, udp(MAC_A, MAC_B, 80));
        assertEquals(0, c.sent.size());
        nowNs += 301_000_000_000L;
        for (int i = 0; i < 20_000; i++) {
            nowNs += 1_000_000;
            sw.cycle();
        }
        assertEquals(0, sw.macs("blue").size());
        send(a, udp(MAC_A, MAC_B, 80));
        assertEquals(1, c.sent.size());
    }

    @Test
    void shouldKeepAddressYoungWhenOnlyCachedFlowsUseIt() {
        introduce();
        for (int s = 0; s < 400; s++) {
            nowNs += 1_000_000_000L;
            send(a, udp(MAC_A, MAC_B, 80));
            send(b, udp(MAC_B, MAC_A, 80));
        }
        assertEquals(0, c.sent.size());
        assertEquals(400, b.sent.size());
    }

    /** Each worker has tables of its own; what one learns the others must know. */
    @Test
    void shouldKnowOnEveryWorkerWhatOneHasLearned() {
        sw.close();
        sw = context().countersFile(null).workers(2).launchManual();
        sw.addNetwork(NetworkConfig.of("blue"));
        final ScriptedPort ofFirst = new OneQueuePort("first", 0);
        final ScriptedPort ofSecond = new OneQueuePort("second", 1);
        final ScriptedPort other = new OneQueuePort("other", 0);
        for (final ScriptedPort port : List.of(ofFirst, ofSecond, other)) {
            sw.addPort(port, "blue", PortPolicy.ALLOW_ALL);
        }
        send(ofSecond, udp(MAC_B, BROADCAST, 1));
        other.sent.clear();
        send(ofFirst, udp(MAC_A, MAC_B, 80));
        assertEquals(1, ofSecond.sent.size());
        assertEquals(0, other.sent.size());
        send(ofSecond, udp(MAC_B, MAC_A, 80));
        assertEquals(0, other.sent.size());
    }

    /** Frames come in through the queue of one worker; every worker sends. */
    private static final class OneQueuePort extends ScriptedPort {
        private final int receiving;

        OneQueuePort(final String name, final int receiving) {
            super(name);
            this.receiving = receiving;
        }

        @Override
        public PortQueue queue(final int worker) {
            if (worker == receiving) {
                return this;
            }
            return new ScriptedPort(name()) {
                @Override
                public int transmit(
                        final io.vswitch.core.packet.PacketBatch batch,
                        final int[] slots,
                        final int count,
                        final io.vswitch.core.port.TransmitFailure failed) {
                    return OneQueuePort.this.transmit(batch, slots, count, failed);
                }
            };
        }
    }

    private UnsafeBuffer longTcp(final long to) {
        return Frames.tcp(MAC_A, to, "10.0.0.1", "10.0.0.2", 1000, 80, FIN_PSH_ACK, PAYLOAD);
    }

    private void addBig() {
        sw.addPort(big, "blue", PortPolicy.ALLOW_ALL);
        send(big, udp(MAC_BIG, BROADCAST, 1));
        introduce();
        big.sent.clear();
    }

    @Test
    void shouldKeepSuperFrameWholeForPortThatTakesIt() {
        addBig();
        final ScriptedPort.Frame frame =
                Frames.superFrame(longTcp(MAC_BIG), Offload.GSO_TCPV4, SEGMENT);
        a.deliver(frame);
        run();
        assertWhole(frame);
        assertEquals(0, sw.totals().dropped());
    }

    private void assertWhole(final ScriptedPort.Frame expected) {
        assertEquals(1, big.sent.size());
        final ScriptedPort.Frame got = big.sent.get(0);
        assertArrayEquals(expected.bytes(), got.bytes());
        assertEquals(expected.gsoType(), got.gsoType());
        assertEquals(expected.gsoSize(), got.gsoSize());
        assertEquals(expected.flags(), got.flags());
        assertEquals(expected.csumStart(), got.csumStart());
        assertEquals(expected.csumOffset(), got.csumOffset());
    }

    @Test
    void shouldCutSuperFrameForPortThatDoesNotTakeIt() {
        introduce();
        a.deliver(Frames.superFrame(longTcp(MAC_B), Offload.GSO_TCPV4, SEGMENT));
        run();
        assertTcpSegments(b.sent);
    }

    @Test
    void shouldFloodSuperFrameWholeToSomeAndCutToOthers() {
        addBig();
        final ScriptedPort.Frame frame =
                Frames.superFrame(longTcp(BROADCAST), Offload.GSO_TCPV4, SEGMENT);
        a.deliver(frame);
        run();
        assertWhole(frame);
        assertTcpSegments(b.sent);
        assertTcpSegments(c.sent);
    }

    @Test
    void shouldCutRewrittenCopyOfAFloodedSuperFrame() {
        sw.policy("b", (direction, fields, decision, trace) -> fields.dscp = 46);
        introduce();
        a.deliver(Frames.superFrame(longTcp(BROADCAST), Offload.GSO_TCPV4, SEGMENT));
        run();
        assertTcpSegments(b.sent);
        assertEquals((byte) (46 << 2), b.sent.get(0).bytes()[15]);
        assertTcpSegments(c.sent);
        assertEquals(0, c.sent.get(0).bytes()[15]);
    }

    /** Against the frame built without offload, and sums computed by the test itself. */
    private void assertTcpSegments(final List<ScriptedPort.Frame> segments) {
        assertEquals((PAYLOAD + SEGMENT - 1) / SEGMENT, segments.size());
        final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int i = 0; i < segments.size(); i++) {
            final UnsafeBuffer s = segments.get(i).buffer();
            final boolean last = i == segments.size() - 1;
            assertEquals(0, segments.get(i).flags() | segments.get(i).gsoType());
            assertEquals(s.capacity() - 14, s.getShort(16, ByteOrder.BIG_ENDIAN));
            assertEquals(i, s.getShort(18, ByteOrder.BIG_ENDIAN));
            assertEquals(1 + payload.size(), s.getInt(38, ByteOrder.BIG_ENDIAN));
            assertEquals(last ? FIN_PSH_ACK : 0x10, s.getByte(47));
            assertEquals(0xffff, Frames.headerSum(s));
            assertEquals(0xffff, Frames.transportSum(s));
            payload.write(segments.get(i).bytes(), 54, s.capacity() - 54);
        }
        final byte[] expected = new byte[PAYLOAD];
        longTcp(MAC_B).getBytes(54, expected);
        assertArrayEquals(expected, payload.toByteArray());
    }

    @Test
    void shouldCutUdpSuperFrameIntoDatagrams() {
        addBig();
        final UnsafeBuffer datagrams =
                Frames.udp(MAC_A, BROADCAST, "10.0.0.1", "10.0.0.2", 1000, 80, 3500);
        a.deliver(Frames.superFrame(datagrams, Offload.GSO_UDP_L4, 1000));
        run();
        assertEquals(1, big.sent.size());
        assertEquals(List.of(1000, 1000, 1000, 500), b.sent.stream().map(this::udpSize).toList());
        for (final ScriptedPort.Frame datagram : b.sent) {
            assertEquals(0xffff, Frames.transportSum(datagram.buffer()));
            assertEquals(0xffff, Frames.headerSum(datagram.buffer()));
        }
    }

    private int udpSize(final ScriptedPort.Frame frame) {
        final int length = frame.buffer().getShort(38, ByteOrder.BIG_ENDIAN);
        assertEquals(frame.bytes().length, 34 + length);
        return length - 8;
    }

    @Test
    void shouldCompleteOpenChecksumOnlyForPortsThatNeedIt() {
        addBig();
        final ScriptedPort.Frame frame = Frames.openChecksum(tcp(MAC_A, BROADCAST, 16));
        a.deliver(frame);
        run();
        assertWhole(frame);
        for (final ScriptedPort port : List.of(b, c)) {
            assertEquals(1, port.sent.size());
            assertEquals(0, port.sent.get(0).flags() & Offload.NEEDS_CHECKSUM);
            assertEquals(0xffff, Frames.transportSum(port.sent.get(0).buffer()));
        }
    }

    @Test
    void shouldCutForMemoryPortsWithoutOffloadsAndNotForThoseWith() {
        final MemoryPort from = new MemoryPort("from");
        final MemoryPort whole = new MemoryPort("whole", 1500, ALL_OFFLOADS, 1 << 20);
        final MemoryPort cut = new MemoryPort("cut");
        sw.addNetwork(NetworkConfig.of("red"));
        for (final MemoryPort port : List.of(from, whole, cut)) {
            sw.addPort(port, "red", PortPolicy.ALLOW_ALL);
        }
        final ScriptedPort.Frame frame =
                Frames.superFrame(longTcp(BROADCAST), Offload.GSO_TCPV4, SEGMENT);
        from.send(
                frame.buffer(),
                0,
                frame.bytes().length,
                frame.flags(),
                frame.gsoType(),
                frame.gsoSize(),
                54,
                frame.csumStart(),
                frame.csumOffset());
        run();
        final List<Integer> lengths = new ArrayList<>();
        whole.receive((buffer, offset, length) -> lengths.add(length), 100);
        assertEquals(List.of(54 + PAYLOAD), lengths);
        lengths.clear();
        cut.receive((buffer, offset, length) -> lengths.add(length), 100);
        assertEquals(14, lengths.size());
        assertEquals(54 + SEGMENT, lengths.get(0));
    }
}
