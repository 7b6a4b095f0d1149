package io.vswitch.core.engine;

import io.vswitch.core.packet.FlowKey;
import java.util.Arrays;
import java.util.List;

/**
 * Everything workers need to know, as of one generation: immutable. The conductor publishes a new
 * one with release order, workers take it with acquire order at the start of a cycle.
 */
final class SwitchSnapshot {
    static final SwitchSnapshot EMPTY =
            new SwitchSnapshot(0, new PortState[0], new NetworkState[0]);

    private final long generation;
    private final PortState[] ports;
    private final NetworkState[] networks;
    private final long keyMask;

    private SwitchSnapshot(
            final long generation, final PortState[] ports, final NetworkState[] networks) {
        this.generation = generation;
        this.ports = ports;
        this.networks = networks;
        this.keyMask = dependsOnTcpFlags(ports) ? -1L : ~FlowKey.TCP_FLAGS_MASK;
    }

    private static boolean dependsOnTcpFlags(final PortState[] ports) {
        for (final PortState port : ports) {
            if (port != null && port.policy().dependsOnTcpFlags()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Bits of the flow key's word 2 that tell flows apart. TCP flags count as soon as the layers of
     * any port look at them: a flow's decision holds those of the port it leaves through, too, and
     * which one that is isn't known when the flow is looked up.
     */
    long keyMask() {
        return keyMask;
    }

    long generation() {
        return generation;
    }

    /** The port with this id, or null. */
    PortState port(final int id) {
        return id >= 0 && id < ports.length ? ports[id] : null;
    }

    /** One more than the largest port id. */
    int portLimit() {
        return ports.length;
    }

    /** The network with this id, or null. */
    NetworkState network(final int id) {
        return id >= 0 && id < networks.length ? networks[id] : null;
    }

    int networkLimit() {
        return networks.length;
    }

    /** The port with this name, or null. */
    PortState port(final String name) {
        for (final PortState port : ports) {
            if (port != null && port.name().equals(name)) {
                return port;
            }
        }
        return null;
    }

    /** Name of the port with this id; of one that has gone its number. */
    String portName(final int id) {
        final PortState port = port(id);
        return port == null ? "port-" + id : port.name();
    }

    /** The network with this name, or null. */
    NetworkState network(final String name) {
        for (final NetworkState network : networks) {
            if (network != null && network.name().equals(name)) {
                return network;
            }
        }
        return null;
    }

    /** The lowest port id that is free. */
    int freePortId() {
        return freeIndex(ports);
    }

    /** The lowest network id that is free. */
    int freeNetworkId() {
        return freeIndex(networks);
    }

    private static int freeIndex(final Object[] slots) {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] == null) {
                return i;
            }
        }
        return slots.length;
    }

    /** The next generation, with this port added or replaced. */
    SwitchSnapshot withPort(final PortState port) {
        return withPorts(put(ports, port.id(), port));
    }

    /** The next generation, without this port. */
    SwitchSnapshot withoutPort(final int id) {
        return withPorts(put(ports, id, null));
    }

    private SwitchSnapshot withPorts(final PortState[] newPorts) {
        final NetworkState[] newNetworks = new NetworkState[networks.length];
        for (int i = 0; i < networks.length; i++) {
            if (networks[i] != null) {
                newNetworks[i] =
                        new NetworkState(
                                i,
                                networks[i].config(),
                                members(newPorts, i),
                                networks[i].router());
            }
        }
        return new SwitchSnapshot(generation + 1, newPorts, newNetworks);
    }

    private static int[] members(final PortState[] ports, final int networkId) {
        return Arrays.stream(ports)
                .filter(p -> p != null && p.networkId() == networkId)
                .mapToInt(PortState::id)
                .toArray();
    }

    /** The next generation, with these states in place of the ports of the same ids. */
    SwitchSnapshot withPolicies(final Iterable<PortState> changed) {
        final PortState[] newPorts = ports.clone();
        for (final PortState port : changed) {
            newPorts[port.id()] = port;
        }
        return new SwitchSnapshot(generation + 1, newPorts, networks);
    }

    /** The next generation, with this network added, without ports. */
    SwitchSnapshot withNetwork(final NetworkConfig config) {
        final int id = freeNetworkId();
        return new SwitchSnapshot(
                generation + 1,
                ports,
                put(networks, id, new NetworkState(id, config, new int[0], null)));
    }

    /** The next generation, with these routers instead of those before. */
    SwitchSnapshot withRouters(final List<RouterConfig> configs) {
        final List<Router> routers = configs.stream().map(c -> new Router(c, this)).toList();
        final NetworkState[] changed = new NetworkState[networks.length];
        for (int id = 0; id < networks.length; id++) {
            if (networks[id] != null) {
                changed[id] = networks[id].with(routerOf(id, routers));
            }
        }
        return new SwitchSnapshot(generation + 1, ports, changed);
    }

    private Router routerOf(final int id, final List<Router> routers) {
        final List<Router> found = routers.stream().filter(r -> r.isOn(id)).toList();
        if (found.size() > 1) {
            throw new SwitchException(
                    "network '" + networks[id].name() + "' is on more than one router");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** The next generation, without this network. */
    SwitchSnapshot withoutNetwork(final int id) {
        if (networks[id].router() != null) {
            throw new SwitchException(
                    "network '" + networks[id].name() + "' is on a router; remove that first");
        }
        return new SwitchSnapshot(generation + 1, ports, put(networks, id, null));
    }

    private static <T> T[] put(final T[] slots, final int index, final T value) {
        final T[] copy = Arrays.copyOf(slots, Math.max(slots.length, index + 1));
        copy[index] = value;
        return copy;
    }
}
