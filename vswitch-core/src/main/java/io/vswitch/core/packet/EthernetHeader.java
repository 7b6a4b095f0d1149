package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Ethernet II header, IEEE 802.3 section 3.1.1: stateless accessors, any thread.
 *
 * <pre>
 *    0       1       2       3       4       5
 *   +-------+-------+-------+-------+-------+-------+
 *   |                destination MAC                |
 *   +-------+-------+-------+-------+-------+-------+
 *   |                  source MAC                   |
 *   +-------+-------+-------+-------+-------+-------+
 *   |   EtherType   |
 *   +-------+-------+
 * </pre>
 */
public final class EthernetHeader {
    /** Bytes of the header without VLAN tags. */
    public static final int LENGTH = 14;

    /** Offset of the source MAC; the destination MAC is at 0. */
    public static final int SOURCE_OFFSET = 6;

    /** Bytes of both MACs: where the first VLAN tag or the EtherType begins. */
    public static final int ADDRESSES_LENGTH = 12;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86dd;

    /** Smallest value that is an EtherType; below it is an 802.3 length or invalid. */
    public static final int TYPE_MIN = 0x0600;

    /** First of the 16 addresses that 802.1D reserves for the link (section 7.12.6). */
    public static final long RESERVED_GROUP = 0x0180_c200_0000L;

    private static final long GROUP_BIT = 1L << 40;

    private EthernetHeader() {}

    /** True when {@code offset} to {@code limit} holds the header. */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        return limit - offset >= LENGTH;
    }

    /** The destination MAC in the low 48 bits; the header must be valid. */
    public static long destinationMac(final DirectBuffer b, final int offset) {
        return b.getLong(offset, BIG_ENDIAN) >>> 16;
    }

    /** The source MAC in the low 48 bits; the header must be valid. */
    public static long sourceMac(final DirectBuffer b, final int offset) {
        return b.getLong(offset + SOURCE_OFFSET, BIG_ENDIAN) >>> 16;
    }

    /** The EtherType, or TPID of a tag, right after the MACs. */
    public static int etherType(final DirectBuffer b, final int offset) {
        return b.getShort(offset + ADDRESSES_LENGTH, BIG_ENDIAN) & 0xffff;
    }

    /** Writes both MACs, each from the low 48 bits. */
    public static void addresses(
            final MutableDirectBuffer b,
            final int offset,
            final long destination,
            final long source) {
        b.putLong(offset, destination << 16 | source >>> 32 & 0xffff, BIG_ENDIAN);
        b.putInt(offset + 8, (int) source, BIG_ENDIAN);
    }

    /** True for a multicast or broadcast address. */
    public static boolean isGroup(final long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    /** True for 01:80:c2:00:00:00 to 01:80:c2:00:00:0f, which no bridge forwards. */
    public static boolean isReserved(final long mac) {
        return (mac & ~0xfL) == RESERVED_GROUP;
    }
}
