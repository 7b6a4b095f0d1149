package io.vswitch.core.port;

import io.vswitch.core.packet.PacketBatch;

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
     * Descriptor that is readable when {@link #receive} has something, or {@link
     * #NO_FILE_DESCRIPTOR}.
     */
    int fileDescriptor();
}
