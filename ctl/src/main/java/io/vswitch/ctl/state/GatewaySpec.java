package io.vswitch.ctl.state;

import java.util.List;

/**
 * A network's part of a router; immutable.
 *
 * @param router name of the router: networks of one name are routed.
 * @param mac of all its gateways, the same on every host.
 * @param addresses of the router on this network, with length; endpoints have them as gateway.
 * @param routes what is reached by a next hop on this network.
 */
public record GatewaySpec(String router, String mac, List<String> addresses, List<Route> routes) {
    public GatewaySpec {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
        routes = routes == null ? List.of() : List.copyOf(routes);
    }
}
