package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.SegmentCutter;
import io.vswitch.core.port.TransmitFailure;
import org.agrona.ErrorHandler;

/**
 * The way out of one worker: collects the slots of a burst per port and sends them with one call
 * per port. A frame that a port can't take as it is (super-frame, open checksum) is cut or
 * completed just before that port. Owned by the worker.
 */
final class Egress implements TransmitFailure {
    private static final int[] FIRST_SLOT = {0};

    private final PacketBatch batch;

    /** A copy of one frame, where others still want the frame as it is. */
    private final PacketBatch copy;

    /** What a super-frame was cut into. */
    private final PacketBatch pieces;

    private final SegmentCutter cutter = new SegmentCutter();
    private final int[] pieceSlots = new int[PacketBatch.CAPACITY];
    private final int[] oneSlot = new int[1];
    private final Drops drops;
    private final ErrorHandler errors;
    private WorkerPort[] dirty = new WorkerPort[16];
    private int dirtyCount;
    private PacketBatch sending;
    private WorkerPort sendingTo;
    private int failed;
    private long failedBytes;

    Egress(final PacketBatch batch, final Drops drops, final ErrorHandler errors) {
        this.batch = batch;
        this.copy = new PacketBatch(batch.pool());
        this.pieces = new PacketBatch(batch.pool());
        this.drops = drops;
        this.errors = errors;
        for (int i = 0; i < pieceSlots.length; i++) {
            pieceSlots[i] = i;
        }
    }

    /** Room for so many ports. */
    void ensurePorts(final int count) {
        if (count > dirty.length) {
            dirty = new WorkerPort[count];
        }
    }

    /** A slot of the burst leaves through a port if that takes it, once at most per port. */
    void offer(final WorkerPort to, final int slot) {
        if (isTaken(to, batch, slot)) {
            enqueue(to, slot);
        }
    }

    /** False when the port's MTU or limit refuses the frame: it is dropped. */
    private boolean isTaken(final WorkerPort to, final PacketBatch from, final int slot) {
        if (to.takesFreely(from, slot)) {
            return true;
        }
        final DropReason reason = to.egressRefusal(from, slot, drops.nowNs());
        if (reason != null) {
            drops.drop(to, reason, null, from, slot);
        }
        return reason == null;
    }

    /** A slot of the burst leaves through a port that takes it, once at most per port. */
    void enqueue(final WorkerPort to, final int slot) {
        if (missing(to, batch, slot) == 0) {
            if (!to.isDirty) {
                to.isDirty = true;
                dirty[dirtyCount++] = to;
            }
            to.slots[to.slotCount++] = slot;
        } else {
            flush(to);
            sendOdd(to, batch, slot);
        }
    }

    private static int missing(final WorkerPort to, final PacketBatch from, final int slot) {
        return Offload.required(from.offloadFlags(slot), from.gsoType(slot)) & ~to.offloads;
    }

    /** Sends a copy of the slot with its headers changed, after what is queued for the port. */
    void sendCopy(final WorkerPort to, final int slot, final Transposition change) {
        flush(to);
        if (!copyOf(to, slot)) {
            return;
        }
        try {
            final DropReason reason = change.apply(copy, 0);
            if (reason != null) {
                drops.drop(to, reason, null, copy, 0);
            } else if (isTaken(to, copy, 0)) {
                sendOdd(to, copy, 0);
            }
        } finally {
            copy.releaseAll();
        }
    }

    /** Sends a copy of the slot as it is, after what is queued for the port; a tunnel's to all. */
    void sendAside(final WorkerPort to, final int slot) {
        flush(to);
        if (!copyOf(to, slot)) {
            return;
        }
        try {
            copy.remote(0, PacketBatch.NO_REMOTE);
            if (isTaken(to, copy, 0)) {
                sendOdd(to, copy, 0);
            }
        } finally {
            copy.releaseAll();
        }
    }

    /**
     * Sends a frame that the switch made, after what is queued for the port.
     *
     * @param slot the packet that it answers: the answer goes back through its tunnel.
     */
    void sendReply(final WorkerPort to, final PacketBatch reply, final int slot) {
        flush(to);
        reply.remote(0, batch.remote(slot));
        if (isTaken(to, reply, 0)) {
            sendOdd(to, reply, 0);
        }
    }

