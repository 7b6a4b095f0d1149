package io.vswitch.core.engine;

import io.vswitch.core.policy.HeaderFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A router as of one snapshot: its routes, the longest first. Immutable. */
final class Router {
    private final RouterConfig config;
    private final List<Way> ways = new ArrayList<>();

    /** Where a prefix is: on a network, or behind a next hop there. */
    record Way(int network, RouterConfig.Address prefix, RouterConfig.Address nextHop) {}

    /** Refuses networks that aren't there, and next hops on none of them. */
    Router(final RouterConfig config, final SwitchSnapshot current) {
        this.config = config;
        for (final RouterConfig.Gateway gateway : config.gateways()) {
            final NetworkState network = current.network(gateway.network());
            if (network == null) {
                throw new SwitchException(
                        "router '%s': unknown network '%s'"
                                .formatted(config.name(), gateway.network()));
            }
            ways.add(new Way(network.id(), gateway.address(), null));
        }
        final List<Way> direct = List.copyOf(ways);
        for (final RouterConfig.Route route : config.routes()) {
            ways.add(new Way(networkOf(route.nextHop(), direct), route.prefix(), route.nextHop()));
        }
        ways.sort(Comparator.comparingInt((Way way) -> way.prefix().length()).reversed());
    }

    private int networkOf(final RouterConfig.Address hop, final List<Way> direct) {
        return direct.stream()
                .filter(way -> way.prefix().ipv6() == hop.ipv6())
                .filter(way -> way.prefix().contains(hop.high(), hop.low()))
                .mapToInt(Way::network)
                .findFirst()
                .orElseThrow(
                        () ->
                                new SwitchException(
                                        "router '%s': a next hop is on none of its networks"
                                                .formatted(config.name())));
    }

    long mac() {
        return config.mac();
    }

    boolean isOn(final int network) {
        return ways.stream().anyMatch(way -> way.nextHop() == null && way.network() == network);
    }

    /** True when the packet is for an address of the router itself. */
    boolean isOwn(final HeaderFields packet) {
        for (final Way way : ways) {
            if (way.nextHop() == null
                    && way.prefix().ipv6() == packet.isIpv6()
                    && way.prefix().high() == packet.destinationHigh
                    && way.prefix().low() == packet.destinationLow) {
                return true;
            }
        }
        return false;
    }

    /** The way to the packet's destination, or null. */
    Way find(final HeaderFields packet) {
        for (final Way way : ways) {
            if (way.prefix().ipv6() == packet.isIpv6()
                    && way.prefix().contains(packet.destinationHigh, packet.destinationLow)) {
                return way;
            }
        }
        return null;
    }
}
