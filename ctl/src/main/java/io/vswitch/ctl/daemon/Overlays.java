package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.RouterConfig;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.port.Port;
import io.vswitch.core.view.MacPin;
import io.vswitch.core.view.Neighbour;
import io.vswitch.ctl.directory.Catalogue;
import io.vswitch.ctl.directory.Directory;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Brings tunnels' peers, pinned MACs and known neighbours in line with the desired state; under the
 * controller's lock. What is there already is left alone.
 */
final class Overlays {
    private final VirtualSwitch vswitch;
    private final Tunnels tunnels;
    private List<RouterConfig> routers = List.of();
    private final OwnEndpoints own = new OwnEndpoints();
    private final SharedMacs sharedMacs = new SharedMacs();
    private final Map<String, Live> networks = new HashMap<>();
    private final Map<String, Port> tunnelPorts = new HashMap<>();

    /** What the switch was told of one network. */
    private static final class Live {
        private Map<Long, MacPin> pins = Map.of();
        private Map<Neighbour, Neighbour> neighbours = Map.of();
        private Set<String> peers;
    }

    Overlays(final VirtualSwitch vswitch, final Tunnels tunnels) {
        this.vswitch = vswitch;
        this.tunnels = tunnels;
    }

    /** Opens the tunnel port of a network. */
    Port open(final NetworkSpec network) {
        return tunnels.open(network.overlay());
    }

    void attached(final PortSpec spec, final Port port) {
        if (spec.type() == PortType.TUNNEL) {
            tunnelPorts.put(spec.name(), port);
        }
        sharedMacs.attached(spec, port);
    }

    /** A port has gone, and with it what was pinned to it. */
    void detached(final String port) {
        tunnelPorts.remove(port);
        sharedMacs.detached(port);
        for (final Live live : networks.values()) {
            live.pins =
                    live.pins.entrySet().stream()
                            .filter(e -> !e.getValue().port().equals(port))
                            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }
        // whatever tunnel comes in its place is to be told anew
        networks.values().forEach(live -> live.peers = null);
    }

    /** From now on what others publish counts, and they hear of this host. */
    void directory(final Directory shared) {
        own.directory(shared);
    }

    /** Takes in what the directory says now; {@link #publish} acts on it. */
    void takeDirectory() {
        own.refresh();
    }

    /** What all hosts have published, as it was taken in last. */
    Catalogue catalogue() {
        return own.catalogue();
    }

    /** Before networks go: none of them may be on a router. */
    void releaseNetworks(final DesiredState next) {
        final boolean isUsed =
                routers.stream()
                        .flatMap(router -> router.gateways().stream())
                        .map(gateway -> next.networks().get(gateway.network()))
                        .anyMatch(network -> network == null || network.gateway() == null);
        if (isUsed) {
            vswitch.routers(List.of());
            routers = List.of();
        }
    }

    /** A network has gone from the switch, with all that it was told. */
    void forget(final String network) {
        networks.remove(network);
    }

    /**
     * Tells the switch what is new.
     *
     * @param isAttached ports that aren't get no MACs.
     */
    void publish(final DesiredState state, final Set<String> isAttached) {
        for (final NetworkSpec network : state.networks().values()) {
            final Catalogue others = own.catalogue();
            publish(network, Wanted.of(network, state, isAttached, this::remote, others));
        }
        final List<RouterConfig> wanted = Gateways.of(state);
        if (!wanted.equals(routers)) {
            vswitch.routers(wanted);
            routers = wanted;
        }
        own.publish(state, isAttached);
        sharedMacs.publish(state);
        tunnels.retain(
                state.networks().values().stream()
                        .map(NetworkSpec::overlay)
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet()));
    }

    private int remote(final NetworkSpec network, final String address) {
        return tunnels.remote(network.overlay(), address);
    }

    private void publish(final NetworkSpec network, final Wanted wanted) {
        final Live live = networks.computeIfAbsent(network.name(), name -> new Live());
        final Port tunnel = network.overlay() == null ? null : tunnelPorts.get(network.tunnel());
        if (tunnel != null && !wanted.peers().equals(live.peers)) {
            final int[] peers =
                    wanted.peers().stream().mapToInt(peer -> remote(network, peer)).toArray();
            tunnels.peers(tunnel, peers, network.overlay().anyPeer());
            live.peers = wanted.peers();
        }
        final List<MacPin> pins =
                changes(live.pins, wanted.pins(), gone -> new MacPin(gone.mac(), null, 0));
        if (!pins.isEmpty()) {
            vswitch.mappings(network.name()).pin(pins);
        }
        live.pins = wanted.pins();
        final List<Neighbour> neighbours =
                changes(
                        live.neighbours,
                        wanted.neighbours(),
                        gone -> new Neighbour(gone.ipv6(), gone.high(), gone.low(), 0));
        if (!neighbours.isEmpty()) {
            vswitch.mappings(network.name()).neighbours(neighbours);
        }
        live.neighbours = wanted.neighbours();
    }

    /** What goes, then what is new or other than before. */
    private static <K, V> List<V> changes(
            final Map<K, V> before, final Map<K, V> after, final Function<V, V> removal) {
        if (before.equals(after)) {
            return List.of();
        }
        final List<V> changes = new ArrayList<>();
        before.forEach(
                (key, value) -> {
                    if (!after.containsKey(key)) {
                        changes.add(removal.apply(value));
                    }
                });
        after.forEach(
                (key, value) -> {
                    if (!value.equals(before.get(key))) {
                        changes.add(value);
                    }
                });
        return changes;
    }
}
