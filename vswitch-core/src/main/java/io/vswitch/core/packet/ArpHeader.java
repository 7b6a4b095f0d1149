package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * ARP for Ethernet and IPv4, RFC 826: stateless accessors, any thread.
 *
 * <pre>
 *    0       2       4   5   6       8               14      18              24      28
 *   +-------+-------+---+---+-------+---------------+-------+---------------+-------+
 *   | htype | ptype |hln|pln|  op   |      SHA      |  SPA  |      THA      |  TPA  |
 *   |   1   |0x0800 | 6 | 4 |       |               |       |               |       |
 *   +-------+-------+---+---+-------+---------------+-------+---------------+-------+
 * </pre>
 */
public final class ArpHeader {
    /** Bytes of the packet. */
    public static final int LENGTH = 28;

    public static final int OPERATION_REQUEST = 1;
    public static final int OPERATION_REPLY = 2;

    private static final int OPERATION_OFFSET = 6;
    private static final int SENDER_MAC_OFFSET = 8;
    private static final int SENDER_IP_OFFSET = 14;
    private static final int TARGET_MAC_OFFSET = 18;
    private static final int TARGET_IP_OFFSET = 24;

    /**
     * htype 1, ptype 0x0800, hlen 6, plen 4 and the high byte of the operation, which no assigned
     * one uses.
     */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604_0000L;

    private static final long ETHERNET_IPV4_MASK = 0xffff_ffff_ffff_ff00L;

    private ArpHeader() {}

    /** True when the packet is complete, for Ethernet and IPv4, with an operation below 256. */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        return limit - offset >= LENGTH
                && (b.getLong(offset, BIG_ENDIAN) & ETHERNET_IPV4_MASK) == ETHERNET_IPV4;
    }

    public static int operation(final DirectBuffer b, final int offset) {
        return b.getShort(offset + OPERATION_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    /** Sender MAC (SHA) in the low 48 bits. */
    public static long senderMac(final DirectBuffer b, final int offset) {
        return b.getLong(offset + SENDER_MAC_OFFSET, BIG_ENDIAN) >>> 16;
    }

    /** Sender IPv4 address (SPA). */
    public static int senderIp(final DirectBuffer b, final int offset) {
        return b.getInt(offset + SENDER_IP_OFFSET, BIG_ENDIAN);
    }

    /** Target MAC (THA) in the low 48 bits. */
    public static long targetMac(final DirectBuffer b, final int offset) {
        return b.getLong(offset + TARGET_MAC_OFFSET, BIG_ENDIAN) >>> 16;
    }

    /** Turns a request into the reply that its target's MAC is this. */
    public static void reply(final MutableDirectBuffer b, final int offset, final long mac) {
        final long askerMac = senderMac(b, offset);
        final int askerIp = senderIp(b, offset);
        b.putShort(offset + OPERATION_OFFSET, (short) OPERATION_REPLY, BIG_ENDIAN);
        b.putLong(offset + SENDER_MAC_OFFSET, mac << 16, BIG_ENDIAN);
        b.putInt(offset + SENDER_IP_OFFSET, targetIp(b, offset), BIG_ENDIAN);
        b.putShort(offset + TARGET_MAC_OFFSET, (short) (askerMac >>> 32), BIG_ENDIAN);
        b.putInt(offset + TARGET_MAC_OFFSET + 2, (int) askerMac, BIG_ENDIAN);
        b.putInt(offset + TARGET_IP_OFFSET, askerIp, BIG_ENDIAN);
    }

    /** Target IPv4 address (TPA). */
    public static int targetIp(final DirectBuffer b, final int offset) {
        return b.getInt(offset + TARGET_IP_OFFSET, BIG_ENDIAN);
    }
}
