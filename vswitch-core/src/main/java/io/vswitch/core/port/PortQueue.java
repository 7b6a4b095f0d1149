package io.vswitch.core.port;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;

/**
 * One receive and transmit queue of a port; every method runs on the worker that owns it. Neither
 * method blocks, allocates or throws.
 */
public interface PortQueue {
    /** {@link #receive} result: the device behind the port has gone; nothing will come any more. */
    int GONE = -1;

    /** {@link #fileDescriptor} result: nothing to wait on; the queue is polled in every cycle. */
    int NO_FILE_DESCRIPTOR = -1;

    /**
     * {@link #fileDescriptor} result: another queue of the same worker gets this one's frames and
     * makes the worker ask for them.
     */
    int FED = -2;

    /**
     * Appends received frames to the batch, in slabs of the batch's pool, with their offload
     * request.
     *
     * @param batch where they go; at least one slot is free.
     * @param limit most frames to append, at most the free slots of the batch.
     * @return frames appended, 0 when there are none, {@link #GONE}.
     */
    int receive(PacketBatch batch, int limit);

    /**
     * Sends frames. The caller keeps its references: a queue that sends later retains the slab and
     * releases it when done. Frames fit the port's MTU and offloads: the caller has cut and
     * checksummed what the port can't take.
     *
     * @param batch where the frames are.
     * @param slots the slots to send, in this order.
     * @param count how many of {@code slots} count.
     * @param failed told of each frame that did not go.
     * @return frames sent (or taken over for sending).
     */
    int transmit(PacketBatch batch, int[] slots, int count, TransmitFailure failed);

    /**
     * Moves on what was taken over and not yet sent, and gives back slabs that are done. Called
     * once per worker cycle.
     *
     * @return frames whose sending was completed or slabs given back; 0 when there was nothing to
     *     do.
     */
    default int progress() {
        return 0;
    }

    /** Frames taken over by {@link #transmit} and not yet sent; their slabs are retained. */
    default int pendingFrames() {
        return 0;
    }

    /**
     * The worker begins to use the queue.
     *
     * @param pool where its frames will be.
     * @param poll makes the worker ask the queue in its next cycles; for {@link #FED} queues.
     */
    default void attached(final PacketPool pool, final Runnable poll) {}

    /** The worker lets go of the queue, which gives back the slabs it holds. */
    default void detached() {}

    /**
     * Descriptor that is readable when {@link #receive} has something, {@link #NO_FILE_DESCRIPTOR}
     * or {@link #FED}.
     */
    int fileDescriptor();
}
