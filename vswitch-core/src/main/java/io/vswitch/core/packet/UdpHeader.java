package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * UDP header, RFC 768: stateless accessors, any thread.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |          Source Port          |       Destination Port        |
 *   +-------------------------------+-------------------------------+
 *   |            Length             |   Checksum (0: none, IPv4)    |
 *   +-------------------------------+-------------------------------+
 * </pre>
 */
public final class UdpHeader {
    /** Bytes of the header. */
    public static final int LENGTH = 8;

    public static final int LENGTH_OFFSET = 4;
    public static final int CHECKSUM_OFFSET = 6;

    private UdpHeader() {}

    /**
     * True when the header and what its length says lie before {@code limit}. Bytes between the two
     * are allowed. In a super-frame the length is that of the whole.
     */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        if (limit - offset < LENGTH) {
            return false;
        }
        final int length = length(b, offset);
        return length >= LENGTH && length <= limit - offset;
    }

    public static int sourcePort(final DirectBuffer b, final int offset) {
        return b.getShort(offset, BIG_ENDIAN) & 0xffff;
    }

    public static int destinationPort(final DirectBuffer b, final int offset) {
        return b.getShort(offset + 2, BIG_ENDIAN) & 0xffff;
    }

    /** Bytes of header and payload. */
    public static int length(final DirectBuffer b, final int offset) {
        return b.getShort(offset + LENGTH_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    public static int checksum(final DirectBuffer b, final int offset) {
        return b.getShort(offset + CHECKSUM_OFFSET, BIG_ENDIAN) & 0xffff;
    }
}
