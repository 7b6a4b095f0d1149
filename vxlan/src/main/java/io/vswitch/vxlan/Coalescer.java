package io.vswitch.vxlan;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the TCP segments of one receive call together into super-frames, under the rules of Linux's
 * GRO ({@code tcp_gro_receive}, {@code inet_gro_receive}): only neighbours of one flow, whose
 * headers differ in nothing but length, identification, sequence, checksums and a PSH at the end.
 * UDP datagrams of one length likewise ({@code udp_gro_receive}), where the kernel takes such
 * super-frames. Owned by one worker.
 *
 * <p>Every segment that takes part has its checksums verified first: the super-frame gets new ones
 * when it is cut again, which would hide that a segment was broken. A segment is copied once, to
 * the end of the super-frame, which may lie in the same slab further to the front.
 */
final class Coalescer {
    /** Most flows at a time; Linux has 8 per bucket. */
    private static final int MAX_FLOWS = 8;

    private final SuperFrame[] open = new SuperFrame[MAX_FLOWS];
    private final Segment segment = new Segment();
    private final boolean takesUdp;
    private int count;

    /**
     * @param takesUdp whether datagrams of a flow are put together, too.
     */
    Coalescer(final boolean takesUdp) {
        this.takesUdp = takesUdp;
        for (int i = 0; i < MAX_FLOWS; i++) {
            open[i] = new SuperFrame();
        }
    }

    /**
     * Looks at the next frame; it becomes the present one.
     *
     * @param mtu largest IP packet of the network, bytes.
     * @return true when it may be put together with others; {@link #merge} and {@link #begin} are
     *     for such frames only.
     */
    boolean look(final UnsafeBuffer buffer, final int frame, final int end, final int mtu) {
        if (segment.look(buffer, frame, end, mtu, takesUdp)) {
            return true;
        }
        closeOvertaken();
        return false;
    }

    /** A frame that stands alone must not be overtaken by later segments of its flow. */
    private void closeOvertaken() {
        for (int i = count - 1; i >= 0; i--) {
            if (!segment.isWhole || open[i].isFlowOf(segment)) {
                close(i);
            }
        }
    }

    /** Adds the present frame to an open super-frame; false when it fits none. */
    boolean merge(final Object owner, final int remote) {
        for (int i = count - 1; i >= 0; i--) {
            if (open[i].isFlowOf(segment) && joins(i, owner, remote)) {
                return true;
            }
        }
        return false;
    }

    /** Adds the present frame to this super-frame of its flow, or closes that. */
    private boolean joins(final int index, final Object owner, final int remote) {
        final SuperFrame frame = open[index];
        final boolean added = frame.isOf(owner, remote) && frame.add(segment);
        if (!added || frame.isComplete()) {
            close(index);
        }
        return added;
    }

    /** The present frame, now in a slot, may become a super-frame. */
    void begin(final Object owner, final int remote, final PacketBatch batch, final int slot) {
        if (count == MAX_FLOWS) {
            close(0);
        }
        open[count++].begin(owner, remote, segment, batch, slot);
        if (segment.isLast()) {
            close(count - 1);
        }
    }

    /** The present frame is in a slot: what is open of it is told there. */
    void mark(final PacketBatch batch, final int slot, final int mtu) {
        if (segment.isPartial) {
            segment.markPartial(batch, slot, mtu);
        }
    }

    private void close(final int index) {
        final SuperFrame closed = open[index];
        closed.close();
        count--;
        System.arraycopy(open, index + 1, open, index, count - index);
        open[count] = closed;
    }

    /** The super-frames are handed over: nothing is added any more. */
    void end() {
        while (count > 0) {
            open[--count].close();
        }
    }

    /** Largest frame that a slot's slab can hold from the slot's offset on. */
    static int room(final PacketBatch batch, final int slot) {
        final PacketPool pool = batch.pool();
        final int slab = batch.slab(slot);
        return pool.frameOffset(slab) + pool.capacity(slab) - batch.offset(slot);
    }
}