    /** Sends one frame at once, done up as the port needs it. */
    private void sendOdd(final WorkerPort to, final PacketBatch from, final int slot) {
        if (missing(to, from, slot) == 0) {
            oneSlot[0] = slot;
            send(to, from, oneSlot, 1);
        } else if (from.gsoType(slot) != Offload.GSO_NONE) {
            sendCut(to, from, slot);
        } else if (from == copy) {
            sendCompletedCopy(to);
        } else if (copyOf(to, slot)) {
            try {
                sendCompletedCopy(to);
            } finally {
                copy.releaseAll();
            }
        }
    }

    private void sendCompletedCopy(final WorkerPort to) {
        Checksums.complete(copy, 0);
        send(to, copy, FIRST_SLOT, 1);
    }

    private void sendCut(final WorkerPort to, final PacketBatch from, final int slot) {
        final DropReason reason = cutter.begin(from, slot);
        if (reason != null) {
            drops.drop(to, reason, null, from, slot);
            return;
        }
        int unsent = cutter.remaining();
        drops.replicated(unsent - 1);
        DropReason failure = DropReason.NO_BUFFER;
        try {
            while (unsent > 0 && cutter.cutInto(pieces) > 0) {
                unsent -= pieces.count();
                send(to, pieces, pieceSlots, pieces.count());
                pieces.releaseAll();
            }
        } catch (final RuntimeException e) {
            failure = DropReason.INTERNAL_ERROR;
            errors.onError(e);
            // or they would leave with the next super-frame, perhaps to another network
            pieces.releaseAll();
        }
        for (; unsent > 0; unsent--) {
            drops.drop(to, failure, null, from, slot);
        }
    }

    /** Puts a copy of the slot into {@link #copy}; false when it was dropped for want of one. */
    private boolean copyOf(final WorkerPort to, final int slot) {
        final PacketPool pool = batch.pool();
        final int length = batch.length(slot);
        final int slab = pool.allocate(length);
        if (slab == PacketPool.NONE) {
            drops.drop(to, DropReason.NO_BUFFER, null, batch, slot);
            return false;
        }
        final int offset = pool.frameOffset(slab);
        batch.buffer().putBytes(offset, batch.buffer(), batch.offset(slot), length);
        copy.append(slab, offset, length);
        copy.offloadFrom(0, batch, slot);
        copy.remote(0, batch.remote(slot));
        // the cutter takes the pseudo-header's protocol from the key
        System.arraycopy(batch.keys(), slot * FlowKey.WORDS, copy.keys(), 0, FlowKey.WORDS);
        final int shift = offset - batch.offset(slot);
        final int l4 = batch.l4Offset(slot);
        copy.parsed(
                0, batch.l3Offset(slot) + shift, l4 == 0 ? 0 : l4 + shift, batch.parseFlags(slot));
        return true;
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
        final int count = to.slotCount;
        if (count > 0) {
            to.slotCount = 0;
            send(to, batch, to.slots, count);
        }
    }

    /** Every frame is counted once: as sent or, for whatever reason, as dropped. */
    private void send(
            final WorkerPort to, final PacketBatch from, final int[] slots, final int count) {
        sending = from;
        sendingTo = to;
        failed = 0;
        failedBytes = 0;
        try {
            drops.captureSent(to, from, slots, count);
            final int sent = to.queue.transmit(from, slots, count, this);
            to.counters.sent(sent, bytes(from, slots, count) - failedBytes);
        } catch (final RuntimeException e) {
            // nobody knows which of them went; the contract says that a queue doesn't throw
            errors.onError(e);
            for (int i = failed; i < count; i++) {
                drops.drop(to, DropReason.INTERNAL_ERROR, null, from, slots[i]);
            }
        }
    }

    private static long bytes(final PacketBatch from, final int[] slots, final int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += from.length(slots[i]);
        }
        return bytes;
    }

    @Override
    public void onFailure(final int slot, final DropReason reason) {
        failed++;
        failedBytes += sending.length(slot);
        drops.drop(sendingTo, reason, null, sending, slot);
    }
}
