package io.vswitch.bench;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.TransmitFailure;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A port whose traffic comes from a trace in memory, copied in frame by frame, over and over; what
 * is sent to it is counted and forgotten. The counterpart of a net_pcap input with a net_null
 * output.
 */
final class TracePort implements Port, PortQueue {
    private final String name;
    private final UnsafeBuffer trace;
    private final int frameLength;
    private int position;
    private long remaining;
    private long sent;

    /**
     * @param trace frames one after the other.
     * @param frameLength bytes of each.
     * @param frames how many to deliver in all.
     */
    TracePort(
            final String name, final UnsafeBuffer trace, final int frameLength, final long frames) {
        this.name = name;
        this.trace = trace;
        this.frameLength = frameLength;
        this.remaining = frames;
    }

    /** Frames sent to this port. */
    long sent() {
        return sent;
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        final int count = (int) Math.min(limit, remaining);
        remaining -= count;
        final PacketPool pool = batch.pool();
        for (int i = 0; i < count; i++) {
            final int slab = pool.allocateSmall();
            final int offset = pool.frameOffset(slab);
            batch.buffer().putBytes(offset, trace, position, frameLength);
            batch.append(slab, offset, frameLength);
            position += frameLength;
            if (position == trace.capacity()) {
                position = 0;
            }
        }
        return count;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        sent += count;
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
    public void close() {
        // holds nothing
    }
}
