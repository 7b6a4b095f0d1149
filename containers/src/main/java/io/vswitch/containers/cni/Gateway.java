package io.vswitch.containers.cni;

import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's own leg in a network, as {@code isGateway} and {@code ipMasq} of the configuration
 * want it; immutable.
 *
 * @param port of the switch, and its device in the host's namespace.
 */
record Gateway(String port, List<String> addresses, boolean masquerades) {
    /** What a configuration asks for, or null. */
    static Gateway of(final Call call, final Result result) {
        final boolean wanted = call.isTrue("isGateway") || call.isTrue("isDefaultGateway");
        if (!wanted) {
            return null;
        }
        if (result.gateways().isEmpty()) {
            throw new CniException(
                    CniException.BAD_CONFIGURATION,
                    "isGateway needs addresses with a gateway, from ipam");
        }
        return new Gateway(name(call.network()), result.gateways(), call.isTrue("ipMasq"));
    }

    /** The port of a network's gateway: the same name whenever it is asked for. */
    static String name(final String network) {
        return "vh" + Call.port(network, "").substring(2);
    }

    /** Adds it where it isn't yet. */
    void addTo(final List<Change> changes, final String network, final SwitchClient.State state) {
        if (!state.ports().containsKey(port)) {
            changes.add(
                    new PortChange.Add(
                            new PortSpec(
                                    port,
                                    PortType.TAP,
                                    network,
                                    null,
                                    port,
                                    null,
                                    addresses,
                                    0,
                                    List.of(Guards.NONE))));
        }
    }

    /** Sets what the host needs for it; may be repeated. */
    void open() {
        HostSide.forward(port, addresses);
        if (masquerades) {
            HostSide.masquerade(port, addresses);
        }
    }

    /** Routes through it for everything, in the families that it has. */
    List<String> defaults() {
        final List<String> routes = new ArrayList<>();
        for (final String address : addresses) {
            routes.add(Cidr.parse("gateway", address).ip().isV4() ? "0.0.0.0/0" : "::/0");
        }
        return routes;
    }
}
