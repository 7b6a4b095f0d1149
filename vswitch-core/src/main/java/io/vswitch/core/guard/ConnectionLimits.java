package io.vswitch.core.guard;

/**
 * Most connections that the stateful layers of a port may have, by class: immutable, any thread. 0:
 * no limit but the table's size.
 *
 * @param halfOpen TCP connections whose handshake isn't over: one more takes the place of the
 *     oldest.
 * @param established TCP connections that aren't over, half-open ones included: one more takes the
 *     place of the oldest half-open one, never of another.
 * @param udp one more takes the place of the oldest that nobody answered.
 * @param icmp one more takes the place of the oldest.
 */
public record ConnectionLimits(int halfOpen, int established, int udp, int icmp) {
    /** Largest limit. */
    public static final int MOST = 1 << 24;

    /** No limits. */
    public static final ConnectionLimits NONE = new ConnectionLimits(0, 0, 0, 0);

    public ConnectionLimits {
        check(halfOpen);
        check(established);
        check(udp);
        check(icmp);
    }

    private static void check(final int limit) {
        if (limit < 0 || limit > MOST) {
            throw new IllegalArgumentException(
                    limit + " connections; allowed are 1 to " + MOST + ", or 0 for no limit");
        }
    }
}
