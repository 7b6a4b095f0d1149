package io.vswitch.core.state;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.TcpHeader;

/**
 * Holds the TCP segment to be decided against where its connection stands; part of a {@link
 * ConnectionTracker}, reused.
 *
 * <p>A packet may be part of several connections, one for each stateful layer. The first of them
 * hears of all segments, also of those that only hit a cached flow; what the others know is out of
 * date, so nothing is checked there.
 */
final class TcpCheck {
    private final ConnectionTable table;
    private final TcpWindows windows;
    private final TcpSegment segment = new TcpSegment();
    private boolean checked;
    private boolean outside;
    private long link;

    TcpCheck(final ConnectionTable table, final TcpWindows windows) {
        this.table = table;
        this.windows = windows;
    }

    /** A new decision begins, of what is no segment unless {@link #read} says so. */
    void begin() {
        segment.clear();
        checked = false;
        outside = false;
        link = 0;
    }

    void read(final PacketBatch batch, final int slot) {
        segment.read(batch, slot);
    }

    /** The packet belongs to this connection. */
    void found(final int entry, final boolean fromOpener) {
        if (segment.isPresent() && !checked) {
            checked = true;
            outside = !windows.isInside(entry, fromOpener, segment);
        }
    }

    /** True when the segment must not pass. */
    boolean isOutside() {
        return outside;
    }

    /** True for a SYN after the end of the connection that isn't behind what was sent before. */
    boolean isStale(final int entry, final boolean fromOpener, final int tcpFlags) {
        return segment.isPresent()
                && (tcpFlags & TcpHeader.SYN) != 0
                && table.state(entry) == ConnectionState.TIME_WAIT
                && !windows.isFresh(entry, fromOpener, segment);
    }

    /**
     * The segment passes as part of a connection; called before its state changes.
     *
     * @param tcpFlags without a SYN that is stale.
     */
    void follow(final int entry, final boolean fromOpener, final int tcpFlags) {
        if (!segment.isPresent()) {
            return;
        }
        final ConnectionState state = table.state(entry);
        final boolean anew = state.isOver() && (tcpFlags & TcpHeader.SYN) != 0;
        if (anew) {
            windows.restart(entry);
        }
        windows.note(entry, fromOpener, anew || state.isOpening(), segment);
        if (link == 0) {
            link = link(entry, fromOpener);
        } else if (!segment.isSyn()) {
            windows.forget(entry, fromOpener);
        }
    }

    private long link(final int entry, final boolean fromOpener) {
        final long place = (long) entry << 2 | (fromOpener ? 2 : 0) | 1;
        return (long) windows.stamp(entry) << 32 | place;
    }

    /** The connection that is to hear of all segments of the flow, or 0. */
    long link() {
        return link;
    }

    /** False when a segment of the connection that a link names must not pass; else it is noted. */
    boolean passes(final long of, final PacketBatch batch, final int slot) {
        segment.read(batch, slot);
        final int entry = (int) of >>> 2;
        return !segment.isPresent()
                || segment.isSyn()
                || windows.passes(entry, (int) (of >>> 32), (of & 2) != 0, segment);
    }
}
