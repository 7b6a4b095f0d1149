package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.SegmentCutter;
import io.vswitch.core.port.PortQueue;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A VTEP of one worker, the test's thread, on a scripted underlay; two tunnels. */
final class TunnelFixture {
    static final int VNI = 0x12_3456;
    static final int OTHER_VNI = 7;
    static final String LOCAL = "10.80.0.1";
    static final String PEER = "10.80.0.2";

    final ScriptedUnderlay underlay = new ScriptedUnderlay(LOCAL);
    final Vtep vtep = new Vtep("vtep", underlay);
    final TunnelPort tunnel = vtep.tunnel("blue", VNI);
    final TunnelPort other = vtep.tunnel("red", OTHER_VNI);
    final int peer = vtep.remote(OverlayHost.address(PEER));
    final PacketPool pool;
    final PacketBatch batch;

    TunnelFixture() {
        this(4096);
    }

    TunnelFixture(final int smallSlabs) {
        pool = new PacketPool(smallSlabs, 64);
        batch = new PacketBatch(pool);
        for (final PortQueue queue : queues()) {
            queue.attached(pool, () -> {});
        }
        tunnel.peers(new int[] {peer}, false);
        other.peers(new int[] {peer}, false);
    }

    List<PortQueue> queues() {
        return List.of(vtep.queue(0), tunnel.queue(0), other.queue(0));
    }

    /** A frame behind a VXLAN header. */
    static byte[] datagram(final int vni, final byte[] frame) {
        final byte[] bytes = new byte[8 + frame.length];
        final UnsafeBuffer b = new UnsafeBuffer(bytes);
        b.putInt(0, 0x0800_0000, BIG_ENDIAN);
        b.putInt(4, vni << 8, BIG_ENDIAN);
        b.putBytes(8, frame);
        return bytes;
    }

    static byte[] join(final List<byte[]> parts) {
        int length = 0;
        for (final byte[] part : parts) {
            length += part.length;
        }
        final byte[] whole = new byte[length];
        int at = 0;
        for (final byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    /** What a queue handed over. */
    static final class Received {
        /** Frames as an endpoint without offloads would get them. */
        final List<byte[]> frames = new ArrayList<>();

        final List<DropReason> refused = new ArrayList<>();

        /** Slots they came in. */
        int slots;

        int flags;
        int remote;
    }

    /** Everything that comes out of a queue, the others asked meanwhile too. */
    Received receive(final PortQueue from) {
        final Received received = new Received();
        for (int idle = 0; idle < 4; idle++) {
            for (final PortQueue queue : queues()) {
                idle = queue.receive(batch, PacketBatch.CAPACITY) > 0 ? 0 : idle;
                if (queue == from) {
                    collect(received);
                }
                batch.releaseAll();
            }
        }
        return received;
    }

    private void collect(final Received received) {
        for (int slot = 0; slot < batch.count(); slot++) {
            received.slots++;
            if (batch.refusal(slot) != null) {
                received.refused.add(batch.refusal(slot));
                continue;
            }
            received.flags = batch.offloadFlags(slot);
            received.remote = batch.remote(slot);
            final DropReason reason = PacketParser.parse(batch, slot, 1);
            if (batch.gsoType(slot) != Offload.GSO_NONE) {
                assertNull(reason);
                cut(slot, received);
            } else {
                if (reason == null) {
                    Checksums.complete(batch, slot);
                }
                received.frames.add(bytes(batch, slot));
            }
        }
    }

    private void cut(final int slot, final Received received) {
        final SegmentCutter cutter = new SegmentCutter();
        assertNull(cutter.begin(batch, slot));
        final PacketBatch pieces = new PacketBatch(pool);
        while (!cutter.isDone()) {
            cutter.cutInto(pieces);
            for (int i = 0; i < pieces.count(); i++) {
                received.frames.add(bytes(pieces, i));
            }
            pieces.releaseAll();
        }
    }

    private static byte[] bytes(final PacketBatch from, final int slot) {
        final byte[] bytes = new byte[from.length(slot)];
        from.buffer().getBytes(from.offset(slot), bytes);
        return bytes;
    }

    /** Nothing is held any more once the worker lets go. */
    void assertNoSlabIsHeld() {
        tunnel.queue(0).detached();
        other.queue(0).detached();
        vtep.queue(0).detached();
        assertEquals(0, pool.inUse());
    }
}
