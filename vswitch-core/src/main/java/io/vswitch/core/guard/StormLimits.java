package io.vswitch.core.guard;

/**
 * How many packets of the kinds that go to everybody an endpoint may send: immutable. A burst of
 * two seconds' worth is let through at once. Each worker allows as much. Who sends more of a kind
 * may send none of it for the time of the penalty.
 *
 * @param arp ARP, packets/s.
 * @param dhcp DHCP of IPv4 and IPv6, packets/s.
 * @param nd neighbour discovery, packets/s.
 * @param broadcast other broadcast and multicast, packets/s.
 * @param penaltyMs 0 to {@link #MAX_PENALTY_MS}; 0: what is over is dropped, and no more.
 */
public record StormLimits(int arp, int dhcp, int nd, int broadcast, int penaltyMs) {
    /** Longest penalty. */
    public static final int MAX_PENALTY_MS = 3_600_000;

    /** Highest limit, packets/s. */
    public static final int MAX = 1_000_000;

    /** What a host needs, with room to spare. */
    public static final StormLimits DEFAULT = new StormLimits(200, 20, 200, 2_000);

    public StormLimits {
        check("arp", arp);
        check("dhcp", dhcp);
        check("nd", nd);
        check("broadcast", broadcast);
        if (penaltyMs < 0 || penaltyMs > MAX_PENALTY_MS) {
            throw new IllegalArgumentException(
                    "penalty " + penaltyMs + " ms; allowed are 0 to " + MAX_PENALTY_MS);
        }
    }

    /** Limits without a penalty. */
    public StormLimits(final int arp, final int dhcp, final int nd, final int broadcast) {
        this(arp, dhcp, nd, broadcast, 0);
    }

    private static void check(final String name, final int limit) {
        if (limit < 1 || limit > MAX) {
            throw new IllegalArgumentException(
                    name + " limit " + limit + "; allowed are 1 to " + MAX + " packets/s");
        }
    }
}
