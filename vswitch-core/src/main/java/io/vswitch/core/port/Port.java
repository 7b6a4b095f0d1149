package io.vswitch.core.port;

/**
 * Where frames enter and leave the switch. Opened and closed by the conductor; its queues are each
 * used by one worker.
 */
public interface Port extends AutoCloseable {
    /** Unique name, 1 to 15 characters. */
    String name();

    PortKind kind();

    /**
     * Largest network-layer packet the port takes, bytes (Ethernet header and VLAN tags come on
     * top).
     */
    int mtu();

    /**
     * What the port takes undone: a set of the TAKES flags of {@link
     * io.vswitch.core.packet.Offload}.
     */
    int offloads();

    /** Number of queues: the switch refuses a port with fewer queues than it has workers. */
    int queueCount();

    /**
     * The queue of one worker: it receives and sends through it, and no other worker touches it.
     */
    PortQueue queue(int worker);

    /**
     * A worker has begun to use a queue.
     *
     * @param wakeUpWorker ends the worker's wait, from any thread; cheap when it doesn't wait. For
     *     queues without descriptor.
     */
    default void attached(int worker, Runnable wakeUpWorker) {}

    /**
     * What becomes of a frame that the port is given, for people: where it is put into a tunnel,
     * and where to. Any thread.
     *
     * @param remote number of the other end, {@link io.vswitch.core.packet.PacketBatch#NO_REMOTE}
     *     for all of them.
     * @return one line, or null when it leaves as it is.
     */
    default String encapsulation(final int remote) {
        return null;
    }

    /**
     * What was taken off a frame from the port, for people; as {@link #encapsulation}.
     *
     * @param remote number of the other end.
     */
    default String decapsulation(final int remote) {
        return null;
    }

    /**
     * Releases what the port holds in this process; never throws. Runs after every worker has let
     * go of the queues.
     */
    @Override
    void close();
}
