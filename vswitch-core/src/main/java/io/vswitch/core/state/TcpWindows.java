package io.vswitch.core.state;

import org.agrona.UnsafeApi;

/**
 * How far each side of a TCP connection has come, a record beside each entry of a {@link
 * ConnectionTable}; owned by the table's worker. Its memory is taken when the first segment is
 * noted, and records never used keep theirs untouched.
 *
 * <p>A segment is out of the window when it begins further behind everything sent before than the
 * receiver's largest possible window (65,535 scaled by what its SYN said, RFC 7323), or ends as far
 * before it. Nothing that a receiver would take is refused by that, and a blind guess at a sequence
 * number of 32 bits (RFC 5961) mostly is. Each direction is judged by its own segments, so it
 * doesn't matter which acknowledgments were seen. What isn't known isn't checked.
 *
 * <pre>
 *    0  stamp (4)            4  known (4): bits END, SYN for opener, peer
 *    8  end of what the opener sent (4), 12  the peer (4)
 *   16  window scale that the opener offered, or -1 (4), 20  the peer (4)
 * </pre>
 */
final class TcpWindows implements AutoCloseable {
    private static final int RECORD_SHIFT = 5;
    private static final int KNOWN = 4;
    private static final int END = 8;
    private static final int SCALE = 16;
    private static final int END_KNOWN = 1;
    private static final int SYN_KNOWN = 4;
    private static final int BOTH_SYNS = SYN_KNOWN | SYN_KNOWN << 1;
    private static final int LARGEST_WINDOW = 65_535;
    private static final int LARGEST_SCALE = 14;

    private final int capacity;
    private long memory;

    TcpWindows(final int capacity) {
        this.capacity = capacity;
    }

    @Override
    public void close() {
        if (memory != 0) {
            UnsafeApi.freeMemory(memory);
            memory = 0;
        }
    }

    /** A connection is opened: nothing is known of it. */
    void open(final int entry, final int stamp) {
        if (memory == 0) {
            memory = UnsafeApi.allocateMemory((long) capacity << RECORD_SHIFT);
        }
        UnsafeApi.putInt(address(entry), stamp);
        UnsafeApi.putInt(address(entry) + KNOWN, 0);
    }

    /** The connection begins anew. */
    void restart(final int entry) {
        UnsafeApi.putInt(address(entry) + KNOWN, 0);
    }

    /** What tells a connection from others that had its entry before. */
    int stamp(final int entry) {
        return UnsafeApi.getInt(address(entry));
    }

    /** False when no receiver would take the segment. */
    boolean isInside(final int entry, final boolean fromOpener, final TcpSegment segment) {
        final long record = address(entry);
        final int known = UnsafeApi.getInt(record + KNOWN);
        final int side = fromOpener ? 0 : 1;
        if (segment.isSyn() || (known & END_KNOWN << side) == 0 || !areBothSyns(known)) {
            return true;
        }
        final int end = UnsafeApi.getInt(record + END + side * 4L);
        final long window = window(record, 1 - side);
        return segment.sequence() - end <= window
                && segment.end() - end >= -window - LARGEST_WINDOW;
    }

    private static boolean areBothSyns(final int known) {
        return (known & BOTH_SYNS) == BOTH_SYNS;
    }

    /** Largest window that a side can offer. */
    private static long window(final long record, final int side) {
        final int own = UnsafeApi.getInt(record + SCALE + side * 4L);
        final int other = UnsafeApi.getInt(record + SCALE + (1 - side) * 4L);
        final int shift = own < 0 || other < 0 ? 0 : Math.min(own, LARGEST_SCALE);
        return (long) LARGEST_WINDOW << shift;
    }

    /** True when a SYN begins behind everything sent before (RFC 1122 section 4.2.2.13). */
    boolean isFresh(final int entry, final boolean fromOpener, final TcpSegment segment) {
        final long record = address(entry);
        final int side = fromOpener ? 0 : 1;
        final boolean known = (UnsafeApi.getInt(record + KNOWN) & END_KNOWN << side) != 0;
        return !known || segment.sequence() - UnsafeApi.getInt(record + END + side * 4L) >= 0;
    }

    /**
     * Takes note of a segment that passes.
     *
     * @param opening whether the connection is being opened: a SYN of one that is open says
     *     nothing.
     */
    void note(
            final int entry,
            final boolean fromOpener,
            final boolean opening,
            final TcpSegment segment) {
        final long record = address(entry);
        final int known = UnsafeApi.getInt(record + KNOWN);
        final int side = fromOpener ? 0 : 1;
        if (segment.isSyn()) {
            if (opening) {
                UnsafeApi.putInt(record + SCALE + side * 4L, segment.scale());
                UnsafeApi.putInt(record + END + side * 4L, segment.end());
                UnsafeApi.putInt(record + KNOWN, known | (SYN_KNOWN | END_KNOWN) << side);
            }
        } else if ((known & END_KNOWN << side) == 0) {
            UnsafeApi.putInt(record + END + side * 4L, segment.end());
            UnsafeApi.putInt(record + KNOWN, known | END_KNOWN << side);
        } else if (segment.end() - UnsafeApi.getInt(record + END + side * 4L) > 0) {
            UnsafeApi.putInt(record + END + side * 4L, segment.end());
        }
    }

    /** How far a side has come is seen at another connection of the same packets. */
    void forget(final int entry, final boolean fromOpener) {
        final long at = address(entry) + KNOWN;
        UnsafeApi.putInt(at, UnsafeApi.getInt(at) & ~(END_KNOWN << (fromOpener ? 0 : 1)));
    }

    private long address(final int entry) {
        return memory + ((long) entry << RECORD_SHIFT);
    }
}
