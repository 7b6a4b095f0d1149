package io.vswitch.core.packet;

import io.vswitch.core.counters.DropReason;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Cuts a super-frame (TCP or UDP, over IPv4 or IPv6) into the frames that its sender would have
 * sent without segmentation offload; one instance per worker, used by its thread. Resumable: a full
 * target batch is sent and emptied, then the cutting goes on.
 *
 * <pre>
 *   cutter.begin(source, slot);                   // or a DropReason
 *   while (!cutter.isDone()) {
 *       if (cutter.cutInto(target) == 0) ...      // pool exhausted: the rest is lost
 *       send(target); target.releaseAll();
 *   }
 * </pre>
 *
 * How the frames differ from the super-frame: {@link SegmentHeaders}.
 */
public final class SegmentCutter {
    private final SegmentHeaders headers = new SegmentHeaders();
    private PacketBatch source;
    private int slot;
    private int segment;
    private int segments;

    /**
     * Starts with a parsed super-frame, which must stay as it is until {@link #isDone}.
     *
     * @return null, or {@link DropReason#SEGMENTATION_FAILED}, see {@link SegmentHeaders#begin}.
     */
    public DropReason begin(final PacketBatch batch, final int superFrame) {
        source = batch;
        slot = superFrame;
        segment = 0;
        final DropReason reason = headers.begin(batch, superFrame);
        segments = headers.count();
        return reason;
    }

    /** Frames still to be cut. */
    public int remaining() {
        return segments - segment;
    }

    public boolean isDone() {
        return segment == segments;
    }

    /**
     * Appends frames, with flow key and parse results of the super-frame and no offload request,
     * until the target is full, its pool is exhausted or all is done.
     *
     * @param target another batch than the source.
     * @return frames appended; 0 with a target that isn't full, before the end, means that the pool
     *     is exhausted.
     */
    public int cutInto(final PacketBatch target) {
        int cut = 0;
        while (!isDone() && !target.isFull() && cutOne(target)) {
            segment++;
            cut++;
        }
        return cut;
    }

    private boolean cutOne(final PacketBatch target) {
        final int headerBytes = headers.headerBytes();
        final int bytes = headers.payloadBytes(segment);
        final int slab = target.pool().allocate(headerBytes + bytes);
        if (slab == PacketPool.NONE) {
            return false;
        }
        final UnsafeBuffer to = target.buffer();
        final int frame = target.pool().frameOffset(slab);
        headers.write(to, frame, segment);
        to.putBytes(frame + headerBytes, source.buffer(), headers.payloadOffset(segment), bytes);
        final int piece = target.append(slab, frame, headerBytes + bytes);
        target.remote(piece, source.remote(slot));
        final int moved = frame - source.offset(slot);
        target.parsed(
                piece,
                source.l3Offset(slot) + moved,
                source.l4Offset(slot) + moved,
                source.parseFlags(slot));
        target.remote(piece, source.remote(slot));
        System.arraycopy(
                source.keys(),
                slot * FlowKey.WORDS,
                target.keys(),
                piece * FlowKey.WORDS,
                FlowKey.WORDS);
        return true;
    }
}
