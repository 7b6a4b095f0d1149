package io.vswitch.rules;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Load balancers ready for the packet path, by name; immutable but for counters, any thread. */
public final class Balancers {
    /** None. */
    public static final Balancers NONE = new Balancers(Map.of());

    private final Map<String, Balancer> byName;

    Balancers(final Map<String, Balancer> byName) {
        this.byName = byName;
    }

    /** The one of this name, or null. */
    Balancer get(final String name) {
        return byName.get(name);
    }

    /** Names of those that are new or not as they were. */
    public Set<String> changedSince(final Balancers before) {
        final Set<String> changed = new HashSet<>();
        byName.forEach(
                (name, balancer) -> {
                    if (before.get(name) != balancer) {
                        changed.add(name);
                    }
                });
        return changed;
    }

    /** Connections ever given to a backend; 0 for one that isn't there. */
    public long opened(final String balancer, final Backend backend) {
        final Balancer found = byName.get(balancer);
        return found == null ? 0 : found.opened(backend);
    }

    /** Destination MAC of packets to a backend, or null when none is known. */
    public String mac(final String balancer, final Backend backend) {
        final Balancer found = byName.get(balancer);
        return found == null ? null : found.mac(backend);
    }

    /** Part of new connections that a backend gets, 0 to 1. */
    public double share(final String balancer, final Backend backend) {
        final Balancer found = byName.get(balancer);
        return found == null ? 0 : found.share(backend);
    }
}
