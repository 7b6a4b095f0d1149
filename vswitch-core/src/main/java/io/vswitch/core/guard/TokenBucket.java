package io.vswitch.core.guard;

/**
 * Lets through a bounded number of events per second, after a quiet time a burst of them at once;
 * owned by one worker. Kept as the time of the next event (the generic cell rate algorithm, ITU-T
 * I.371): no timer refills it.
 */
public final class TokenBucket {
    private static final long SECOND_NS = 1_000_000_000L;

    private final long intervalNs;
    private final long burstNs;
    private long nextNs;
    private boolean used;

    /**
     * @param perSecond events per second, 1 to 1,000,000.
     * @param burst events at once, at least 1.
     */
    public TokenBucket(final int perSecond, final int burst) {
        if (perSecond < 1 || perSecond > 1_000_000 || burst < 1) {
            throw new IllegalArgumentException(
                    perSecond
                            + " events per second, "
                            + burst
                            + " at once; allowed: 1 to 1000000, at least 1");
        }
        this.intervalNs = SECOND_NS / perSecond;
        this.burstNs = (burst - 1) * intervalNs;
    }

    /** Takes a token; false when there is none now. */
    public boolean take(final long nowNs) {
        final long full = nowNs - burstNs;
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
