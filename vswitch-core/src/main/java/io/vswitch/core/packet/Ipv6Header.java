package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * IPv6 header, RFC 8200 section 3, and its extension headers, section 4: stateless accessors, any
 * thread.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-----------+---+---------------------------------------+
 *   |Version|   DSCP    |ECN|              Flow Label               |
 *   +-------+-----------+---+-------+---------------+---------------+
 *   |        Payload Length         |  Next Header  |   Hop Limit   |
 *   +-------------------------------+---------------+---------------+
 *   |                   Source Address, 16 bytes                    |
 *   +---------------------------------------------------------------+
 *   |                 Destination Address, 16 bytes                 |
 *   +---------------------------------------------------------------+
 *
 *   extension:  | Next Header | length in 8 bytes, less 1 | ...       (AH: in 4 bytes, less 2)
 *   fragment:   | Next Header | 0 | offset (13) 00 M | identification (32) |
 * </pre>
 */
public final class Ipv6Header {
    /** Bytes of the header without extensions. */
    public static final int LENGTH = 40;

    public static final int PAYLOAD_LENGTH_OFFSET = 4;
    public static final int NEXT_HEADER_OFFSET = 6;
    public static final int HOP_LIMIT_OFFSET = 7;
    public static final int SOURCE_OFFSET = 8;
    public static final int DESTINATION_OFFSET = 24;

    /** Most extension headers that are walked; a packet with more is dropped. */
    public static final int MAX_EXTENSIONS = 8;

    /** Bytes of a fragment header. */
    public static final int FRAGMENT_LENGTH = 8;

    /** More fragments follow, in the 16-bit field at offset 2 of a fragment header. */
    public static final int MORE_FRAGMENTS = 1;

    /** The fragment offset in bytes, in the 16-bit field at offset 2 of a fragment header. */
    public static final int FRAGMENT_MASK = 0xfff8;

    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_HOME_ADDRESS = 0xc9;

    private Ipv6Header() {}

    /** True when version and payload length agree with {@code limit}. */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        return limit - offset >= LENGTH
                && (b.getByte(offset) & 0xf0) == 0x60
                && payloadLength(b, offset) <= limit - offset - LENGTH;
    }

    /** DSCP (6 bits) and ECN (2 bits). */
    public static int trafficClass(final DirectBuffer b, final int offset) {
        return b.getShort(offset, BIG_ENDIAN) >> 4 & 0xff;
    }

    /** Bytes after the fixed header. */
    public static int payloadLength(final DirectBuffer b, final int offset) {
        return b.getShort(offset + PAYLOAD_LENGTH_OFFSET, BIG_ENDIAN) & 0xffff;
    }

    public static int nextHeader(final DirectBuffer b, final int offset) {
        return b.getByte(offset + NEXT_HEADER_OFFSET) & 0xff;
    }

    public static int hopLimit(final DirectBuffer b, final int offset) {
        return b.getByte(offset + HOP_LIMIT_OFFSET) & 0xff;
    }

    /** High 64 bits of the source address. */
    public static long sourceHigh(final DirectBuffer b, final int offset) {
        return b.getLong(offset + SOURCE_OFFSET, BIG_ENDIAN);
    }

    /** Low 64 bits of the source address. */
    public static long sourceLow(final DirectBuffer b, final int offset) {
        return b.getLong(offset + SOURCE_OFFSET + 8, BIG_ENDIAN);
    }

    /** High 64 bits of the destination address. */
    public static long destinationHigh(final DirectBuffer b, final int offset) {
        return b.getLong(offset + DESTINATION_OFFSET, BIG_ENDIAN);
    }

    /** Low 64 bits of the destination address. */
    public static long destinationLow(final DirectBuffer b, final int offset) {
        return b.getLong(offset + DESTINATION_OFFSET + 8, BIG_ENDIAN);
    }

    /** True for the next-header values whose length is known and that another header follows. */
    public static boolean isExtension(final int nextHeader) {
        return nextHeader == IpProtocol.HOP_BY_HOP
                || nextHeader == IpProtocol.IPV6_DESTINATION_OPTIONS
                || nextHeader == IpProtocol.IPV6_ROUTING
                || nextHeader == IpProtocol.IPV6_FRAGMENT
                || nextHeader == IpProtocol.AH;
    }

    /** Next-header value inside an extension header. */
    public static int extensionNext(final DirectBuffer b, final int extension) {
        return b.getByte(extension) & 0xff;
    }

    /**
     * Bytes of an extension header, 8 to 2,048; its first 2 bytes must be inside the packet.
     *
     * @param type next-header value that led to it.
     */
    public static int extensionLength(final DirectBuffer b, final int extension, final int type) {
        if (type == IpProtocol.IPV6_FRAGMENT) {
            return FRAGMENT_LENGTH;
        }
        final int length = b.getByte(extension + 1) & 0xff;
        return type == IpProtocol.AH ? (length + 2) << 2 : (length + 1) << 3;
    }

    /** Offset in bytes and {@link #MORE_FRAGMENTS} of a fragment header. */
    public static int fragmentField(final DirectBuffer b, final int extension) {
        return b.getShort(extension + 2, BIG_ENDIAN) & 0xffff;
    }

    /**
     * Absolute offset behind all extension headers of a parsed packet that is no later fragment.
     */
    public static int payloadOffset(final DirectBuffer b, final int offset) {
        int at = offset + LENGTH;
        int type = nextHeader(b, offset);
        while (isExtension(type)) {
            final int next = extensionNext(b, at);
            at += extensionLength(b, at, type);
            type = next;
        }
        return at;
    }

    /**
     * True when an extension header of a parsed packet forbids a change of addresses: an AH
     * authenticates them, and the transport checksum covers the final destination of a routing
     * header (RFC 8200 section 8.1) or the address of a Home Address option (RFC 6275 section
     * 11.3.2) instead of the header's.
     */
    public static boolean pinsAddresses(final DirectBuffer b, final int offset) {
        int at = offset + LENGTH;
        int type = nextHeader(b, offset);
        while (isExtension(type)) {
            if (pins(b, at, type)) {
                return true;
            }
            if (type == IpProtocol.IPV6_FRAGMENT && (fragmentField(b, at) & FRAGMENT_MASK) != 0) {
                return false;
            }
            final int next = extensionNext(b, at);
            at += extensionLength(b, at, type);
            type = next;
        }
        return false;
    }

    private static boolean pins(final DirectBuffer b, final int at, final int type) {
        return type == IpProtocol.AH
                || type == IpProtocol.IPV6_ROUTING && b.getByte(at + 3) != 0
                || type == IpProtocol.IPV6_DESTINATION_OPTIONS && hasHomeAddress(b, at);
    }

    private static boolean hasHomeAddress(final DirectBuffer b, final int options) {
        final int end = options + extensionLength(b, options, IpProtocol.IPV6_DESTINATION_OPTIONS);
        int at = options + 2;
        while (at < end) {
            final int type = b.getByte(at) & 0xff;
            if (type == OPTION_HOME_ADDRESS) {
                return true;
            }
            if (type != OPTION_PAD1 && at + 1 == end) {
                return false;
            }
            at += type == OPTION_PAD1 ? 1 : 2 + (b.getByte(at + 1) & 0xff);
        }
        return false;
    }
}
