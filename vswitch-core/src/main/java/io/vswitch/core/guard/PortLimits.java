package io.vswitch.core.guard;

/**
 * How much of what may pass a port: immutable, any thread.
 *
 * @param in what is sent to the port's endpoint; null: no limit.
 * @param out what the endpoint sends; null: no limit.
 * @param repliesPerSecond answers of the switch's own to the endpoint, each worker; 1 to {@link
 *     #MAX_REPLIES}.
 * @param connections of the port's stateful layers.
 */
public record PortLimits(
        RateLimit in, RateLimit out, int repliesPerSecond, ConnectionLimits connections) {
    /** Most answers in a second. */
    public static final int MAX_REPLIES = 1_000_000;

    /** No limit but of the switch's own answers. */
    public static final PortLimits DEFAULT =
            new PortLimits(null, null, 1_000, ConnectionLimits.NONE);

    public PortLimits {
        if (repliesPerSecond < 1 || repliesPerSecond > MAX_REPLIES) {
            throw new IllegalArgumentException(
                    repliesPerSecond + " replies; allowed are 1 to " + MAX_REPLIES + " a second");
        }
    }
}
