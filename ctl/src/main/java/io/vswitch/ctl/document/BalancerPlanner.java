package io.vswitch.ctl.document;

import io.vswitch.ctl.document.Document.BalancerEntry;
import io.vswitch.ctl.state.BackendSpec;
import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.rules.Backend;
import io.vswitch.rules.LoadBalancer;
import io.vswitch.rules.LoadBalancerSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds what leads from the load balancers there are to those of a document; used once. */
final class BalancerPlanner {
    private final Plan plan;
    private final LoadBalancerSet before;

    BalancerPlanner(final Plan plan, final LoadBalancerSet before) {
        this.plan = plan;
        this.before = before;
    }

    /** What is new and what changes. */
    void wanted(final Map<String, BalancerEntry> entries) {
        entries.values().forEach(this::wanted);
    }

    private void wanted(final BalancerEntry entry) {
        final LoadBalancer wanted = entry.balancer();
        final String what = "load-balancer " + wanted.name();
        final Long seed = entry.seeded() ? (Long) wanted.seed() : null;
        final String affinity = wanted.affinity().label();
        final List<BackendSpec> backends = wanted.backends().stream().map(BackendSpec::of).toList();
        if (!before.names().contains(wanted.name())) {
            plan.added(what, (entry.seeded() ? "seed " + seed + ", " : "") + text(wanted));
            plan.step(
                    new BalancerChange.Add(wanted.name(), affinity, seed, backends), entry.place());
            return;
        }
        final LoadBalancer old = before.get(wanted.name());
        final long kept = entry.seeded() ? wanted.seed() : old.seed();
        final LoadBalancer next =
                new LoadBalancer(wanted.name(), wanted.affinity(), kept, wanted.backends());
        if (!old.equals(next)) {
            final boolean reseeded = kept != old.seed();
            plan.changed(
                    what,
                    (reseeded ? "seed " + old.seed() + ", " : "") + text(old),
                    (reseeded ? "seed " + kept + ", " : "") + text(next));
            plan.step(
                    new BalancerChange.Replace(wanted.name(), affinity, kept, backends),
                    entry.place());
        }
    }

    /** What the document doesn't have. */
    void left(final Set<String> wanted, final boolean prune, final Place top) {
        for (final LoadBalancer balancer : before.all()) {
            final String what = "load-balancer " + balancer.name();
            if (wanted.contains(balancer.name())) {
                continue;
            }
            if (prune) {
                plan.removed(what, text(balancer));
                plan.step(
                        new BalancerChange.Delete(balancer.name()),
                        top.key("load-balancers", 1).key(balancer.name(), 1));
            } else {
                plan.stays(what);
            }
        }
    }

    private static String text(final LoadBalancer balancer) {
        return "affinity "
                + balancer.affinity().label()
                + balancer.backends().stream()
                        .map(BalancerPlanner::text)
                        .collect(Collectors.joining());
    }

    private static String text(final Backend backend) {
        return ", "
                + backend.id()
                + " weight "
                + backend.weight()
                + " "
                + backend.state().label()
                + (backend.mac() == null ? "" : " mac " + backend.mac());
    }

    static Map<String, Object> export(final LoadBalancerSet balancers) {
        final Map<String, Object> all = new LinkedHashMap<>();
        for (final LoadBalancer balancer : balancers.all()) {
            final Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("affinity", balancer.affinity().label());
            fields.put("seed", balancer.seed());
            fields.put(
                    "backends", balancer.backends().stream().map(BalancerPlanner::export).toList());
            all.put(balancer.name(), fields);
        }
        return all;
    }

    private static Map<String, Object> export(final Backend backend) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("backend", backend.id());
        fields.put("weight", backend.weight());
        fields.put("state", backend.state().label());
        if (backend.mac() != null) {
            fields.put("mac", backend.mac().toString());
        }
        return fields;
    }
}
