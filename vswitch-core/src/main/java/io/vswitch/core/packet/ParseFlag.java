package io.vswitch.core.packet;

/** What the parser found in a packet, as bits of {@link PacketBatch#parseFlags}. */
public final class ParseFlag {
    /** Destination MAC is a group address (multicast or broadcast). */
    public static final int GROUP_DESTINATION = 1;

    /** Network header is IPv4. */
    public static final int IPV4 = 1 << 1;

    /** Network header is IPv6. */
    public static final int IPV6 = 1 << 2;

    /** Network header is ARP. */
    public static final int ARP = 1 << 3;

    /** Transport header present and checked: TCP. */
    public static final int TCP = 1 << 4;

    /** Transport header present and checked: UDP. */
    public static final int UDP = 1 << 5;

    /** Transport header present and checked: ICMP (IPv4) or ICMPv6. */
    public static final int ICMP = 1 << 6;

    /** First fragment (offset 0, more to come): the transport header is here. */
    public static final int FIRST_FRAGMENT = 1 << 7;

    /** Later fragment: no transport header here. */
    public static final int LATER_FRAGMENT = 1 << 8;

    /** Number of VLAN tags, 0 to 2, is {@code (flags >> VLAN_SHIFT) & 3}. */
    public static final int VLAN_SHIFT = 9;

    /** TCP flags byte (FIN 1 .. CWR 0x80) is {@code (flags >> TCP_FLAGS_SHIFT) & 0xff}. */
    public static final int TCP_FLAGS_SHIFT = 16;

    private ParseFlag() {}

    public static int vlanTags(final int flags) {
        return (flags >> VLAN_SHIFT) & 3;
    }

    public static int tcpFlags(final int flags) {
        return (flags >> TCP_FLAGS_SHIFT) & 0xff;
    }

    /** Offset of the checksum in the parsed transport header, bytes, or -1 when there is none. */
    public static int checksumField(final int flags) {
        if ((flags & TCP) != 0) {
            return TcpHeader.CHECKSUM_OFFSET;
        }
        if ((flags & UDP) != 0) {
            return UdpHeader.CHECKSUM_OFFSET;
        }
        return (flags & ICMP) != 0 ? IcmpHeader.CHECKSUM_OFFSET : -1;
    }
}
