package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.DatagramQueue;

/**
 * One worker's UDP sockets with an {@link UnderlayTap} beside them, owned by it: all that is
 * received comes through the TAP, in order, but for what was under way when that was opened and
 * fragments; super-frames to neighbours are sent through it, all else through the sockets.
 */
final class WholeFrameQueue implements DatagramQueue, AutoCloseable {
    /** So seldom the sockets are read. */
    private static final int SOCKETS_EVERY = 16;

    private final UdpQueue sockets;
    private final UnderlayTap tap;
    private final UnderlayTapQueue queue;
    private final EpollPair readable;
    private boolean fromTap;
    private int calls;

    WholeFrameQueue(final UdpQueue sockets, final UnderlayTap tap, final UnderlayTapQueue queue) {
        this.sockets = sockets;
        this.tap = tap;
        this.queue = queue;
        this.readable = new EpollPair(sockets.fileDescriptor(), queue.fd());
    }

    @Override
    public int receive(final PacketPool pool) {
        calls++;
        if (calls % SOCKETS_EVERY == 0) {
            fromTap = false;
            final int count = sockets.receive(pool);
            if (count > 0) {
                return count;
            }
        }
        fromTap = true;
        return queue.receive(pool);
    }

    @Override
    public int slab(final int message) {
        return fromTap ? queue.slab(message) : sockets.slab(message);
    }

    @Override
    public int offset(final int message, final PacketPool pool) {
        return fromTap ? queue.offset(message) : sockets.offset(message, pool);
    }

    @Override
    public int length(final int message) {
        return fromTap ? queue.length(message) : sockets.length(message);
    }

    @Override
    public int segmentBytes(final int message) {
        return fromTap ? queue.segmentBytes(message) : sockets.segmentBytes(message);
    }

    @Override
    public long sourceHigh(final int message) {
        return fromTap ? 0 : sockets.sourceHigh(message);
    }

    @Override
    public long sourceLow(final int message) {
        return fromTap ? queue.source(message) : sockets.sourceLow(message);
    }

    @Override
    public int trafficClass(final int message) {
        return fromTap ? queue.trafficClass(message) : sockets.trafficClass(message);
    }

    @Override
    public boolean isUnfinished(final int message) {
        return fromTap && queue.isUnfinished(message);
    }

    @Override
    public void offload(final int message, final PacketBatch batch, final int slot) {
        queue.offload(message, batch, slot);
    }

    @Override
    public boolean takesWhole(final long high, final long low) {
        return tap.reaches((int) low);
    }

    @Override
    public DropReason sendWhole(
            final long high,
            final long low,
            final int lane,
            final int trafficClass,
            final PacketBatch batch,
            final int slot,
            final int shimBytes) {
        return queue.send(low, lane, trafficClass, batch, slot, shimBytes);
    }

    @Override
    public void begin(final long high, final long low, final int lane, final int trafficClass) {
        sockets.begin(high, low, lane, trafficClass);
    }

    @Override
    public void piece(final long address, final int lengthBytes) {
        sockets.piece(address, lengthBytes);
    }

    @Override
    public void end(final int segmentBytes) {
        sockets.end(segmentBytes);
    }

    @Override
    public void flush() {
        sockets.flush();
    }

    @Override
    public DropReason failure(final int message) {
        return sockets.failure(message);
    }

    @Override
    public void pathMtus(final PathMtuHandler handler) {
        sockets.pathMtus(handler);
    }

    @Override
    public int maxSegments() {
        return sockets.maxSegments();
    }

    @Override
    public int fileDescriptor() {
        return readable.fd();
    }

    @Override
    public void close() {
        readable.close();
    }
}
