package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * TCP header, RFC 9293 section 3.1: stateless accessors, any thread.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |          Source Port          |       Destination Port        |
 *   +-------------------------------+-------------------------------+
 *   |                        Sequence Number                        |
 *   +---------------------------------------------------------------+
 *   |                     Acknowledgment Number                     |
 *   +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 *   |Offset | Rsrvd |C|E|U|A|P|R|S|F|            Window             |
 *   +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 *   |           Checksum            |        Urgent Pointer         |
 *   +-------------------------------+-------------------------------+
 *   |                  Options, 0 to 40 bytes                       |
 * </pre>
 */
public final class TcpHeader {
    /** Bytes of the header without options. */
    public static final int MIN_LENGTH = 20;

    public static final int SEQUENCE_OFFSET = 4;
    public static final int ACKNOWLEDGMENT_OFFSET = 8;
    public static final int DATA_OFFSET = 12;
    public static final int FLAGS_OFFSET = 13;
    public static final int CHECKSUM_OFFSET = 16;

    public static final int FIN = 1;
    public static final int SYN = 1 << 1;
    public static final int RST = 1 << 2;
    public static final int PSH = 1 << 3;
    public static final int ACK = 1 << 4;
    public static final int URG = 1 << 5;
    public static final int ECE = 1 << 6;
    public static final int CWR = 1 << 7;

    private TcpHeader() {}

    /** True when the header with its options lies before {@code limit}. */
    public static boolean isValid(final DirectBuffer b, final int offset, final int limit) {
        if (limit - offset < MIN_LENGTH) {
            return false;
        }
        final int length = headerLength(b, offset);
        return length >= MIN_LENGTH && length <= limit - offset;
    }

    public static int sourcePort(final DirectBuffer b, final int offset) {
        return b.getShort(offset, BIG_ENDIAN) & 0xffff;
    }

    public static int destinationPort(final DirectBuffer b, final int offset) {
        return b.getShort(offset + 2, BIG_ENDIAN) & 0xffff;
    }

    public static int sequence(final DirectBuffer b, final int offset) {
        return b.getInt(offset + SEQUENCE_OFFSET, BIG_ENDIAN);
    }

    public static int acknowledgment(final DirectBuffer b, final int offset) {
        return b.getInt(offset + ACKNOWLEDGMENT_OFFSET, BIG_ENDIAN);
    }

    /** Bytes of the header with options, 0 to 60. */
    public static int headerLength(final DirectBuffer b, final int offset) {
        return b.getByte(offset + DATA_OFFSET) >>> 2 & 0x3c;
    }

    /** {@link #FIN} to {@link #CWR}. */
    public static int flags(final DirectBuffer b, final int offset) {
        return b.getByte(offset + FLAGS_OFFSET) & 0xff;
    }

    public static int checksum(final DirectBuffer b, final int offset) {
        return b.getShort(offset + CHECKSUM_OFFSET, BIG_ENDIAN) & 0xffff;
    }
}
