package io.vswitch.core.engine;

import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Changes of networks and ports, each the step from one snapshot to the next. Any thread asks; the
 * conductor makes them, one after the other. A refused one throws {@link SwitchException} with one
 * line and changes nothing.
 */
final class SwitchChanges {
    private static final Runnable NOTHING = () -> {};

    private final Conductor conductor;
    private final PortBooks books;
    private final Set<Port> gonePorts;
    private final int workers;

    /**
     * @param gonePorts ports whose device has gone; those removed are taken out.
     * @param workers number of workers.
     */
    SwitchChanges(
            final Conductor conductor,
            final PortBooks books,
            final Set<Port> gonePorts,
            final int workers) {
        this.conductor = conductor;
        this.books = books;
        this.gonePorts = gonePorts;
        this.workers = workers;
    }

    void routers(final List<RouterConfig> routers) {
        conductor.change(current -> current.withRouters(routers), NOTHING);
    }

    void addNetwork(final NetworkConfig network) {
        conductor.change(
                current -> {
                    if (current.network(network.name()) != null) {
                        throw new SwitchException(
                                "network '" + network.name() + "' exists already");
                    }
                    return current.withNetwork(network);
                },
                NOTHING);
    }

    void removeNetwork(final String name) {
        conductor.change(
                current -> {
                    final NetworkState network = requireNetwork(current, name);
                    if (network.members().length > 0) {
                        throw new SwitchException(
                                "network '"
                                        + name
                                        + "' still has "
                                        + network.members().length
                                        + " port(s), the first is '"
                                        + current.port(network.members()[0]).name()
                                        + "'; remove them first");
                    }
                    return current.withoutNetwork(network.id());
                },
                NOTHING);
    }

    static NetworkState requireNetwork(final SwitchSnapshot current, final String name) {
        final NetworkState network = current.network(name);
        if (network == null) {
            throw new SwitchException("unknown network '" + name + "'");
        }
        return network;
    }

    static PortState requirePort(final SwitchSnapshot current, final String name) {
        final PortState port = current.port(name);
        if (port == null) {
            throw new SwitchException("unknown port '" + name + "'");
        }
        return port;
    }

    int addPort(
            final Port port,
            final String network,
            final PortPolicy policy,
            final boolean enabled,
            final PortGuards guards) {
        final int[] id = new int[1];
        conductor.change(
                current -> {
                    final PortState added = newPort(current, port, network, policy);
                    final PortState state = added.withEnabled(enabled).withGuards(guards);
                    id[0] = state.id();
                    return current.withPort(state);
                },
                NOTHING);
        return id[0];
    }

    private PortState newPort(
            final SwitchSnapshot current,
            final Port port,
            final String network,
            final PortPolicy policy) {
        if (current.port(port.name()) != null) {
            throw new SwitchException("port '" + port.name() + "' exists already");
        }
        if (port.queueCount() < workers) {
            throw new SwitchException(
                    "port '"
                            + port.name()
                            + "' has "
                            + port.queueCount()
                            + " queue(s); the switch has "
                            + workers
                            + " workers and needs one for each");
        }
        final int networkId =
                network == null ? PortState.NO_NETWORK : requireNetwork(current, network).id();
        for (int i = 0; i < workers; i++) {
            // what this throws refuses the port; a worker could only log it
            port.queue(i);
        }
        return new PortState(
                current.freePortId(),
                port,
                networkId,
                policy,
                true,
                books.open(port.name()),
                PortGuards.NONE);
    }

    void removePort(final String name) {
        final PortState[] removed = new PortState[1];
        conductor.change(
                current -> {
                    removed[0] = requirePort(current, name);
                    books.leave(removed[0]);
                    return current.withoutPort(removed[0].id());
                },
                () -> retire(removed[0]));
    }

    /** Runs on the conductor's thread when no worker uses the port any more. */
    private void retire(final PortState port) {
        books.retire(port);
        gonePorts.remove(port.port());
        port.port().close();
    }

    void enablePort(final String name, final boolean enabled) {
        conductor.change(
                current -> current.withPort(requirePort(current, name).withEnabled(enabled)),
                NOTHING);
    }

    void guards(final String name, final PortGuards guards) {
        conductor.change(
                current -> current.withPort(requirePort(current, name).withGuards(guards)),
                NOTHING);
    }

    void policies(final List<String> ports, final List<PortPolicy> policies) {
        conductor.change(
                current -> {
                    final List<PortState> changed = new ArrayList<>(ports.size());
                    for (int i = 0; i < ports.size(); i++) {
                        changed.add(requirePort(current, ports.get(i)).withPolicy(policies.get(i)));
                    }
                    return current.withPolicies(changed);
                },
                NOTHING);
    }
}
