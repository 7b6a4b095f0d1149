package io.vswitch.bench;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.DatagramQueue;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.Underlay;
import java.net.InetAddress;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An underlay whose datagrams come from a trace in memory, copied in one by one, over and over;
 * what is sent is counted and forgotten.
 */
final class TraceUnderlay implements Underlay, DatagramQueue {
    private static final long MAPPED = 0xffff_0000_0000L;

    private final InetAddress local;
    private final long sourceLow;
    private final UnsafeBuffer trace;
    private final int datagramLength;
    private final int[] slabs = new int[MAX_MESSAGES];
    private int position;
    private long remaining;
    private long sentPieces;

    /**
     * @param source IPv4 address that all datagrams come from.
     * @param trace datagrams one after the other.
     * @param datagramLength bytes of each.
     * @param datagrams how many to deliver in all.
     */
    TraceUnderlay(
            final InetAddress local,
            final int source,
            final UnsafeBuffer trace,
            final int datagramLength,
            final long datagrams) {
        this.local = local;
        this.sourceLow = MAPPED | source & 0xffff_ffffL;
        this.trace = trace;
        this.datagramLength = datagramLength;
        this.remaining = datagrams;
    }

    /** Pieces of memory sent. */
    long sentPieces() {
        return sentPieces;
    }

    @Override
    public int receive(final PacketPool pool) {
        final int count = (int) Math.min(MAX_MESSAGES, remaining);
        remaining -= count;
        for (int i = 0; i < count; i++) {
            slabs[i] = pool.allocateLarge();
            pool.buffer().putBytes(pool.frameOffset(slabs[i]), trace, position, datagramLength);
            position += datagramLength;
            if (position == trace.capacity()) {
                position = 0;
            }
        }
        return count;
    }

    @Override
    public int slab(final int message) {
        return slabs[message];
    }

    @Override
    public int length(final int message) {
        return datagramLength;
    }

    @Override
    public int segmentBytes(final int message) {
        return datagramLength;
    }

    @Override
    public long sourceHigh(final int message) {
        return 0;
    }

    @Override
    public long sourceLow(final int message) {
        return sourceLow;
    }

    @Override
    public int trafficClass(final int message) {
        return 0;
    }

    @Override
    public void begin(final long high, final long low, final int lane, final int trafficClass) {
        // nothing is kept
    }

    @Override
    public void piece(final long address, final int lengthBytes) {
        sentPieces++;
    }

    @Override
    public void end(final int segmentBytes) {
        // nothing is kept
    }

    @Override
    public void flush() {
        // nothing is kept
    }

    @Override
    public DropReason failure(final int message) {
        return null;
    }

    @Override
    public int maxSegments() {
        return MAX_SEGMENTS;
    }

    @Override
    public int fileDescriptor() {
        return PortQueue.NO_FILE_DESCRIPTOR;
    }

    @Override
    public InetAddress local() {
        return local;
    }

    @Override
    public int port() {
        return 4789;
    }

    @Override
    public int mtu() {
        return 1600;
    }

    @Override
    public boolean hasUdpSegmentation() {
        return false;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public DatagramQueue queue(final int worker) {
        return this;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
