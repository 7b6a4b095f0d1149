package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * ICMP header, RFC 792, and ICMPv6 header, RFC 4443 section 2.1: stateless accessors, any thread.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |     Code      |           Checksum            |
 *   +---------------+---------------+-------------------------------+
 *   |  Identifier (echo) or other   |   Sequence (echo) or other    |
 *   +-------------------------------+-------------------------------+
 * </pre>
 */
public final class IcmpHeader {
    /** Bytes that every message has. */
    public static final int LENGTH = 8;

    public static final int CHECKSUM_OFFSET = 2;
    public static final int IDENTIFIER_OFFSET = 4;

    public static final int ECHO_REPLY = 0;
    public static final int ECHO_REQUEST = 8;
    public static final int V6_ECHO_REQUEST = 128;
    public static final int V6_ECHO_REPLY = 129;

    private IcmpHeader() {}

    /** True when the 8 bytes of every message lie before {@code limit}. */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        return limit - offset >= LENGTH;
    }

    public static int type(final DirectBuffer b, final int offset) {
        return b.getByte(offset) & 0xff;
    }

    public static int code(final DirectBuffer b, final int offset) {
        return b.getByte(offset + 1) & 0xff;
    }

    public static int checksum(final DirectBuffer b, final int offset) {
        return b.getShort(offset + CHECKSUM_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    /** Identifier of an echo message. */
    public static int identifier(final DirectBuffer b, final int offset) {
        return b.getShort(offset + IDENTIFIER_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    /** True for an echo request or reply of ICMP ({@code v6} false) or ICMPv6. */
    public static boolean isEcho(final int type, final boolean v6) {
        return v6
                ? type == V6_ECHO_REQUEST || type == V6_ECHO_REPLY
                : type == ECHO_REQUEST || type == ECHO_REPLY;
    }
}
