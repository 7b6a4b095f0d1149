package io.vswitch.core.packet;

/**
 * Layout of a flow key: 8 longs, exactly one cache line. A key holds everything a decision may
 * depend on, so two packets with equal keys get the same treatment. Words 5 to 7 are zero unless
 * the packet is IPv6.
 *
 * <pre>
 *   word 0   destination MAC (48) | EtherType after VLAN tags (16)
 *   word 1   source MAC (48)      | outer VLAN (16): 0x1000 present | VID
 *   word 2   ingress port id (16) | inner VLAN (16) | protocol (8) | TCP flags (8, only where a rule looks) | 14 zero | fragment (2)
 *   word 3   source port (16)     | destination port (16) | 16 zero | remote (16)
 *   word 4   IPv4, ARP: source (32) | destination (32);     IPv6: source, high
 *   word 5   IPv6: source, low
 *   word 6   IPv6: destination, high
 *   word 7   IPv6: destination, low
 * </pre>
 *
 * For ICMP and ICMPv6 the source port is the echo identifier (0 for other types) and the
 * destination port is {@code type << 8 | code}. For ARP the protocol is the operation and the
 * addresses are SPA and TPA. Remote: the tunnel endpoint that the packet came from, see {@link
 * PacketBatch#remote}. EtherType of an 802.3 length frame is its length field. Fragment: 0 none, 1
 * first, 2 later (ports are then 0).
 */
public final class FlowKey {
    /** Longs of a key. */
    public static final int WORDS = 8;

    /** Bit of a VLAN field that says the tag is there. */
    public static final int VLAN_PRESENT = 0x1000;

    /** Fragment field: whole datagram. */
    public static final int FRAGMENT_NONE = 0;

    /** Fragment field: first fragment. */
    public static final int FRAGMENT_FIRST = 1;

    /** Fragment field: later fragment. */
    public static final int FRAGMENT_LATER = 2;

    /** Bits of word 2 that hold the TCP flags. */
    public static final long TCP_FLAGS_MASK = 0xffL << 16;

    private FlowKey() {}

    public static long destinationMac(final long word0) {
        return word0 >>> 16;
    }

    public static int etherType(final long word0) {
        return (int) word0 & 0xffff;
    }

    public static long sourceMac(final long word1) {
        return word1 >>> 16;
    }

    public static int outerVlan(final long word1) {
        return (int) word1 & 0xffff;
    }

    public static int ingressPort(final long word2) {
        return (int) (word2 >>> 48);
    }

    public static int innerVlan(final long word2) {
        return (int) (word2 >>> 32) & 0xffff;
    }

    public static int protocol(final long word2) {
        return (int) (word2 >>> 24) & 0xff;
    }

    public static int tcpFlags(final long word2) {
        return (int) (word2 >>> 16) & 0xff;
    }

    public static int fragment(final long word2) {
        return (int) word2 & 3;
    }

    public static int sourcePort(final long word3) {
        return (int) (word3 >>> 48);
    }

    public static int destinationPort(final long word3) {
        return (int) (word3 >>> 32) & 0xffff;
    }

    public static int remote(final long word3) {
        return (int) word3 & 0xffff;
    }
}
