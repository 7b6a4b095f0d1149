package io.vswitch.ctl.state;

import java.util.List;
import java.util.Objects;

/** A change of the routers between networks; immutable. */
public sealed interface RouterChange extends Change {
    /** Name of the router. */
    String name();

    /**
     * One router more.
     *
     * @param mac of its gateways; null in a request: made from the name, so the same on every host.
     * @param networks each with its gateway addresses; none in a request: the subnet's first.
     * @param routes by next hop, which is on one of the networks.
     */
    record Add(String name, String mac, List<Attachment> networks, List<Route> routes)
            implements RouterChange {
        public Add {
            networks = networks == null ? List.of() : List.copyOf(networks);
            routes = routes == null ? List.of() : List.copyOf(routes);
        }

        @Override
        public DesiredState applyTo(final DesiredState state) {
            Names.checkLabel("router", name);
            if (networks.isEmpty()) {
                throw Refusal.usage("router '" + name + "' needs a network");
            }
            if (state.networks().values().stream().anyMatch(n -> isOn(n, name))) {
                throw Refusal.failure("router '" + name + "' is there already");
            }
            DesiredState next = state;
            for (final Attachment attachment : networks) {
                next = attached(next, attachment);
            }
            requireNextHops();
            return next;
        }

        private DesiredState attached(final DesiredState state, final Attachment attachment) {
            final NetworkSpec network = state.network(attachment.network());
            if (network.gateway() != null) {
                throw Refusal.failure(
                        "network '%s' is on router '%s' already"
                                .formatted(network.name(), network.gateway().router()));
            }
            final NetworkSpec changed =
                    network.with(
                            new GatewaySpec(
                                    name,
                                    mac,
                                    attachment.addresses(),
                                    routes.stream().filter(attachment::reaches).toList()));
            OverlayChecks.checkGateway(changed, state);
            return state.with(changed);
        }

        private void requireNextHops() {
            for (final Route route : routes) {
                if (networks.stream().noneMatch(a -> a.reaches(route))) {
                    throw Refusal.usage(
                            "route '%s': its next hop is on none of the router's networks"
                                    .formatted(route));
                }
            }
        }
    }

    /** A network of a router and the router's addresses there, with length. */
    record Attachment(String network, List<String> addresses) {
        public Attachment {
            addresses = addresses == null ? List.of() : List.copyOf(addresses);
        }

        boolean reaches(final Route route) {
            return route.gateway() != null
                    && addresses.stream()
                            .map(a -> Cidr.parse("gateway", a))
                            .anyMatch(a -> a.contains(Ip.parse("next hop", route.gateway())));
        }
    }

    /** One router less. */
    record Delete(String name) implements RouterChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            DesiredState next = state;
            for (final NetworkSpec network : state.networks().values()) {
                if (isOn(network, name)) {
                    next = next.with(network.with((GatewaySpec) null));
                }
            }
            if (next == state) {
                throw Names.unknown(
                        "router",
                        name,
                        state.networks().values().stream()
                                .map(NetworkSpec::gateway)
                                .filter(Objects::nonNull)
                                .map(GatewaySpec::router)
                                .distinct()
                                .toList());
            }
            return next;
        }
    }

    private static boolean isOn(final NetworkSpec network, final String router) {
        return network.gateway() != null && network.gateway().router().equals(router);
    }
}
