package io.vswitch.core.state;

/**
 * For how long a decision holds, as one word. Stateless, any thread.
 *
 * <ul>
 *   <li>0: no connection was asked for, the decision holds by itself;
 *   <li>odd: it is part of connections: it holds until that time, in units of 2^20 ns, {@link
 *       #LONGEST_NS}: connections hear of their packets, and a flow can't outlive its connection,
 *       whose shortest time is longer; not at all while TCP is opening, nor after SYN, FIN or RST,
 *       whose decision isn't that of other segments, nor when a connection that wasn't over has
 *       given way to another of its key. So, too, for a tenth of a second a packet is dropped that
 *       found no free port;
 *   <li>even: it is part of none: it holds until the next connection is opened.
 * </ul>
 */
final class Holding {
    static final int ALWAYS = 0;

    /** Longest time for which a decision that is part of connections holds. */
    static final long LONGEST_NS = 3_000_000_000L;

    private static final int TICK_SHIFT = 20;
    private static final int LONGEST_TICKS = (int) (LONGEST_NS >> TICK_SHIFT) - 1;

    /** A tenth of a second: then a port may be free. */
    private static final int REFUSED_TICKS = 95;

    private Holding() {}

    static int never(final long nowNs) {
        return tick(nowNs) - 2 | 1;
    }

    static int shortly(final long nowNs) {
        return tick(nowNs) + REFUSED_TICKS | 1;
    }

    static int ofConnections(final long nowNs) {
        return tick(nowNs) + LONGEST_TICKS | 1;
    }

    static int untilNext(final ConnectionEvents events) {
        final int epoch = (int) events.opened() << 1;
        return epoch == 0 ? 2 : epoch;
    }

    static boolean isHolding(final int holds, final ConnectionEvents events, final long nowNs) {
        if ((holds & 1) == 0) {
            return holds == untilNext(events);
        }
        final long replaced = events.replacedNs();
        return holds - tick(nowNs) > 0
                && (nowNs - replaced > LONGEST_NS || holds - LONGEST_TICKS - tick(replaced) > 1);
    }

    private static int tick(final long nanos) {
        return (int) (nanos >> TICK_SHIFT);
    }
}
