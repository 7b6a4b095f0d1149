package io.vswitch.ctl.daemon;

import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.rules.Backend;
import io.vswitch.rules.Balancers;
import io.vswitch.rules.LoadBalancer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Load balancers for the eye; any thread, reads snapshots and counters only. */
final class BalancerViews {
    private final DesiredState state;
    private final Balancers live;
    private final Map<String, Integer> rules = new HashMap<>();

    BalancerViews(final Controller controller) {
        this.state = controller.state();
        this.live = controller.balancers();
        state.ports().values().forEach(port -> port.policy().countBalancers(rules));
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
                live.opened(balancer, backend));
    }
}
