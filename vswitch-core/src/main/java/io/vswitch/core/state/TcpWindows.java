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
 *    8  end of what the opener sent (4), 12  stamp (4)      16, 20  the peer
 *   24  window scale that the opener offered, or -1 (4), 28  the peer (4)
 * </pre>
 *
 * Owned by the table's worker; but other workers that have flows of a connection judge and note its
 * segments also, by {@link #passes}. An end and its stamp are one word, so that a segment of a
 * connection that has gone is never noted at the one that has its entry now.
 */
final class TcpWindows implements AutoCloseable {
    private static final int RECORD_SHIFT = 5;
    private static final int KNOWN = 4;
    private static final int END = 8;
    private static final int SCALE = 24;
    private static final int END_KNOWN = 1;
    private static final int SYN_KNOWN = 4;
    private static final int BOTH_SYNS = SYN_KNOWN | SYN_KNOWN << 1;
    private static final int LARGEST_WINDOW = 65_535;
    private static final int LARGEST_SCALE = 14;

    private final int capacity;
    private final boolean isShared;
    private boolean isLiberal;
    private long memory;

    /**
     * @param isShared whether other workers call {@link #passes}.
     */
    TcpWindows(final int capacity, final boolean isShared) {
        this.isShared = isShared;
        this.capacity = capacity;
    }

    /** Whether every segment is inside; before any comes. */
    void liberal(final boolean liberal) {
        isLiberal = liberal;
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
        putEnd(end(entry, true), stamp, 0);
        putEnd(end(entry, false), stamp, 0);
    }

    private long end(final int entry, final boolean ofOpener) {
        return address(entry) + END + (ofOpener ? 0 : Long.BYTES);
    }

    private void putEnd(final long at, final int stamp, final int end) {
        final long word = (long) stamp << 32 | end & 0xffff_ffffL;
        if (isShared) {
            UnsafeApi.putLongVolatile(null, at, word);
        } else {
            UnsafeApi.putLong(at, word);
        }
    }

    /** A side has sent so far, unless another worker has noted that it sent more. */
    private void advance(final long at, final int end) {
        long seen = UnsafeApi.getLongVolatile(null, at);
        while (end - (int) seen > 0) {
            final long word = seen & ~0xffff_ffffL | end & 0xffff_ffffL;
            if (!isShared) {
                UnsafeApi.putLong(at, word);
                return;
            }
            if (UnsafeApi.compareAndSetLong(null, at, seen, word)) {
                return;
            }
            seen = UnsafeApi.getLongVolatile(null, at);
        }
    }

    /**
     * Judges a segment, no SYN, of a flow of a connection, and takes note of it; with shared
     * records on any worker that has the stamp from the table's.
     *
     * @return false when it must not pass.
     */
    boolean passes(
            final int entry, final int stamp, final boolean fromOpener, final TcpSegment segment) {
        final long at = end(entry, fromOpener);
        while (true) {
            final long seen = UnsafeApi.getLongVolatile(null, at);
            if ((int) (seen >>> 32) != stamp) {
                return true;
            }
            if (!isInside(entry, fromOpener, (int) seen, segment)) {
                return false;
            }
            final int known = UnsafeApi.getInt(address(entry) + KNOWN);
            final boolean isKnown = (known & END_KNOWN << (fromOpener ? 0 : 1)) != 0;
            if (isKnown && segment.end() - (int) seen <= 0 || !isKnown && isShared) {
                return true;
            }
            if (!isShared) {
                note(entry, fromOpener, false, segment);
                return true;
            }
            final long word = seen & ~0xffff_ffffL | segment.end() & 0xffff_ffffL;
            if (UnsafeApi.compareAndSetLong(null, at, seen, word)) {
                return true;
            }
        }
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
        return isInside(entry, fromOpener, UnsafeApi.getInt(end(entry, fromOpener)), segment);
    }

    private boolean isInside(
            final int entry, final boolean fromOpener, final int end, final TcpSegment segment) {
        final long record = address(entry);
        final int known = UnsafeApi.getInt(record + KNOWN);
        final int side = fromOpener ? 0 : 1;
        if (isLiberal
                || segment.isSyn()
                || (known & END_KNOWN << side) == 0
                || !areBothSyns(known)) {
            return true;
        }
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
        return !known || segment.sequence() - UnsafeApi.getInt(end(entry, fromOpener)) >= 0;
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
                putEnd(end(entry, fromOpener), stamp(entry), segment.end());
                UnsafeApi.putInt(record + KNOWN, known | (SYN_KNOWN | END_KNOWN) << side);
            }
        } else if ((known & END_KNOWN << side) == 0) {
            putEnd(end(entry, fromOpener), stamp(entry), segment.end());
            UnsafeApi.putInt(record + KNOWN, known | END_KNOWN << side);
        } else {
            advance(end(entry, fromOpener), segment.end());
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
