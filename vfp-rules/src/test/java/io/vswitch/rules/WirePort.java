package io.vswitch.rules;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.TransmitFailure;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * A port of one queue that hands over frames with their number in the trailer, and tells a judge of
 * each frame that leaves through it; used by the thread that runs the cycles.
 */
final class WirePort implements Port, PortQueue {
    /** Who hears of what leaves. */
    @FunctionalInterface
    interface Judge {
        /**
         * A frame leaves.
         *
         * @param number that of its trailer.
         * @param digest of what stands before the trailer.
         */
        void onSent(WirePort port, int number, long digest);
    }

    private final String name;
    private final Judge judge;
    private byte[][] frames;
    private int[] lengths;
    private int[] order;
    private int next;
    private int end;

    WirePort(final String name, final Judge judge) {
        this.name = name;
        this.judge = judge;
    }

    /** Hands over {@code frames[order[from]]} to before {@code order[to]}, numbered from 0. */
    void feed(
            final byte[][] all,
            final int[] frameLengths,
            final int[] indices,
            final int from,
            final int to) {
        frames = all;
        lengths = frameLengths;
        order = indices;
        next = from;
        end = to;
    }

    /** One word for a frame's bytes before the trailer. */
    static long digest(final DirectBuffer b, final int offset, final int length) {
        final int last = offset + length - WireFrame.TRAILER;
        long digest = length;
        int at = offset;
        for (; at + Long.BYTES <= last; at += Long.BYTES) {
            digest = mix(digest ^ b.getLong(at));
        }
        long rest = 0;
        for (; at < last; at++) {
            rest = rest << 8 | b.getByte(at) & 0xff;
        }
        return mix(digest ^ rest);
    }

    private static long mix(final long value) {
        final long product = value * 0x9e37_79b9_7f4a_7c15L;
        return product ^ product >>> 32;
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        final int count = Math.min(limit, end - next);
        final PacketPool pool = batch.pool();
        for (int i = 0; i < count; i++) {
            final int slab = pool.allocateSmall();
            final int offset = pool.frameOffset(slab);
            final int frame = order[next++];
            final int length = lengths[frame];
            batch.buffer().putBytes(offset, frames[frame], 0, length);
            batch.buffer().putInt(offset + length - WireFrame.TRAILER, i, ByteOrder.BIG_ENDIAN);
            batch.append(slab, offset, length);
        }
        return count;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        for (int i = 0; i < count; i++) {
            final int offset = batch.offset(slots[i]);
            final int length = batch.length(slots[i]);
            judge.onSent(
                    this,
                    batch.buffer()
                            .getInt(offset + length - WireFrame.TRAILER, ByteOrder.BIG_ENDIAN),
                    digest(batch.buffer(), offset, length));
        }
        return count;
    }

    @Override
    public int fileDescriptor() {
        return NO_FILE_DESCRIPTOR;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PortKind kind() {
        return PortKind.MEMORY;
    }

    @Override
    public int mtu() {
        return 1500;
    }

    @Override
    public int offloads() {
        return 0;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public PortQueue queue(final int worker) {
        return this;
    }

    @Override
    public void close() {}
}
