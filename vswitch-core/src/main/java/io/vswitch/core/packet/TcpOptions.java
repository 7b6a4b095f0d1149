package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Options of a TCP header whose data offset is valid, RFC 9293 section 3.2; stateless, any thread.
 * A list of options that contradicts itself ends where it does.
 */
public final class TcpOptions {
    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int SEGMENT_SIZE = 2;
    private static final int SEGMENT_SIZE_LENGTH = 4;
    private static final int WINDOW_SCALE = 3;
    private static final int WINDOW_SCALE_LENGTH = 3;

    private TcpOptions() {}

    /**
     * Lowers the maximum segment size (RFC 9293 section 3.7.1); a header without the option stays.
     *
     * @param l4 absolute offset of the TCP header.
     * @param most bytes.
     * @return the delta of the bytes that the checksum covers, 0 when nothing changed.
     */
    public static int clampSegmentSize(final MutableDirectBuffer b, final int l4, final int most) {
        final int at = find(b, l4, SEGMENT_SIZE, SEGMENT_SIZE_LENGTH) + 2;
        final int before = at < 2 ? 0 : b.getShort(at, BIG_ENDIAN) & 0xffff;
        if (before <= most) {
            return 0;
        }
        b.putShort(at, (short) most, BIG_ENDIAN);
        final int delta = Checksums.delta16(before, most);
        return (at - l4 & 1) == 0 ? delta : Short.reverseBytes((short) delta) & 0xffff;
    }

    /** What the window scale option says (RFC 7323 section 2.2), 0 to 255, or -1 without it. */
    public static int windowScale(final DirectBuffer b, final int l4) {
        final int at = find(b, l4, WINDOW_SCALE, WINDOW_SCALE_LENGTH);
        return at < 0 ? -1 : b.getByte(at + 2) & 0xff;
    }

    /** Absolute offset of an option of this kind and length, or -1. */
    private static int find(
            final DirectBuffer b, final int l4, final int wanted, final int wantedLength) {
        final int end = l4 + TcpHeader.headerLength(b, l4);
        int at = l4 + TcpHeader.MIN_LENGTH;
        while (at < end && b.getByte(at) != END) {
            final int kind = b.getByte(at);
            final int length =
                    kind == NO_OPERATION ? 1 : at + 1 < end ? b.getByte(at + 1) & 0xff : 0;
            if (length == 0 || at + length > end) {
                return -1;
            }
            if (kind == wanted && length == wantedLength) {
                return at;
            }
            at += length;
        }
        return -1;
    }
}
