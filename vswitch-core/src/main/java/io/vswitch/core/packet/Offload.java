package io.vswitch.core.packet;

/**
 * What is still to be done to a frame (per packet) or what a port takes undone (per port): the
 * meaning of {@code virtio_net_hdr}, independent of any port's wire form. Source: {@code
 * include/uapi/linux/virtio_net.h}, virtio 1.2 section 5.1.6.
 */
public final class Offload {
    /**
     * Packet flag: the L4 checksum field holds the pseudo-header sum only; the rest is to be added
     * from csumStart on.
     */
    public static final int NEEDS_CHECKSUM = 1;

    /** Packet flag: the sender vouches for the checksums (VIRTIO_NET_HDR_F_DATA_VALID). */
    public static final int CHECKSUM_VALID = 2;

    /** GSO type: not a super-frame. */
    public static final int GSO_NONE = 0;

    /** GSO type: TCP over IPv4. */
    public static final int GSO_TCPV4 = 1;

    /** GSO type: UDP datagram cut by IP fragmentation (UFO, obsolete). */
    public static final int GSO_UDP = 3;

    /** GSO type: TCP over IPv6. */
    public static final int GSO_TCPV6 = 4;

    /** GSO type: UDP, cut into datagrams of equal size (USO). */
    public static final int GSO_UDP_L4 = 5;

    /** GSO type flag: a TCP super-frame with CWR semantics (RFC 3168). */
    public static final int GSO_ECN = 0x80;

    /** Port capability: takes {@link #NEEDS_CHECKSUM}. */
    public static final int TAKES_CHECKSUM = 1;

    /** Port capability: takes {@link #GSO_TCPV4} super-frames. */
    public static final int TAKES_TSO4 = 2;

    /** Port capability: takes {@link #GSO_TCPV6} super-frames. */
    public static final int TAKES_TSO6 = 4;

    /** Port capability: takes {@link #GSO_UDP_L4} super-frames. */
    public static final int TAKES_USO = 8;

    /** Port capability: takes {@link #GSO_ECN} along with TSO. */
    public static final int TAKES_ECN = 16;

    private Offload() {}

    /**
     * The capabilities that a port needs so that this packet can leave through it untouched.
     *
     * @param flags {@link #NEEDS_CHECKSUM} and {@link #CHECKSUM_VALID}, or 0.
     * @param gsoType one of the GSO types, {@link #GSO_ECN} perhaps added.
     * @return a set of TAKES flags; -1 for a GSO type that no port takes.
     */
    public static int required(final int flags, final int gsoType) {
        final int ecn = (gsoType & GSO_ECN) != 0 ? TAKES_ECN : 0;
        switch (gsoType & ~GSO_ECN) {
            case GSO_NONE:
                return flags & NEEDS_CHECKSUM;
            case GSO_TCPV4:
                return TAKES_CHECKSUM | TAKES_TSO4 | ecn;
            case GSO_TCPV6:
                return TAKES_CHECKSUM | TAKES_TSO6 | ecn;
            case GSO_UDP_L4:
                return TAKES_CHECKSUM | TAKES_USO;
            default:
                return -1;
        }
    }
}
