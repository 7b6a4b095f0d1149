package io.vswitch.core.guard;

/**
 * A token bucket for one worker's share of a {@link RateLimit}; owned by that worker. Kept as what
 * is in the bucket and when that was: no timer refills it, and nothing is lost by rounding.
 *
 * <p>A frame passes when the bucket holds its bytes, or is full: a frame larger than the burst
 * passes too, and what follows waits until it is paid for, so the rate holds in the long run.
 */
public final class RateLimiter {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LARGEST_COST = 8 * 65_535 * SECOND_NS;

    private final RateLimit limit;
    private final boolean packets;
    private final long perSecond;

    /** A full bucket; one bit, or packet, is 10^9. */
    private final long full;

    /** From the emptiest to full, ns. */
    private final long fillNs;

    private long level;
    private long lastNs;
    private boolean used;

    /**
     * @param workers how many share the limit, each having an equal part.
     */
    public RateLimiter(final RateLimit limit, final int workers) {
        final RateLimit share = limit.share(workers);
        this.limit = limit;
        this.packets = share.packets();
        this.perSecond = share.perSecond();
        this.full = share.burst() * (packets ? 1 : 8) * SECOND_NS;
        this.fillNs = (full + LARGEST_COST) / perSecond + 1;
        this.level = full;
    }

    /** What all workers together let pass. */
    public RateLimit limit() {
        return limit;
    }

    /** Takes a frame's tokens; false when there aren't enough now. */
    public boolean take(final int lengthBytes, final long nowNs) {
        refill(nowNs);
        final long cost = packets ? SECOND_NS : 8 * lengthBytes * SECOND_NS;
        if (level < Math.min(cost, full)) {
            return false;
        }
        level -= cost;
        return true;
    }

    private void refill(final long nowNs) {
        final long elapsedNs = used ? nowNs - lastNs : 0;
        final long added = Math.min(elapsedNs, fillNs) * perSecond;
        level = added >= full - level ? full : level + added;
        lastNs = nowNs;
        used = true;
    }
}
