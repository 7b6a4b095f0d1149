package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.view.ConnectionInfo;
import io.vswitch.core.view.FlowInfo;
import io.vswitch.rules.Backend;
import io.vswitch.rules.LoadBalancer;
import io.vswitch.rules.LoadBalancerSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the flows of both directions of a connection together; one request's, on its thread. The
 * other direction is that of the connection's replies or, where no layer remembers one, that of
 * swapped addresses and ports.
 */
final class FlowPairs {
    private static final int MOST = 1 << 24;

    private final VirtualSwitch vswitch;
    private final LoadBalancerSet balancers;
    private final Map<FlowTuple, ConnectionInfo> connections = new HashMap<>();
    private final Map<FlowTuple, List<FlowInfo>> others = new HashMap<>();

    /**
     * A pair.
     *
     * @param there the opener's packets, where it is known who opened; null: no flow now.
     * @param back the other direction; null: no flow now.
     * @param connection null: no layer remembers one.
     * @param backend the load balancer's choice, or null.
     */
    record Pair(FlowInfo there, FlowInfo back, ConnectionInfo connection, String backend) {}

    FlowPairs(final VirtualSwitch vswitch, final LoadBalancerSet balancers) {
        this.vswitch = vswitch;
        this.balancers = balancers;
    }

    /** The pairs of these flows, in their order. */
    List<Pair> of(final Collection<FlowInfo> flows) {
        final Set<FlowTuple> tuples = new HashSet<>();
        flows.forEach(flow -> tuples.add(FlowTuple.of(flow.fields())));
        vswitch.connections(c -> tuples.contains(opener(c)) || isReplied(tuples, c), MOST)
                .forEach(this::add);
        final Set<FlowTuple> wanted = new HashSet<>();
        flows.forEach(flow -> wanted.add(other(FlowTuple.of(flow.fields()))));
        vswitch.flows(flow -> wanted.contains(FlowTuple.of(flow.fields())), MOST)
                .forEach(
                        flow ->
                                others.computeIfAbsent(
                                                FlowTuple.of(flow.fields()), t -> new ArrayList<>())
                                        .add(flow));
        final List<Pair> pairs = new ArrayList<>();
        final Set<FlowTuple> shown = new HashSet<>();
        for (final FlowInfo flow : flows) {
            final FlowTuple tuple = FlowTuple.of(flow.fields());
            if (!shown.contains(other(tuple))) {
                shown.add(tuple);
                pairs.add(pair(flow, tuple));
            }
        }
        return pairs;
    }

    private static FlowTuple opener(final ConnectionInfo connection) {
        return FlowTuple.of(connection.opener());
    }

    private static boolean isReplied(final Set<FlowTuple> tuples, final ConnectionInfo connection) {
        return tuples.contains(FlowTuple.ofReplies(connection));
    }

    /** Of several layers' connections the translated one says most. */
    private void add(final ConnectionInfo connection) {
        for (final FlowTuple tuple : List.of(opener(connection), FlowTuple.ofReplies(connection))) {
            connections.merge(tuple, connection, (a, b) -> a.translated() == null ? b : a);
        }
    }

    private FlowTuple other(final FlowTuple tuple) {
        final ConnectionInfo connection = connections.get(tuple);
        if (connection == null) {
            return tuple.reversed();
        }
        return tuple.equals(opener(connection))
                ? FlowTuple.ofReplies(connection)
                : opener(connection);
    }

    private Pair pair(final FlowInfo flow, final FlowTuple tuple) {
        final ConnectionInfo connection = connections.get(tuple);
        final FlowInfo back =
                others.getOrDefault(other(tuple), List.of()).stream()
                        .filter(f -> f.drop() == null || flow.drop() != null)
                        .findFirst()
                        .orElse(null);
        final boolean forward = connection == null || tuple.equals(opener(connection));
        return new Pair(
                forward ? flow : back, forward ? back : flow, connection, backend(connection));
    }

    private String backend(final ConnectionInfo connection) {
        if (connection == null || connection.translated() == null) {
            return null;
        }
        for (final LoadBalancer balancer : balancers.all()) {
            for (final Backend backend : balancer.backends()) {
                if (isTarget(backend, connection)) {
                    return balancer.name() + " " + backend.id();
                }
            }
        }
        return null;
    }

    private static boolean isTarget(final Backend backend, final ConnectionInfo connection) {
        final var to = connection.translated();
        return backend.address().high() == to.destinationHigh
                && backend.address().low() == to.destinationLow
                && (backend.port() == 0 || backend.port() == to.destinationPort)
                && (connection.opener().destinationLow != to.destinationLow
                        || connection.opener().destinationHigh != to.destinationHigh);
    }
}
