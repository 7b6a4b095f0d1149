package io.vswitch.containers.docker;

import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.PortChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What differs between the driver's records, which are what the engine wants, and the switch.
 * Stateless.
 */
final class Reconciliation {
    private Reconciliation() {}

    /**
     * All that makes the switch have what the records say, and no more of the engine's; each step
     * is whole by itself.
     */
    static List<List<Change>> steps(final Records records, final SwitchClient.State state) {
        final List<List<Change>> steps = new ArrayList<>();
        superfluous(records, state).forEach(change -> steps.add(List.of(change)));
        for (final Records.Network network : records.networks().all()) {
            missing(network, state).forEach(change -> steps.add(List.of(change)));
        }
        for (final Records.Endpoint endpoint : records.endpoints().all()) {
            final Records.Network network = records.networks().get(endpoint.network());
            final Views.Port port = state.ports().get(endpoint.port());
            if (port == null && network != null) {
                steps.add(Ports.addEndpoint(endpoint, network));
            } else if (port != null && !same(endpoint.sandbox(), port.netns())) {
                steps.add(List.of(new PortChange.HandOver(endpoint.port(), endpoint.sandbox())));
            }
        }
        return steps;
    }

    /** A step in words. */
    static Audit.Difference described(final Change change) {
        if (change instanceof PortChange.Add add) {
            return new Audit.Difference(add.port().name(), "port is missing");
        }
        if (change instanceof PortChange.Delete delete) {
            return new Audit.Difference(delete.name(), "port that no container has");
        }
        if (change instanceof PortChange.HandOver over) {
            return new Audit.Difference(over.name(), "its namespace is " + over.netns());
        }
        if (change instanceof NetworkChange.Add add) {
            return new Audit.Difference(add.network().name(), "network is missing");
        }
        if (change instanceof NetworkChange.Delete delete) {
            return new Audit.Difference(delete.name(), "network that the engine doesn't have");
        }
        return new Audit.Difference("switch", change.toString());
    }

    private static boolean same(final String one, final String other) {
        return one == null ? other == null : one.equals(other);
    }

    /** What a network lacks: itself, and the ports that are always on it. */
    static List<Change> missing(final Records.Network network, final SwitchClient.State state) {
        final List<Change> changes = new ArrayList<>();
        if (!state.networks().containsKey(network.name())) {
            changes.add(Ports.addNetwork(network));
        }
        final Mode mode = network.options().mode();
        if (mode == Mode.NAT && !state.ports().containsKey(network.gatewayPort())) {
            changes.add(Ports.addGateway(network));
        }
        if (mode.hasUplink() && !state.ports().containsKey(network.uplinkPort())) {
            changes.add(Ports.addUplink(network));
        }
        return changes;
    }

    /** Ports and networks that were made for the engine and that the records don't have. */
    static List<Change> superfluous(final Records records, final SwitchClient.State state) {
        final Set<String> networks = new HashSet<>();
        final Set<String> ports = new HashSet<>();
        for (final Records.Network network : records.networks().all()) {
            networks.add(network.name());
            ports.add(network.gatewayPort());
            ports.add(network.uplinkPort());
        }
        records.endpoints().all().forEach(endpoint -> ports.add(endpoint.port()));
        final Stream<Change> noPorts =
                state.ports().values().stream()
                        .filter(port -> isOurs(port.network()) && isMade(port))
                        .filter(port -> !ports.contains(port.name()))
                        .filter(port -> !records.isNew() || !isInUse(port))
                        .map(port -> new PortChange.Delete(port.name()));
        final Stream<Change> noNetworks =
                state.networks().keySet().stream()
                        .filter(name -> isOurs(name) && !networks.contains(name))
                        .filter(
                                name ->
                                        state.ports().values().stream()
                                                .noneMatch(port -> isForeign(port, name)))
                        .map(NetworkChange.Delete::new);
        return Stream.concat(noPorts, noNetworks).collect(Collectors.toList());
    }

    private static boolean isOurs(final String network) {
        return network != null && network.startsWith(Records.NAME_PREFIX);
    }

    private static boolean isMade(final Views.Port port) {
        return port.name().matches("vd[0-9a-zA-Z]{11}|v[gu][0-9a-zA-Z]{12}");
    }

    /** A container has its device. */
    private static boolean isInUse(final Views.Port port) {
        return port.netns() != null && isNamespace(Path.of(port.netns()));
    }

    /** Somebody added a port of his own: the network stays as long as that. */
    private static boolean isForeign(final Views.Port port, final String network) {
        return network.equals(port.network()) && !isMade(port) && !port.type().equals("tunnel");
    }

    /**
     * Endpoints whose namespace has ended: it never comes back, and their device has gone with it.
     */
    static List<Records.Endpoint> dead(final Records records, final SwitchClient.State state) {
        return records.endpoints().all().stream()
                .filter(endpoint -> endpoint.sandbox() != null)
                .filter(endpoint -> !isNamespace(Path.of(endpoint.sandbox())))
                .filter(endpoint -> isGone(state.ports().get(endpoint.port())))
                .toList();
    }

    private static boolean isGone(final Views.Port port) {
        return port == null || port.state().equals("gone");
    }

    /** The engine leaves a plain file for a while where a namespace was mounted. */
    private static boolean isNamespace(final Path path) {
        try {
            return Files.exists(path) && Files.getFileStore(path).type().equals("nsfs");
        } catch (final IOException e) {
            return true;
        }
    }
}
