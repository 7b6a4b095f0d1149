package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.view.ConnectionInfo;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.rules.Backend;
import io.vswitch.rules.Balancers;
import io.vswitch.rules.IpAddress;
import io.vswitch.rules.LoadBalancer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Load balancers for the eye; any thread, reads snapshots and counters only. */
final class BalancerViews {
    private static final Set<String> OVER = Set.of("closed", "time-wait");

    private final DesiredState state;
    private final Balancers live;
    private final Map<String, Integer> rules = new HashMap<>();

    /** By address, and by address and port. */
    private final Map<String, Long> connections = new HashMap<>();

    BalancerViews(final Controller controller, final VirtualSwitch vswitch) {
        this.state = controller.state();
        this.live = controller.balancers();
        if (!state.balancers().names().isEmpty()) {
            vswitch.connections(this::count, 1);
        }
        state.ports().values().forEach(port -> port.policy().countBalancers(rules));
    }

    /** Counts on the worker's thread, which is waited for; wants no connection itself. */
    private boolean count(final ConnectionInfo connection) {
        final HeaderFields to = connection.translated();
        if (to != null && !OVER.contains(connection.state())) {
            final String address = to.destinationHigh + " " + to.destinationLow;
            connections.merge(address, 1L, Long::sum);
            connections.merge(address + " " + to.destinationPort, 1L, Long::sum);
        }
        return false;
    }

    private long connections(final Backend backend) {
        final IpAddress ip = backend.address();
        final String address = ip.high() + " " + ip.low();
        return connections.getOrDefault(
                backend.port() == 0 ? address : address + " " + backend.port(), 0L);
    }

    Views.Balancers all() {
        return new Views.Balancers(state.balancers().all().stream().map(this::view).toList());
    }

    private Views.Balancer view(final LoadBalancer balancer) {
        final List<Views.Backend> backends =
                balancer.backends().stream().map(b -> view(balancer.name(), b)).toList();
        return new Views.Balancer(
                balancer.name(),
                balancer.affinity().label(),
                balancer.seed(),
                rules.getOrDefault(balancer.name(), 0),
                backends);
    }

    private Views.Backend view(final String balancer, final Backend backend) {
        return new Views.Backend(
                backend.id(),
                backend.weight(),
                backend.state().label(),
                live.mac(balancer, backend),
                Math.round(live.share(balancer, backend) * 1000) / 10.0,
                connections(backend),
                live.opened(balancer, backend));
    }
}
