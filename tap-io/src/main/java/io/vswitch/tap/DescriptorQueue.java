package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.VirtioNetHeader;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.TransmitFailure;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A queue that is a descriptor, owned by one worker: one call per frame, straight between the slab
 * and the kernel. The virtio_net_hdr lies in the slab right before the frame.
 */
abstract class DescriptorQueue implements PortQueue {
    /**
     * A burst ends after so many bytes, so that super-frames are still in the cache when they are
     * written.
     */
    private static final int BURST_BYTES = 256 * 1024;

    protected final int fd;

    /** Bytes of virtio_net_hdr before each frame, 0 for none. */
    protected final int headerLength;

    private boolean gone;

    DescriptorQueue(final int fd, final int headerLength) {
        this.fd = fd;
        this.headerLength = headerLength;
    }

    /**
     * A slab for the next frame, or {@link PacketPool#NONE}: then the frame stays in the kernel's
     * queue.
     */
    abstract int allocate(PacketPool pool);

    /** Reads header and frame to {@code address}; bytes read, or negative with errno set. */
    abstract long read(long address, long length);

    /** Writes header and frame; bytes written, or negative with errno set. */
    abstract long write(long address, long length);

    /** Takes over a frame just read; its header, if any, is in front of it. */
    abstract void append(PacketBatch batch, int slab, int frameOffset, int length);

    /** Whether this errno of a read or write says that the device will never come back. */
    abstract boolean isGone(int errno);

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

    /** Length of the frame appended, or negative for none. */
    private int receiveOne(final PacketBatch batch) {
        final PacketPool pool = batch.pool();
        final int slab = allocate(pool);
        if (slab == PacketPool.NONE) {
            return -1;
        }
        final int frame = pool.frameOffset(slab);
        final long result =
                read(
                        batch.buffer().addressOffset() + frame - headerLength,
                        (long) headerLength + pool.capacity(slab));
        final int length = (int) result - headerLength;
        if (length >= 0) {
            append(batch, slab, frame, length);
            return length;
        }
        gone = result < 0 && isGone(Native.errno());
        pool.release(slab);
        return -1;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        int sent = 0;
        for (int i = 0; i < count; i++) {
            sent += transmitOne(batch, slots[i], failed);
        }
        return sent;
    }

    /** Frames sent, 0 or 1. */
    int transmitOne(final PacketBatch batch, final int slot, final TransmitFailure failed) {
        if (writeOne(batch, slot) >= 0) {
            return 1;
        }
        failed.onFailure(slot, failure(batch, slot, Native.errno()));
        return 0;
    }

    /**
     * The slab's bytes are left as they were: other holders may need those that the header covers.
     */
    private long writeOne(final PacketBatch batch, final int slot) {
        final UnsafeBuffer buffer = batch.buffer();
        final int start = batch.offset(slot) - headerLength;
        final long address = buffer.addressOffset() + start;
        if (headerLength == 0) {
            return write(address, batch.length(slot));
        }
        final long savedHead = buffer.getLong(start);
        final short savedTail = buffer.getShort(start + Long.BYTES);
        VirtioNetHeader.encode(buffer, start, batch, slot);
        final long written = write(address, (long) headerLength + batch.length(slot));
        buffer.putLong(start, savedHead);
        buffer.putShort(start + Long.BYTES, savedTail);
        return written;
    }

    /** Why a frame whose write ended with this errno did not go; notes a device that has gone. */
    DropReason failure(final PacketBatch batch, final int slot, final int errno) {
        if (isGone(errno)) {
            gone = true;
            return DropReason.DESTINATION_GONE;
        }
        switch (errno) {
            case Native.EAGAIN:
            case Native.ENOBUFS:
                return DropReason.TX_QUEUE_FULL;
            case Native.EMSGSIZE:
                return DropReason.EXCEEDS_MTU;
            case Native.EINVAL:
                return (batch.offloadFlags(slot) | batch.gsoType(slot)) != 0
                        ? DropReason.MALFORMED_OFFLOAD
                        : DropReason.TX_ERROR;
            default:
                return DropReason.TX_ERROR;
        }
    }

    @Override
    public int fileDescriptor() {
        return fd;
    }
}
