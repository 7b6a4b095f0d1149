package io.vswitch.core.engine;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Cuts IPv4 frames into fragments, and puts fragments together again. */
final class FragmentFrames {
    private static final int L4 = 34;

    private FragmentFrames() {}

    /** A frame without IP options as fragments of {@code part} bytes, a multiple of 8. */
    static List<UnsafeBuffer> cut(final UnsafeBuffer frame, final int id, final int part) {
        final List<UnsafeBuffer> fragments = new ArrayList<>();
        final int total = frame.capacity() - L4;
        for (int at = 0; at < total; at += part) {
            final int end = Math.min(at + part, total);
            fragments.add(piece(frame, id, at, end - at, end < total));
        }
        return fragments;
    }

    /** One fragment: {@code length} bytes from {@code at} on of what follows the IP header. */
    static UnsafeBuffer piece(
            final UnsafeBuffer frame,
            final int id,
            final int at,
            final int length,
            final boolean more) {
        final UnsafeBuffer piece = new UnsafeBuffer(new byte[L4 + length]);
        piece.putBytes(0, frame, 0, L4);
        piece.putBytes(L4, frame, L4 + at, length);
        piece.putShort(16, (short) (20 + length), BIG_ENDIAN);
        piece.putShort(18, (short) id, BIG_ENDIAN);
        piece.putShort(20, (short) (at >> 3 | (more ? 0x2000 : 0)), BIG_ENDIAN);
        Checksums.putIpv4(piece, 14);
        return piece;
    }

    /** Offset in the datagram, bytes. */
    static int offset(final UnsafeBuffer piece) {
        return (piece.getShort(20, BIG_ENDIAN) & 0x1fff) << 3;
    }

    /** The whole frame again, of all its fragments in any order. */
    static UnsafeBuffer join(final List<UnsafeBuffer> pieces) {
        int total = 0;
        for (final UnsafeBuffer piece : pieces) {
            total += piece.capacity() - L4;
        }
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[L4 + total]);
        frame.putBytes(0, pieces.get(0), 0, L4);
        for (final UnsafeBuffer piece : pieces) {
            frame.putBytes(L4 + offset(piece), piece, L4, piece.capacity() - L4);
        }
        frame.putShort(16, (short) (20 + total), BIG_ENDIAN);
        frame.putShort(20, (short) 0, BIG_ENDIAN);
        Checksums.putIpv4(frame, 14);
        return frame;
    }
}
