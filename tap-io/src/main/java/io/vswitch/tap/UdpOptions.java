package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.net.InetAddress;

/**
 * How to open the sockets of a tunnel endpoint; built and used by the conductor. Setters return
 * this.
 */
public final class UdpOptions {
    /** Port that IANA assigned to VXLAN. */
    public static final int DEFAULT_PORT = 4789;

    /** Most source ports. */
    public static final int MAX_LANES = 256;

    private final InetAddress local;
    private int port = DEFAULT_PORT;
    private int queues = 1;
    private int lanes = 64;
    private int ttl = 64;
    private boolean checksum = true;
    private boolean dontFragment = true;
    private boolean superFrames;
    private NetworkNamespace namespace = NetworkNamespace.own();

    /**
     * @param local address of this host that datagrams come from and are received at, no wildcard.
     */
    public UdpOptions(final InetAddress local) {
        if (local.isAnyLocalAddress() || local.isMulticastAddress()) {
            throw new SwitchException(
                    "local address "
                            + local.getHostAddress()
                            + "; allowed: an address of this host");
        }
        this.local = local;
    }

    public InetAddress local() {
        return local;
    }

    public int port() {
        return port;
    }

    /** UDP port to receive at and send to, 1 to 65,535; default {@link #DEFAULT_PORT}. */
    public UdpOptions port(final int number) {
        port = (int) require("UDP port", number, 1, 65_535);
        return this;
    }

    public int queues() {
        return queues;
    }

    /** One for each worker, 1 to 64; the kernel spreads what is received by sender and its port. */
    public UdpOptions queues(final int count) {
        queues = (int) require("queues", count, 1, 64);
        return this;
    }

    public int lanes() {
        return lanes;
    }

    /**
     * Source ports, and so ways through the underlay, that inner flows are spread over; default 64.
     */
    public UdpOptions lanes(final int count) {
        lanes = (int) require("source ports", count, 1, MAX_LANES);
        return this;
    }

    public int ttl() {
        return ttl;
    }

    /** TTL or hop limit of outer packets, 1 to 255; default 64. */
    public UdpOptions ttl(final int hops) {
        ttl = (int) require("TTL", hops, 1, 255);
        return this;
    }

    public boolean checksum() {
        return checksum;
    }

    /**
     * Whether datagrams carry a UDP checksum; default true. Without it nothing can leave as a
     * train, which needs one, and bulk TCP is several times slower.
     */
    public UdpOptions checksum(final boolean on) {
        checksum = on;
        return this;
    }

    public boolean dontFragment() {
        return dontFragment;
    }

    /** Whether outer packets may not be fragmented on their way; default true. */
    public UdpOptions dontFragment(final boolean on) {
        dontFragment = on;
        return this;
    }

    public boolean superFrames() {
        return superFrames;
    }

    /**
     * Whether super-frames are to cross the kernel uncut where it can do that (Linux 6.17, nft),
     * past the host's own packet filter; default false.
     */
    public UdpOptions superFrames(final boolean on) {
        superFrames = on;
        return this;
    }

    public NetworkNamespace namespace() {
        return namespace;
    }

    /** Where the sockets are opened; default: the namespace of this process. */
    public UdpOptions namespace(final NetworkNamespace where) {
        namespace = where;
        return this;
    }

    private static long require(
            final String name, final long value, final long min, final long max) {
        if (value < min || value > max) {
            throw new SwitchException(name + " " + value + "; allowed: " + min + " to " + max);
        }
        return value;
    }
}
