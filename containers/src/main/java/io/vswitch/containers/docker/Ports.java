package io.vswitch.containers.docker;

import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import java.util.ArrayList;
import java.util.List;

/** The ports that a network and its endpoints are made of, as requests to vswitchd; stateless. */
final class Ports {
    /** The layer of {@code mode=l2tunnel}. */
    private static final String TUNNEL = "l2tunnel";

    private Ports() {}

    /** The network, with its way to other hosts. */
    static Change addNetwork(final Records.Network network) {
        final String subnet = network.subnets().isEmpty() ? null : network.subnets().get(0);
        return SwitchClient.addNetwork(network.name(), subnet, network.options().overlay());
    }

    /** A port whose device the engine moves into a container. */
    static List<Change> addEndpoint(
            final Records.Endpoint endpoint, final Records.Network network) {
        final EndpointPolicy policy =
                endpoint.policy() == null ? EndpointPolicy.NONE : endpoint.policy();
        final List<Change> changes = new ArrayList<>();
        changes.add(new PortChange.Add(spec(endpoint, network, policy)));
        changes.addAll(policy.rules(endpoint.port()));
        if (network.options().mode() == Mode.L2TUNNEL) {
            changes.addAll(tunnelled(endpoint.port(), network.uplinkPort()));
        }
        return changes;
    }

    /** All that a container sends leaves the host, whomever it is for. */
    private static List<Change> tunnelled(final String port, final String uplink) {
        final int priority = PolicyChange.DEFAULT_PRIORITY;
        final String owner = EndpointPolicy.LAYER;
        return List.of(
                new PolicyChange.AddLayer(port, TUNNEL, priority, "allow", false, owner),
                new PolicyChange.AddGroup(port, TUNNEL, "out", "out", priority, null),
                new PolicyChange.AddRule(
                        port, TUNNEL, "out", "all", priority, "redirect " + uplink));
    }

    private static PortSpec spec(
            final Records.Endpoint endpoint,
            final Records.Network network,
            final EndpointPolicy policy) {
        return new PortSpec(
                endpoint.port(),
                PortType.TAP,
                network.name(),
                null,
                null,
                endpoint.port(),
                endpoint.mac(),
                endpoint.addresses(),
                List.of(),
                network.options().mtu(),
                true,
                true,
                network.options().guards(),
                policy.limits(),
                new PortSpec.Handover(endpoint.sandbox()));
    }

    /** The host's own leg in a network, with the gateway's addresses; what it sends is trusted. */
    static Change addGateway(final Records.Network network) {
        return addHostPort(network.gatewayPort(), network, network.gateways());
    }

    /** A port with a device of this name on the host; what it sends is trusted. */
    static Change addHostPort(
            final String name, final Records.Network network, final List<String> addresses) {
        return new PortChange.Add(
                new PortSpec(
                        name,
                        PortType.TAP,
                        network.name(),
                        null,
                        null,
                        name,
                        null,
                        addresses,
                        List.of(),
                        network.options().mtu(),
                        true,
                        true,
                        List.of(Guards.NONE),
                        null,
                        null));
    }

    /** A device of the host, which is there, in a network. */
    static Change addUplink(final Records.Network network) {
        return new PortChange.Add(
                new PortSpec(
                        network.uplinkPort(),
                        network.options().mode().isBridged() ? PortType.L2BRIDGE : PortType.UPLINK,
                        network.name(),
                        null,
                        null,
                        network.options().uplink(),
                        null,
                        List.of(),
                        List.of(),
                        0,
                        true,
                        true,
                        List.of(Guards.NONE),
                        null,
                        null));
    }
}
