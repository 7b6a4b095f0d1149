package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("root")
class TapPortTest {
    private TestNamespace left;
    private TestNamespace right;

    @BeforeEach
    void setUp() {
        left = new TestNamespace();
        right = new TestNamespace();
    }

    @AfterEach
    void tearDown() {
        if (left != null) {
            left.close();
        }
        if (right != null) {
            right.close();
        }
    }

    static TapPort tap(final TestNamespace where, final String address, final boolean vnetHeader) {
        final TapPort port =
                TapPort.open(
                        new TapOptions("t0").namespace(where.namespace()).vnetHeader(vnetHeader));
        where.ip("addr", "add", address, "dev", "t0");
        where.ip("link", "set", "t0", "up");
        return port;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryPingAndWholeSuperFramesWhenBothTapsHaveVnetHeader(final boolean ring) {
        final CopyLoop result = transfer(true, ring);
        assertTrue(result.superFrames > 100, () -> "super-frames " + result.superFrames);
        assertEquals(1448, result.largestGsoSize);
        assertTrue(result.longestFrame > 30_000, () -> "longest frame " + result.longestFrame);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarrySingleFramesWhenTapsHaveNoVnetHeader(final boolean ring) {
        final CopyLoop result = transfer(false, ring);
        assertEquals(0, result.superFrames);
        assertEquals(1514, result.longestFrame);
    }

    @Test
    void shouldReadLongFramesWhenMtuIsLargeWithoutVnetHeader() {
        try (TapPort a = tap(left, "10.9.0.1/24", false);
                TapPort b = tap(right, "10.9.0.2/24", false)) {
            left.ip("link", "set", "t0", "mtu", "9000");
            right.ip("link", "set", "t0", "mtu", "9000");
            assertEquals(1500, a.mtu());
            assertEquals(9000, a.refreshMtu());
            assertEquals(9000, b.refreshMtu());
            final CopyLoop loop = new CopyLoop(a, b);
            final Shell.Result ping =
                    left.exec("ping", "-c", "2", "-i", "0.2", "-M", "do", "-s", "8900", "10.9.0.2");
            loop.close();
            assertEquals(0, ping.exitCode, ping.output);
            assertEquals(8942, loop.longestFrame);
        }
    }

    @Test
    void shouldLeaveFramesInTheKernelWhenNoSlabIsFree() {
        try (TapPort a = tap(left, "10.9.0.1/24", true)) {
            final PacketPool pool = new PacketPool(1, 1);
            final int held = pool.allocateLarge();
            left.exec("ping", "-c", "1", "-W", "1", "10.9.0.7");
            final PacketBatch batch = new PacketBatch(pool);
            assertEquals(0, a.queue(0).receive(batch, 8));
            pool.release(held);
            assertEquals(1, a.queue(0).receive(batch, 8));
            batch.releaseAll();
            assertEquals(0, pool.inUse());
        }
    }

    @Test
    void shouldReportEachFrameOnceWhenTheDeviceIsDown() {
        try (TapPort a = tap(left, "10.9.0.1/24", true)) {
            left.ip("link", "set", "t0", "down");
            assertEquals(List.of(DropReason.TX_ERROR, DropReason.TX_ERROR), transmitTwo(a, 0, 0));
            left.ip("link", "set", "t0", "up");
            assertEquals(List.of(), transmitTwo(a, 0, 0));
        }
    }

    @Test
    void shouldReportMalformedOffloadWhenTheKernelRefusesTheHeader() {
        try (TapPort a = tap(left, "10.9.0.1/24", true)) {
            assertEquals(
                    List.of(DropReason.MALFORMED_OFFLOAD, DropReason.MALFORMED_OFFLOAD),
                    transmitTwo(a, Offload.NEEDS_CHECKSUM, 9000));
        }
    }

    /**
     * Sends two frames and returns why those that failed did; checks that the slab is left as it
     * was.
     */
    private static List<DropReason> transmitTwo(
            final TapPort port, final int flags, final int checksumStart) {
        final PacketPool pool = new PacketPool(1, 2);
        final PacketBatch batch = new PacketBatch(pool);
        for (int i = 0; i < 2; i++) {
            final int slab = pool.allocateLarge();
            batch.buffer().setMemory(pool.frameOffset(slab) - 16, 16, (byte) 0x5a);
            batch.buffer().setMemory(pool.frameOffset(slab), 60, (byte) 2);
            final int slot = batch.append(slab, pool.frameOffset(slab), 60);
            batch.offload(slot, flags, 0, 0, 0, checksumStart, 6);
        }
        final List<DropReason> failures = new ArrayList<>();
        final int sent =
                port.queue(0)
                        .transmit(
                                batch, new int[] {0, 1}, 2, (slot, reason) -> failures.add(reason));
        assertEquals(2, sent + failures.size());
        for (int i = 1; i <= 16; i++) {
            assertEquals(0x5a, batch.buffer().getByte(batch.offset(0) - i));
        }
        batch.releaseAll();
        return failures;
    }

    private CopyLoop transfer(final boolean vnetHeader, final boolean ring) {
        final CopyLoop result;
        final EpollPoller poller = ring ? new EpollPoller() : EpollPoller.withPlainWrites();
        try (TapPort a = tap(left, "10.9.0.1/24", vnetHeader);
                TapPort b = tap(right, "10.9.0.2/24", vnetHeader);
                CopyLoop loop = new CopyLoop(a, b, poller)) {
            result = loop;
            final Shell.Result ping =
                    left.exec("ping", "-c", "3", "-i", "0.2", "-W", "2", "10.9.0.2");
            assertEquals(0, ping.exitCode, ping.output);
            TcpTransfer.run(left, right, "10.9.0.2", 50_000_000);
        }
        result.check();
        return result;
    }
}
