package io.vswitch.containers.docker;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the driver asks of vswitchd; under the driver's lock. Each call is one request: all of it
 * holds, on disk, or nothing. Refuses with vswitchd's own words, also when it doesn't run.
 */
final class SwitchClient implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 20;
    private static final int MAC_LIMIT = 8192;
    private static final long MAC_AGE_MS = 300_000;

    private final ApiClient api;

    SwitchClient(final Path socket) {
        api = new ApiClient(socket, TIMEOUT_SECONDS);
    }

    void apply(final List<Change> changes) {
        if (!changes.isEmpty()) {
            api.apply(changes);
        }
    }

    /** What the switch has, by name. */
    record State(Map<String, Views.Network> networks, Map<String, Views.Port> ports) {}

    /** What the switch has now. */
    State state() {
        return new State(
                read("/v1/networks", Views.Networks.class).networks().stream()
                        .collect(Collectors.toMap(Views.Network::name, Function.identity())),
                read("/v1/ports", Views.Ports.class).ports().stream()
                        .collect(Collectors.toMap(Views.Port::name, Function.identity())));
    }

    private <T> T read(final String path, final Class<T> type) {
        try {
            return Json.read(api.get(path), type);
        } catch (IOException e) {
            throw Refusal.failure("vswitchd's answer can't be read: " + e.getMessage());
        }
    }

    static Change addNetwork(final String name, final String subnet) {
        return new NetworkChange.Add(new NetworkSpec(name, subnet, MAC_LIMIT, MAC_AGE_MS));
    }

    /** A port whose device the engine moves into a container. */
    static Change addEndpoint(final Records.Endpoint endpoint, final Records.Network network) {
        return new PortChange.Add(
                new PortSpec(
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
                        null,
                        new PortSpec.Handover(endpoint.sandbox())));
    }

    /** The host's own leg in a network, with the gateway's addresses; what it sends is trusted. */
    static Change addGateway(final Records.Network network) {
        return new PortChange.Add(
                new PortSpec(
                        network.gatewayPort(),
                        PortType.TAP,
                        network.name(),
                        null,
                        null,
                        network.gatewayPort(),
                        null,
                        network.gateways(),
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
                        PortType.UPLINK,
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

    @Override
    public void close() {
        api.close();
    }
}
