package io.vswitch.core.reply;

/**
 * Lets through a bounded number of events per second, with a burst of a tenth of it; owned by one
 * worker. Kept as the time of the next event (the generic cell rate algorithm, ITU-T I.371): no
 * timer refills it.
 */
public final class TokenBucket {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long BURST_NS = SECOND_NS / 10;

    private final long intervalNs;
    private long nextNs;
    private boolean used;

    /**
     * @param perSecond events per second, 10 to 1,000,000.
     */
    public TokenBucket(final int perSecond) {
        if (perSecond < 10 || perSecond > 1_000_000) {
            throw new IllegalArgumentException(
                    "events per second " + perSecond + "; allowed: 10 to 1000000");
        }
        this.intervalNs = SECOND_NS / perSecond;
    }

    /** Takes a token; false when there is none now. */
    public boolean take(final long nowNs) {
        final long full = nowNs - BURST_NS + intervalNs;
        if (!used || nextNs - full < 0) {
            used = true;
            nextNs = full;
        }
        if (nextNs - nowNs > 0) {
            return false;
        }
        nextNs += intervalNs;
        return true;
    }
}
