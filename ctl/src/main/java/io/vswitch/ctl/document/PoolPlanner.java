package io.vswitch.ctl.document;

import io.vswitch.ctl.document.Document.PoolEntry;
import io.vswitch.ctl.state.PoolChange;
import io.vswitch.rules.Pool;
import io.vswitch.rules.PoolSet;
import java.util.Map;
import java.util.Set;

/** Finds what leads from the pools there are to those of a document; used once. */
final class PoolPlanner {
    private final Plan plan;
    private final PoolSet before;

    PoolPlanner(final Plan plan, final PoolSet before) {
        this.plan = plan;
        this.before = before;
    }

    /** What is new and what changes. */
    void wanted(final Map<String, PoolEntry> entries) {
        for (final PoolEntry entry : entries.values()) {
            final Pool pool = entry.pool();
            final String what = "pool " + pool.name();
            if (!before.names().contains(pool.name())) {
                plan.added(what, text(pool));
                plan.step(
                        new PoolChange.Add(pool.name(), pool.items(), pool.ports()), entry.place());
            } else if (!before.pool(pool.name()).equals(pool)) {
                plan.changed(what, text(before.pool(pool.name())), text(pool));
                plan.step(
                        new PoolChange.Replace(pool.name(), pool.items(), pool.ports()),
                        entry.place());
            }
        }
    }

    /** What the document doesn't have. */
    void left(final Set<String> wanted, final boolean prune, final Place section) {
        for (final Pool pool : before.pools()) {
            if (!wanted.contains(pool.name())) {
                left(pool, prune, section);
            }
        }
    }

    private void left(final Pool pool, final boolean prune, final Place section) {
        if (!prune) {
            plan.stays("pool " + pool.name());
            return;
        }
        plan.removed("pool " + pool.name(), text(pool));
        plan.step(new PoolChange.Delete(pool.name()), section.key(pool.name(), 1));
    }

    private static String text(final Pool pool) {
        return String.join(" ", pool.items()) + " ports " + pool.ports();
    }
}
