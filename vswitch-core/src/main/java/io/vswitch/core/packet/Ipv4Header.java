package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * IPv4 header, RFC 791 section 3.1: stateless accessors, any thread.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+-----------+---+-------------------------------+
 *   |Version|  IHL  |   DSCP    |ECN|         Total Length          |
 *   +-------+-------+-----------+---+-----+-------------------------+
 *   |        Identification         |0 D M|     Fragment Offset     |
 *   +---------------+---------------+-----+-------------------------+
 *   | Time to Live  |   Protocol    |        Header Checksum        |
 *   +---------------+---------------+-------------------------------+
 *   |                        Source Address                         |
 *   +---------------------------------------------------------------+
 *   |                     Destination Address                       |
 *   +---------------------------------------------------------------+
 *   |                  Options, 0 to 40 bytes                       |
 * </pre>
 */
public final class Ipv4Header {
    /** Bytes of the header without options. */
    public static final int MIN_LENGTH = 20;

    public static final int TOS_OFFSET = 1;
    public static final int TOTAL_LENGTH_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;
    public static final int FRAGMENT_OFFSET = 6;
    public static final int TTL_OFFSET = 8;
    public static final int PROTOCOL_OFFSET = 9;
    public static final int CHECKSUM_OFFSET = 10;
    public static final int SOURCE_OFFSET = 12;
    public static final int DESTINATION_OFFSET = 16;

    /** More fragments follow, in the 16-bit field at {@link #FRAGMENT_OFFSET}. */
    public static final int MORE_FRAGMENTS = 0x2000;

    /** Bit "don't fragment" in the fragment field. */
    public static final int DONT_FRAGMENT = 0x4000;

    /** The fragment offset, in units of 8 bytes, in the field at {@link #FRAGMENT_OFFSET}. */
    public static final int FRAGMENT_MASK = 0x1fff;

    private static final int OPTION_END = 0;
    private static final int OPTION_NO_OPERATION = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    private Ipv4Header() {}

    /**
     * True when version, header length and total length agree with each other and with {@code
     * limit}.
     */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        if (limit - offset < MIN_LENGTH || (b.getByte(offset) & 0xf0) != 0x40) {
            return false;
        }
        final int header = headerLength(b, offset);
        final int total = totalLength(b, offset);
        return header >= MIN_LENGTH && header <= total && total <= limit - offset;
    }

    /** Bytes of the header with options, 0 to 60. */
    public static int headerLength(final DirectBuffer b, final int offset) {
        return (b.getByte(offset) & 0xf) << 2;
    }

    /** DSCP (6 bits) and ECN (2 bits). */
    public static int tos(final DirectBuffer b, final int offset) {
        return b.getByte(offset + TOS_OFFSET) & 0xff;
    }

    /** Bytes of header and payload. */
    public static int totalLength(final DirectBuffer b, final int offset) {
        return b.getShort(offset + TOTAL_LENGTH_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    public static int identification(final DirectBuffer b, final int offset) {
        return b.getShort(offset + IDENTIFICATION_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    /** The flags (3 bits) and the fragment offset (13 bits). */
    public static int fragmentField(final DirectBuffer b, final int offset) {
        return b.getShort(offset + FRAGMENT_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    public static int ttl(final DirectBuffer b, final int offset) {
        return b.getByte(offset + TTL_OFFSET) & 0xff;
    }

    public static int protocol(final DirectBuffer b, final int offset) {
        return b.getByte(offset + PROTOCOL_OFFSET) & 0xff;
    }

    public static int checksum(final DirectBuffer b, final int offset) {
        return b.getShort(offset + CHECKSUM_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    public static int source(final DirectBuffer b, final int offset) {
        return b.getInt(offset + SOURCE_OFFSET, BIG_ENDIAN);
    }

    public static int destination(final DirectBuffer b, final int offset) {
        return b.getInt(offset + DESTINATION_OFFSET, BIG_ENDIAN);
    }

    /** True when every option of a valid header ends inside it (section 3.1, "Options"). */
    public static boolean areOptionsValid(final DirectBuffer b, final int offset) {
        final int end = offset + headerLength(b, offset);
        int at = offset + MIN_LENGTH;
        while (at < end) {
            final int type = b.getByte(at) & 0xff;
            if (type == OPTION_END) {
                return true;
            }
            if (type != OPTION_NO_OPERATION && !isOptionInside(b, at, end)) {
                return false;
            }
            at += type == OPTION_NO_OPERATION ? 1 : b.getByte(at + 1) & 0xff;
        }
        return true;
    }

    private static boolean isOptionInside(final DirectBuffer b, final int at, final int end) {
        return end - at >= 2
                && (b.getByte(at + 1) & 0xff) >= 2
                && (b.getByte(at + 1) & 0xff) <= end - at;
    }

    /**
     * True when a source route is among the (valid) options: the transport checksum then covers
     * another destination than the header's.
     */
    public static boolean hasSourceRoute(final DirectBuffer b, final int offset) {
        final int end = offset + headerLength(b, offset);
        int at = offset + MIN_LENGTH;
        while (at < end && b.getByte(at) != OPTION_END) {
            final int type = b.getByte(at) & 0xff;
            if (type == OPTION_LOOSE_SOURCE_ROUTE || type == OPTION_STRICT_SOURCE_ROUTE) {
                return true;
            }
            at += type == OPTION_NO_OPERATION ? 1 : b.getByte(at + 1) & 0xff;
        }
        return false;
    }
}
