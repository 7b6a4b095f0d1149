package io.vswitch.core.port;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The queue of a {@link SharedMacPort}, owned by one worker: the MACs of what comes and goes are
 * replaced in the slab, and put back after sending, since others may be about to send the same
 * slab.
 */
final class SharedMacQueue implements PortQueue {
    private final SharedMacPort port;
    private final PortQueue device;
    private final SenderMac sender = new SenderMac();
    private final int[] oneSlot = new int[1];

    SharedMacQueue(final SharedMacPort port, final PortQueue device) {
        this.port = port;
        this.device = device;
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        final int first = batch.count();
        final int received = device.receive(batch, limit);
        final NeighbourTable endpoints = port.endpoints();
        for (int slot = first; slot < batch.count(); slot++) {
            deliver(endpoints, batch, slot);
        }
        return received;
    }

    /** Gives a frame for the shared MAC to its endpoint; the rest of them is for the host. */
    private void deliver(final NeighbourTable endpoints, final PacketBatch batch, final int slot) {
        final UnsafeBuffer b = batch.buffer();
        final int frame = batch.offset(slot);
        final int limit = frame + batch.length(slot);
        if (!EthernetHeader.isValid(b, frame, limit)
                || EthernetHeader.destinationMac(b, frame) != port.mac()) {
            return;
        }
        final long mac = SharedMac.receiver(endpoints, b, frame, limit);
        if (mac == 0) {
            batch.refuse(slot, DropReason.SAME_PORT);
        } else {
            SharedMac.deliver(b, frame, limit, mac);
        }
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        int sent = 0;
        for (int i = 0; i < count; i++) {
            oneSlot[0] = slots[i];
            sender.replace(batch, slots[i], port.mac());
            sent += device.transmit(batch, oneSlot, 1, failed);
            sender.restore(batch);
        }
        return sent;
    }

    @Override
    public int progress() {
        return device.progress();
    }

    @Override
    public int pendingFrames() {
        return device.pendingFrames();
    }

    @Override
    public void attached(final PacketPool pool, final Runnable poll) {
        device.attached(pool, poll);
    }

    @Override
    public void detached() {
        device.detached();
    }

    @Override
    public int fileDescriptor() {
        return device.fileDescriptor();
    }
}
