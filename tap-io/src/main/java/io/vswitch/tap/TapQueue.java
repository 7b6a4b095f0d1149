package io.vswitch.tap;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.VirtioNetHeader;
import io.vswitch.core.port.TransmitFailure;

/**
 * One queue of a TAP, owned by one worker. Frames are read into large slabs, because nothing tells
 * their length before; small ones serve as long as the device has no virtio_net_hdr and its MTU
 * fits. Bursts are written with one call where the worker has a {@link BatchWriter}.
 */
final class TapQueue extends DescriptorQueue {
    private static final int ETHERNET_AND_VLAN = 14 + 4;

    /** Written by the conductor too, when it learns of another MTU. */
    private volatile boolean readsSmall;

    private BatchWriter writer;

    TapQueue(final int fd, final boolean hasVnetHeader) {
        super(fd, hasVnetHeader ? VirtioNetHeader.LENGTH : 0);
    }

    /** Conductor: the device's MTU is now this many bytes. */
    void onMtu(final int mtu) {
        readsSmall = headerLength == 0 && mtu + ETHERNET_AND_VLAN < PacketPool.SMALL_CAPACITY;
    }

    /** Worker: bursts go through this writer from now on; null: each frame by itself. */
    void writer(final BatchWriter newWriter) {
        writer = newWriter;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        return writer != null && writer.takes(count)
                ? writer.transmit(this, batch, slots, count, failed)
                : super.transmit(batch, slots, count, failed);
    }

    @Override
    int allocate(final PacketPool pool) {
        return readsSmall ? pool.allocateSmall() : pool.allocateLarge();
    }

    @Override
    long read(final long address, final long length) {
        return Native.LIBC.read(fd, address, length);
    }

    @Override
    long write(final long address, final long length) {
        return Native.LIBC.write(fd, address, length);
    }

    @Override
    void append(final PacketBatch batch, final int slab, final int frameOffset, final int length) {
        final int slot = batch.append(slab, frameOffset, length);
        if (headerLength != 0) {
            VirtioNetHeader.decode(batch.buffer(), frameOffset - headerLength, batch, slot);
        } else if (length == PacketPool.SMALL_CAPACITY) {
            // The MTU was raised behind our back and this frame may be cut: its own length fields
            // will tell the parser.
            // The next ones fit.
            readsSmall = false;
        }
    }

    @Override
    boolean isGone(final int errno) {
        return Native.isGone(errno);
    }
}
