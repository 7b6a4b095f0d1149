package io.vswitch.core.guard;

/**
 * How many packets of the kinds that go to everybody an endpoint may send: immutable. A burst of
 * two seconds' worth is let through at once. Each worker allows as much.
 *
 * @param arp ARP, packets/s.
 * @param dhcp DHCP of IPv4 and IPv6, packets/s.
 * @param nd neighbour discovery, packets/s.
 * @param broadcast other broadcast and multicast, packets/s.
 */
public record StormLimits(int arp, int dhcp, int nd, int broadcast) {
    /** Highest limit, packets/s. */
    public static final int MAX = 1_000_000;

    /** What a host needs, with room to spare. */
    public static final StormLimits DEFAULT = new StormLimits(200, 20, 200, 2_000);

    public StormLimits {
        check("arp", arp);
        check("dhcp", dhcp);
        check("nd", nd);
        check("broadcast", broadcast);
    }

    private static void check(final String name, final int limit) {
        if (limit < 1 || limit > MAX) {
            throw new IllegalArgumentException(
                    name + " limit " + limit + "; allowed are 1 to " + MAX + " packets/s");
        }
    }
}
