package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.SegmentCutter;
import io.vswitch.core.port.TransmitFailure;

/**
 * The way out of one worker: collects the slots of a burst per port and sends them with one call
 * per port. A frame that a port can't take as it is (super-frame, open checksum) is cut or
 * completed just before that port. Owned by the worker.
 */
final class Egress implements TransmitFailure {
    private final PacketBatch batch;
    private final PacketBatch scratch;
    private final SegmentCutter cutter = new SegmentCutter();
    private final int[] scratchSlots = new int[PacketBatch.CAPACITY];
    private final Drops drops;
    private WorkerPort[] dirty = new WorkerPort[16];
    private int dirtyCount;
    private PacketBatch sending;
    private WorkerPort sendingTo;
    private long failedBytes;

    Egress(final PacketBatch batch, final Drops drops) {
        this.batch = batch;
        this.scratch = new PacketBatch(batch.pool());
        this.drops = drops;
        for (int i = 0; i < scratchSlots.length; i++) {
            scratchSlots[i] = i;
        }
    }

    /** Room for so many ports. */
    void ensurePorts(final int count) {
        if (count > dirty.length) {
            dirty = new WorkerPort[count];
        }
    }

    /** A slot of the burst leaves through a port, once at most per port. */
    void enqueue(final WorkerPort to, final int slot) {
        final int missing =
                Offload.required(batch.offloadFlags(slot), batch.gsoType(slot)) & ~to.offloads;
        if (missing == 0 && to.fits(batch, slot)) {
            if (!to.isDirty) {
                to.isDirty = true;
                dirty[dirtyCount++] = to;
            }
            to.slots[to.slotCount++] = slot;
        } else {
            enqueueOdd(to, slot, missing);
        }
    }

    private void enqueueOdd(final WorkerPort to, final int slot, final int missing) {
        if (!to.fits(batch, slot)) {
            drops.drop(to, DropReason.EXCEEDS_MTU, null, batch, slot);
            return;
        }
        if (to.slotCount > 0) {
            flush(to);
        }
        if (batch.gsoType(slot) == Offload.GSO_NONE) {
            sendCompleted(to, slot);
        } else {
            sendCut(to, slot);
        }
    }

    /**
     * Sends a copy of the slot with its checksum completed: other ports may still want the slot as
     * it is.
     */
    private void sendCompleted(final WorkerPort to, final int slot) {
        if (copyToScratch(to, slot)) {
            Checksums.complete(scratch, 0);
            sendScratch(to);
        }
    }

    private void sendCut(final WorkerPort to, final int slot) {
        final DropReason reason = cutter.begin(batch, slot);
        if (reason != null) {
            drops.drop(to, reason, null, batch, slot);
            return;
        }
        drops.replicated(cutter.remaining() - 1);
        while (!cutter.isDone()) {
            if (cutter.cutInto(scratch) == 0) {
                dropRest(to, slot);
                return;
            }
            sendScratch(to);
        }
    }

    private void dropRest(final WorkerPort to, final int slot) {
        for (int i = cutter.remaining(); i > 0; i--) {
            drops.drop(to, DropReason.NO_BUFFER, null, batch, slot);
        }
    }

    /** Sends a copy of the slot with its headers changed, after what is queued for the port. */
    void sendCopy(final WorkerPort to, final int slot, final Transposition change) {
        flush(to);
        if (!copyToScratch(to, slot)) {
            return;
        }
        final DropReason reason = change.apply(scratch, 0);
        if (reason != null) {
            drops.drop(to, reason, null, scratch, 0);
            scratch.releaseAll();
            return;
        }
        final int missing =
                Offload.required(scratch.offloadFlags(0), scratch.gsoType(0)) & ~to.offloads;
        if (missing != 0 || !to.fits(scratch, 0)) {
            drops.drop(
                    to,
                    missing != 0 ? DropReason.SEGMENTATION_FAILED : DropReason.EXCEEDS_MTU,
                    null,
                    scratch,
                    0);
            scratch.releaseAll();
            return;
        }
        sendScratch(to);
    }

    private boolean copyToScratch(final WorkerPort to, final int slot) {
        final PacketPool pool = batch.pool();
        final int length = batch.length(slot);
        final int slab = pool.allocate(length);
        if (slab == PacketPool.NONE) {
            drops.drop(to, DropReason.NO_BUFFER, null, batch, slot);
            return false;
        }
        final int offset = pool.frameOffset(slab);
        batch.buffer().putBytes(offset, batch.buffer(), batch.offset(slot), length);
        final int copy = scratch.append(slab, offset, length);
        scratch.offloadFrom(copy, batch, slot);
        final int shift = offset - batch.offset(slot);
        final int l4 = batch.l4Offset(slot);
        scratch.parsed(
                copy,
                batch.l3Offset(slot) + shift,
                l4 == 0 ? 0 : l4 + shift,
                batch.parseFlags(slot));
        return true;
    }

    private void sendScratch(final WorkerPort to) {
        send(to, scratch, scratchSlots, scratch.count());
        scratch.releaseAll();
    }

    /** Sends everything that is queued. */
    void flushAll() {
        for (int i = 0; i < dirtyCount; i++) {
            dirty[i].isDirty = false;
            flush(dirty[i]);
            dirty[i] = null;
        }
        dirtyCount = 0;
    }

    private void flush(final WorkerPort to) {
        if (to.slotCount > 0) {
            send(to, batch, to.slots, to.slotCount);
            to.slotCount = 0;
        }
    }

    private void send(
            final WorkerPort to, final PacketBatch from, final int[] slots, final int count) {
        drops.captureSent(to, from, slots, count);
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += from.length(slots[i]);
        }
        sending = from;
        sendingTo = to;
        failedBytes = 0;
        final int sent = to.queue.transmit(from, slots, count, this);
        to.counters.sent(sent, bytes - failedBytes);
    }

    @Override
    public void onFailure(final int slot, final DropReason reason) {
        failedBytes += sending.length(slot);
        drops.drop(sendingTo, reason, null, sending, slot);
    }
}
