package io.vswitch.core.port;

import java.net.InetAddress;

/**
 * The sockets of one tunnel endpoint: a local address and UDP port. Opened and closed by the
 * conductor; each queue used by one worker.
 */
public interface Underlay extends AutoCloseable {
    /** The address that datagrams come from and are received at. */
    InetAddress local();

    /** UDP port that datagrams are received at and sent to. */
    int port();

    /** Largest IP packet of the device that has the local address, bytes. */
    int mtu();

    /** Whether the kernel's devices take UDP super-frames. */
    boolean hasUdpSegmentation();

    /** One for each worker. */
    int queueCount();

    DatagramQueue queue(int worker);

    /** Closes the sockets; after every worker has let go of the queues. */
    @Override
    void close();
}
