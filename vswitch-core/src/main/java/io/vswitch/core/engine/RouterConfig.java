package io.vswitch.core.engine;

import java.util.List;

/**
 * A router between networks, as it is on every switch that has it; immutable.
 *
 * @param name unique.
 * @param mac of all its gateways, the same on every switch.
 * @param gateways its address on each network, with the length of what is reached there directly.
 * @param routes what is reached by another router.
 */
public record RouterConfig(String name, long mac, List<Gateway> gateways, List<Route> routes) {
    public RouterConfig {
        gateways = List.copyOf(gateways);
        routes = List.copyOf(routes);
    }

    /**
     * An address, or a prefix.
     *
     * @param high first half of an IPv6 address, 0 for IPv4.
     * @param low second half, or the IPv4 address.
     * @param length bits that count.
     */
    public record Address(boolean ipv6, long high, long low, int length) {
        /** True when the address of the same family is within the prefix. */
        boolean contains(final long otherHigh, final long otherLow) {
            final int bits = ipv6 ? 64 : 32;
            final int highBits = ipv6 ? Math.min(length, bits) : 0;
            final int lowBits = ipv6 ? Math.max(length - bits, 0) : length;
            return same(high, otherHigh, highBits, bits) && same(low, otherLow, lowBits, bits);
        }

        private static boolean same(final long a, final long b, final int count, final int bits) {
            return count == 0 || (a ^ b) >>> bits - count == 0;
        }
    }

    /** An address of the router on a network. */
    public record Gateway(String network, Address address) {}

    /** The next hop of a prefix: an address on one of the networks. */
    public record Route(Address prefix, Address nextHop) {}
}
