package io.vswitch.containers.docker;

import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.api.OverlayViews;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.BackendSpec;
import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.StaticNeighbour;
import io.vswitch.ctl.state.TagChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What differs between a {@link ServicePlan} and the switch's tags, load balancers and neighbours;
 * one use.
 */
final class ServiceSteps {
    private final ServicePlan plan;
    private final SwitchClient vswitch;
    private final List<Step> steps = new ArrayList<>();
    private final List<Step> last = new ArrayList<>();

    ServiceSteps(final ServicePlan plan, final SwitchClient vswitch) {
        this.plan = plan;
        this.vswitch = vswitch;
        tags();
        balancers();
        plan.neighbours.forEach(this::neighbours);
    }

    /** What rules need; before the rules. */
    List<Step> first() {
        return steps;
    }

    /** What rules needed; after the rules. */
    List<Step> last() {
        return last;
    }

    private static void add(
            final List<Step> to, final String about, final String difference, final Change change) {
        to.add(new Step(about, difference, List.of(change)));
    }

    private void tags() {
        final Map<String, List<String>> there = new HashMap<>();
        vswitch.read("/v1/tags", Views.Tags.class)
                .tags()
                .forEach(tag -> there.put(tag.name(), tag.members()));
        plan.tags.forEach(
                (name, members) -> {
                    if (!there.containsKey(name)) {
                        add(steps, name, "tag is missing", new TagChange.Add(name, members));
                    } else if (!new TreeSet<>(there.get(name)).equals(new TreeSet<>(members))) {
                        add(
                                steps,
                                name,
                                "tag has addresses %s, should have %s"
                                        .formatted(there.get(name), members),
                                new TagChange.Replace(name, members));
                    }
                });
        for (final String name : there.keySet()) {
            if (name.startsWith(ServicePlan.PREFIX) && !plan.tags.containsKey(name)) {
                add(last, name, "tag of a service that is gone", new TagChange.Delete(name));
            }
        }
    }

    private void balancers() {
        final Map<String, Views.Balancer> there = new HashMap<>();
        vswitch.read("/v1/load-balancers", Views.Balancers.class)
                .balancers()
                .forEach(balancer -> there.put(balancer.name(), balancer));
        plan.balancers.forEach((name, backends) -> balancer(name, backends, there.get(name)));
        for (final String name : there.keySet()) {
            if (name.startsWith(ServicePlan.PREFIX) && !plan.balancers.containsKey(name)) {
                add(
                        last,
                        name,
                        "load balancer of a service that is gone",
                        new BalancerChange.Delete(name));
            }
        }
    }

    private void balancer(
            final String name, final List<BackendSpec> backends, final Views.Balancer has) {
        if (has == null) {
            add(
                    steps,
                    name,
                    "load balancer is missing",
                    new BalancerChange.Add(name, null, null, backends));
            return;
        }
        final Set<String> wanted = new TreeSet<>();
        backends.forEach(b -> wanted.add(b.id() + " " + b.state()));
        final Set<String> there = new TreeSet<>();
        has.backends().forEach(b -> there.add(b.backend() + " " + b.state()));
        if (!wanted.equals(there)) {
            add(
                    steps,
                    name,
                    "load balancer has %s, should have %s".formatted(there, wanted),
                    new BalancerChange.Replace(name, has.affinity(), has.seed(), backends));
        }
    }

    private void neighbours(final String network, final Map<String, String> wanted) {
        final Set<String> there = new HashSet<>();
        for (final OverlayViews.Neighbour neighbour :
                vswitch.read("/v1/neighbours?network=" + network, OverlayViews.Neighbours.class)
                        .neighbours()) {
            if (!neighbour.source().equals("config")) {
                continue;
            }
            there.add(neighbour.ip());
            if (!wanted.containsKey(neighbour.ip())
                    && neighbour.mac().equals(ServicePlan.mac(neighbour.ip()))) {
                add(
                        steps,
                        network,
                        "answers for %s, the address of no service".formatted(neighbour.ip()),
                        new OverlayChange.DeleteNeighbour(network, neighbour.ip()));
            }
        }
        wanted.forEach(
                (ip, mac) -> {
                    if (!there.contains(ip)) {
                        add(
                                steps,
                                network,
                                "doesn't answer for " + ip,
                                new OverlayChange.AddNeighbour(
                                        network, new StaticNeighbour(ip, mac, null)));
                    }
                });
    }
}
