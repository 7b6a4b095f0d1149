package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A TAP in one namespace, a copy loop, and a packet socket on one end of a veth whose other end is
 * the peer.
 */
@Tag("root")
class PacketSocketPortTest {
    private TestNamespace left;
    private TestNamespace uplink;
    private TestNamespace right;

    @BeforeEach
    void setUp() {
        left = new TestNamespace();
        uplink = new TestNamespace();
        right = new TestNamespace();
        uplink.ip("link", "add", "up0", "type", "veth", "peer", "name", "v0", "netns", right.name);
        uplink.ip("link", "set", "up0", "up");
        right.ip("addr", "add", "10.9.0.2/24", "dev", "v0");
        right.ip("link", "set", "v0", "up");
    }

    @AfterEach
    void tearDown() {
        for (final TestNamespace namespace : new TestNamespace[] {left, uplink, right}) {
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    private PacketSocketPort open() {
        return PacketSocketPort.open("uplink", "up0", uplink.namespace());
    }

    @Test
    void shouldCarryPingAndSuperFramesInBothDirections() {
        final CopyLoop toRight;
        final CopyLoop toLeft;
        try (TapPort tap = TapPortTest.tap(left, "10.9.0.1/24", true);
                PacketSocketPort socket = open()) {
            toRight = new CopyLoop(tap, socket);
            final Shell.Result ping =
                    left.exec("ping", "-c", "3", "-i", "0.2", "-W", "2", "10.9.0.2");
            assertEquals(0, ping.exitCode, ping.output);
            TcpTransfer.run(left, right, "10.9.0.2", 50_000_000);
            toRight.close();
            toLeft = new CopyLoop(tap, socket);
            TcpTransfer.run(right, left, "10.9.0.1", 50_000_000);
            toLeft.close();
        }
        for (final CopyLoop loop : new CopyLoop[] {toRight, toLeft}) {
            assertTrue(loop.superFrames > 100, () -> "super-frames " + loop.superFrames);
            assertEquals(1448, loop.largestGsoSize);
            assertTrue(loop.longestFrame > 20_000, () -> "longest frame " + loop.longestFrame);
            loop.check();
        }
    }

    /**
     * The kernel takes the tag out on the way in and tells it apart: what arrives has to be what
     * was sent.
     */
    @Test
    void shouldKeepVlanTagsWhenFramesAndSuperFramesArrive() {
        try (PacketSocketPort socket = open();
                PacketSocketPort peer = PacketSocketPort.open("peer", "v0", right.namespace())) {
            assertSameArrives(peer, socket, 0x8100, 60, 0);
            assertSameArrives(peer, socket, 0x88a8, 200, 0);
            assertSameArrives(peer, socket, 0x8100, 20_058, 1000);
            assertSameArrives(socket, peer, 0x8100, 20_058, 1000);
        }
    }

    private static void assertSameArrives(
            final Port from, final Port to, final int tpid, final int length, final int gsoSize) {
        final PacketPool pool = new PacketPool(1, 16);
        final PacketBatch sent = new PacketBatch(pool);
        final int slab = pool.allocateLarge();
        sent.append(slab, pool.frameOffset(slab), length);
        taggedFrame(sent, tpid);
        if (gsoSize > 0) {
            sent.offload(0, Offload.NEEDS_CHECKSUM, Offload.GSO_TCPV4, gsoSize, 58, 38, 16);
        }
        from.queue(0).transmit(sent, new int[] {0}, 1, (slot, reason) -> fail(reason.label()));
        final PacketBatch arrived = new PacketBatch(pool);
        final long deadlineNs = System.nanoTime() + 5_000_000_000L;
        while (!isThere(arrived, tpid) && System.nanoTime() < deadlineNs) {
            arrived.releaseAll();
            assertTrue(to.queue(0).receive(arrived, 1) >= 0);
        }
        assertEquals(1, arrived.count(), "frame with TPID " + Integer.toHexString(tpid));
        assertEquals(length, arrived.length(0));
        for (int i = 0; i < length; i++) {
            assertEquals(
                    sent.buffer().getByte(sent.offset(0) + i),
                    arrived.buffer().getByte(arrived.offset(0) + i));
        }
        assertEquals(sent.gsoType(0), arrived.gsoType(0));
        if (gsoSize > 0) {
            assertEquals(gsoSize, arrived.gsoSize(0));
            assertEquals(38, arrived.checksumStart(0));
            assertEquals(16, arrived.checksumOffset(0));
        }
    }

    private static boolean isThere(final PacketBatch batch, final int tpid) {
        return batch.count() > 0
                && batch.buffer().getShort(batch.offset(0) + 12, ByteOrder.BIG_ENDIAN)
                        == (short) tpid;
    }

    /** Ethernet, tag with priority 3 and VLAN 100, IPv4, TCP. */
    private static void taggedFrame(final PacketBatch batch, final int tpid) {
        final MutableDirectBuffer b = batch.buffer();
        final int frame = batch.offset(0);
        for (int i = 0; i < batch.length(0); i++) {
            b.putByte(frame + i, (byte) (i * 31));
        }
        b.putLong(frame, 0x0200_0000_0009_0200L, ByteOrder.BIG_ENDIAN);
        b.putInt(frame + 8, 8, ByteOrder.BIG_ENDIAN);
        b.putInt(frame + 12, tpid << 16 | 0x6064, ByteOrder.BIG_ENDIAN);
        b.putInt(frame + 16, 0x0800_4500, ByteOrder.BIG_ENDIAN);
        b.putShort(frame + 20, (short) (batch.length(0) - 18), ByteOrder.BIG_ENDIAN);
        b.putInt(frame + 22, 0x0001_0000, ByteOrder.BIG_ENDIAN);
        b.putShort(frame + 26, (short) 0x4006, ByteOrder.BIG_ENDIAN);
        b.putByte(frame + 50, (byte) 0x50);
    }

    /** UDP from many ports: each frame arrives once, those of one flow always in the same queue. */
    @Test
    void shouldShareFlowsBetweenQueues() {
        try (PacketSocketPort socket =
                PacketSocketPort.open("uplink", "up0", uplink.namespace(), 2)) {
            assertEquals(2, socket.queueCount());
            final Shell.Result sent =
                    right.exec(
                            "python3",
                            "-c",
                            "import socket\n"
                                + "for p in range(20000, 20064):\n"
                                + " s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                                + " s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)\n"
                                + " s.bind(('10.9.0.2', p))\n"
                                + " [s.sendto(b'x' * 30, ('10.9.0.255', 7)) for i in range(3)]");
            assertEquals(0, sent.exitCode, sent.output);
            final Map<Integer, Integer> first = flows(socket.queue(0));
            final Map<Integer, Integer> second = flows(socket.queue(1));
            assertTrue(first.size() > 8 && second.size() > 8, first + " " + second);
            assertEquals(64, first.size() + second.size(), first + " " + second);
            first.values().forEach(frames -> assertEquals(3, frames));
            second.values().forEach(frames -> assertEquals(3, frames));
        }
    }

    /** Source port to frames of what waits in the queue. */
    private static Map<Integer, Integer> flows(final PortQueue queue) {
        final PacketBatch batch = new PacketBatch(new PacketPool(1, 80));
        final Map<Integer, Integer> flows = new TreeMap<>();
        while (queue.receive(batch, PacketBatch.CAPACITY) > 0) {
            for (int i = 0; i < batch.count(); i++) {
                final int frame = batch.offset(i);
                if (batch.buffer().getByte(frame + 23) == 17) {
                    final int port = batch.buffer().getShort(frame + 34, ByteOrder.BIG_ENDIAN);
                    flows.merge(port & 0xffff, 1, Integer::sum);
                }
            }
            batch.releaseAll();
        }
        return flows;
    }

    @Test
    void shouldGoOnWhenTheDeviceWasDownForAWhile() {
        try (TapPort tap = TapPortTest.tap(left, "10.9.0.1/24", true);
                PacketSocketPort socket = open();
                CopyLoop loop = new CopyLoop(tap, socket)) {
            uplink.ip("link", "set", "up0", "down");
            assertEquals(1, left.exec("ping", "-c", "1", "-W", "1", "10.9.0.2").exitCode);
            uplink.ip("link", "set", "up0", "up");
            final Shell.Result ping = left.exec("ping", "-c", "4", "-W", "2", "10.9.0.2");
            assertEquals(0, ping.exitCode, ping.output);
            assertTrue(!loop.gone, "down is not gone");
        }
    }

    @Test
    void shouldBeGoneWhenTheDeviceIsDeleted() {
        try (PacketSocketPort socket = open()) {
            assertEquals(PortKind.UPLINK, socket.kind());
            assertEquals(1500, socket.mtu());
            uplink.ip("link", "del", "up0");
            final PacketBatch batch = new PacketBatch(new PacketPool(1, 8));
            int result = 0;
            for (int i = 0; i < 3 && result != PortQueue.GONE; i++) {
                result = socket.queue(0).receive(batch, 8);
            }
            assertEquals(PortQueue.GONE, result);
        }
    }

    @Test
    void shouldNameTheDeviceWhenThereIsNone() {
        final SwitchException e =
                assertThrows(
                        SwitchException.class,
                        () -> PacketSocketPort.open("u", "nosuch", uplink.namespace()));
        assertEquals("read MTU of nosuch: No such device", e.getMessage());
    }
}
