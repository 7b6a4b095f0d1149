package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.l2.Location;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.rules.IpAddress;
import io.vswitch.rules.Mapping;
import io.vswitch.rules.MappingTable;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.ProviderLocator;
import io.vswitch.rules.Space;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the providers of mapping spaces are, and the spaces compiled for each network that asks;
 * under the controller's lock.
 */
final class Providers {
    private final Tunnels tunnels;

    /** Port ids of the tunnels there are, by network. */
    private final Map<String, Integer> tunnelIds = new TreeMap<>();

    private final Map<Key, MappingTable> tables = new HashMap<>();
    private DesiredState state = DesiredState.EMPTY;
    private boolean moved;

    private record Key(String network, Space space) {
        @Override
        public boolean equals(final Object other) {
            return other instanceof Key
                    && network.equals(((Key) other).network)
                    && space == ((Key) other).space;
        }

        @Override
        public int hashCode() {
            return network.hashCode() * 31 + System.identityHashCode(space);
        }
    }

    Providers(final Tunnels tunnels) {
        this.tunnels = tunnels;
    }

    /**
     * What spaces, networks and ports are from now on.
     *
     * @return names of the spaces that are new or not as they were.
     */
    Set<String> state(final DesiredState next) {
        final Set<String> changed = next.spaces().changedSince(state.spaces());
        state = next;
        tables.keySet().removeIf(key -> next.spaces().find(key.space.name()) != key.space);
        return changed;
    }

    /** A port is there. */
    void attached(final PortSpec port, final int id) {
        if (port.type() == PortType.TUNNEL) {
            tunnelIds.put(port.network(), id);
            moved();
        }
    }

    /** A port isn't there any more. */
    void detached(final PortSpec port) {
        if (port.type() == PortType.TUNNEL) {
            tunnelIds.remove(port.network());
            moved();
        }
    }

    private void moved() {
        moved = true;
        tables.clear();
    }

    /** Tunnels came or went since {@link #settled}, and the port's rules may lead through them. */
    boolean moved(final DesiredPort port) {
        return moved && port.policy().encapsulates();
    }

    /** All that {@link #moved} said is compiled anew. */
    void settled() {
        moved = false;
    }

    /** Gives a compiler of a port's what its rules may ask for. */
    PolicyCompiler in(final PolicyCompiler compiler, final String port) {
        final DesiredPort owner = state.ports().get(port);
        final String network = owner == null ? "" : String.valueOf(owner.spec().network());
        return compiler.spaces(
                name -> table(name, network), (address, vni) -> locate(network, address, vni));
    }

    private MappingTable table(final String name, final String network) {
        final Space space = state.spaces().find(name);
        if (space == null) {
            return null;
        }
        final ProviderLocator locator = (address, vni) -> locate(network, address, vni);
        return tables.computeIfAbsent(
                new Key(network, space), key -> new MappingTable(space, locator));
    }

    private int locate(final String own, final IpAddress address, final int vni) {
        final String network = vni == Mapping.OWN_VNI ? own : networkOf(vni);
        final Integer tunnel = network == null ? null : tunnelIds.get(network);
        final NetworkSpec spec = tunnel == null ? null : state.networks().get(network);
        if (spec == null || spec.overlay() == null) {
            return Location.NONE;
        }
        final OverlaySpec overlay = spec.overlay();
        if (address.toString().equals(overlay.local())) {
            return network.equals(own) ? ProviderLocator.THIS_HOST : Location.NONE;
        }
        try {
            return Location.of(tunnel, tunnels.remote(overlay, address.toString()));
        } catch (final SwitchException e) {
            // of the other family, or one too many: no tunnel leads there
            return Location.NONE;
        }
    }

    private String networkOf(final int vni) {
        return tunnelIds.keySet().stream()
                .map(state.networks()::get)
                .filter(n -> n != null && n.overlay() != null && n.overlay().vni() == vni)
                .map(NetworkSpec::name)
                .findFirst()
                .orElse(null);
    }
}
