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

    /** Number of queues, at least 1. Queue i belongs to worker i modulo the number of workers. */
    int queueCount();

    PortQueue queue(int index);

    /**
     * Releases what the port holds in this process; never throws. Runs after every worker has let
     * go of the queues.
     */
    @Override
    void close();
}
