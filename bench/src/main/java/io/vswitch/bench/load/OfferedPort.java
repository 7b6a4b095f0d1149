package io.vswitch.bench.load;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.TransmitFailure;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A port to which frames are offered at a rate of somebody else's: they wait in a ring as long as a
 * TAP's, and what finds it full is lost. Used by the thread that runs the cycles.
 */
final class OfferedPort implements Port, PortQueue {
    /** Frames that wait, as many as in a TAP's queue. */
    static final int RING = 1_000;

    /** Bytes of a frame, without FCS. */
    static final int FRAME_LENGTH = 60;

    /** Writes frames by their number. */
    @FunctionalInterface
    interface Writer {
        void write(UnsafeBuffer buffer, int offset, long number);
    }

    /** Hears of frames that leave through the port. */
    @FunctionalInterface
    interface Listener {
        void onSent(UnsafeBuffer buffer, int offset);
    }

    private final String name;
    private final Writer writer;
    private final Listener listener;
    private final long[] ring = new long[RING];
    private int head;
    private int waiting;

    OfferedPort(final String name, final Writer writer, final Listener listener) {
        this.name = name;
        this.writer = writer;
        this.listener = listener;
    }

    /** Offers a frame; false when it is lost. */
    boolean offer(final long number) {
        if (waiting == RING) {
            return false;
        }
        ring[(head + waiting++) % RING] = number;
        return true;
    }

    /** Frames that wait to be received. */
    int waiting() {
        return waiting;
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        final int count = Math.min(limit, waiting);
        final PacketPool pool = batch.pool();
        for (int i = 0; i < count; i++) {
            final int slab = pool.allocateSmall();
            final int offset = pool.frameOffset(slab);
            writer.write(batch.buffer(), offset, ring[head]);
            batch.append(slab, offset, FRAME_LENGTH);
            head = (head + 1) % RING;
        }
        waiting -= count;
        return count;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        for (int i = 0; i < count; i++) {
            listener.onSent(batch.buffer(), batch.offset(slots[i]));
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
