package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.TransmitFailure;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One queue of a TAP, owned by one worker: a descriptor, one read or write call per frame, no copy. The virtio_net_hdr
 * lies in the slab right before the frame.
 *
 * <p>Frames are read into large slabs, because nothing tells their length before. Small ones serve as long as the
 * device has no virtio_net_hdr and its MTU fits.
 */
final class TapQueue implements PortQueue {
    /** A burst ends after so many bytes, so that super-frames are still in the cache when they are written. */
    private static final int BURST_BYTES = 256 * 1024;

    private final int fd;
    private final int headerLength;
    private boolean readsSmall;
    private boolean gone;

    /**
     * @param fd non-blocking descriptor of the queue.
     * @param headerLength bytes of virtio_net_hdr before each frame, 0 for none.
     * @param readsSmall no frame is longer than {@link PacketPool#SMALL_CAPACITY}.
     */
    TapQueue(final int fd, final int headerLength, final boolean readsSmall) {
        this.fd = fd;
        this.headerLength = headerLength;
        this.readsSmall = readsSmall;
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        if (gone) {
            return GONE;
        }
        int received = 0;
        int bytes = 0;
        while (received < limit && bytes < BURST_BYTES) {
            final int length = receiveOne(batch);
            if (length < 0) {
                break;
            }
            bytes += length;
            received++;
        }
        return received == 0 && gone ? GONE : received;
    }

    /** Length of the frame appended, or -1 for none. With no slab free the frame stays in the kernel's queue. */
    private int receiveOne(final PacketBatch batch) {
        final PacketPool pool = batch.pool();
        final int slab = readsSmall ? pool.allocateSmall() : pool.allocateLarge();
        if (slab == PacketPool.NONE) {
            return -1;
        }
        final UnsafeBuffer buffer = batch.buffer();
        final int frame = pool.frameOffset(slab);
        final int capacity = pool.capacity(slab);
        final int length =
                (int) Native.LIBC.read(fd, buffer.addressOffset() + frame - headerLength, (long) headerLength + capacity)
                        - headerLength;
        if (length < 0) {
            gone = length == -1 - headerLength && Native.isGone(Native.errno());
            pool.release(slab);
            return -1;
        }
        final int slot = batch.append(slab, frame, length);
        if (headerLength != 0) {
            VnetHeader.decode(buffer, frame - headerLength, batch, slot);
        } else if (length == capacity) {
            // The MTU was raised meanwhile and this frame may be cut: its own length fields will tell. The next ones fit.
            readsSmall = false;
        }
        return length;
    }

    @Override
    public int transmit(final PacketBatch batch, final int[] slots, final int count, final TransmitFailure failed) {
        int sent = 0;
        for (int i = 0; i < count; i++) {
            final int slot = slots[i];
            if (write(batch, slot) >= 0) {
                sent++;
            } else {
                failed.onFailure(slot, failure(batch, slot, Native.errno()));
            }
        }
        return sent;
    }

    /** The slab's bytes are left as they were: other holders may need those that the header covers. */
    private long write(final PacketBatch batch, final int slot) {
        final UnsafeBuffer buffer = batch.buffer();
        final int start = batch.offset(slot) - headerLength;
        final long address = buffer.addressOffset() + start;
        if (headerLength == 0) {
            return Native.LIBC.write(fd, address, batch.length(slot));
        }
        final long savedHead = buffer.getLong(start);
        final short savedTail = buffer.getShort(start + Long.BYTES);
        VnetHeader.encode(buffer, start, batch, slot);
        final long written = Native.LIBC.write(fd, address, (long) headerLength + batch.length(slot));
        buffer.putLong(start, savedHead);
        buffer.putShort(start + Long.BYTES, savedTail);
        return written;
    }

    private DropReason failure(final PacketBatch batch, final int slot, final int errno) {
        if (errno == Native.EAGAIN || errno == Native.ENOBUFS) {
            return DropReason.TX_QUEUE_FULL;
        }
        if (Native.isGone(errno)) {
            gone = true;
            return DropReason.DESTINATION_GONE;
        }
        final boolean asksOffload = (batch.offloadFlags(slot) | batch.gsoType(slot)) != 0;
        return errno == Native.EINVAL && asksOffload ? DropReason.MALFORMED_OFFLOAD : DropReason.TX_ERROR;
    }

    @Override
    public int fileDescriptor() {
        return fd;
    }
}
