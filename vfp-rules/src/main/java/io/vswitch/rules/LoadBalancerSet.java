package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeMap;

/**
 * All load balancers of a switch; immutable. A change makes a new set, or throws {@link
 * SwitchException} with one line.
 */
public final class LoadBalancerSet {
    /** No load balancers. */
    public static final LoadBalancerSet EMPTY = new LoadBalancerSet(new TreeMap<>());

    private final TreeMap<String, LoadBalancer> byName;

    private LoadBalancerSet(final TreeMap<String, LoadBalancer> byName) {
        this.byName = byName;
    }

    /** All, by name. */
    public Collection<LoadBalancer> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Names, sorted. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** The load balancer of this name. */
    public LoadBalancer get(final String name) {
        final LoadBalancer found = byName.get(name);
        if (found == null) {
            final String shown = Names.printable(name);
            throw new SwitchException(
                    "no load balancer '" + shown + "'" + Names.hint(shown, byName.keySet()));
        }
        return found;
    }

    /** Refuses an action that names a load balancer that isn't there. */
    public void check(final Action action) {
        if (action instanceof Action.Balance) {
            get(((Action.Balance) action).balancer());
        }
    }

    /** One more. */
    public LoadBalancerSet with(final LoadBalancer added) {
        if (byName.containsKey(added.name())) {
            throw new SwitchException("load balancer '" + added.name() + "' is there already");
        }
        return put(added);
    }

    /** Another one in the place of that of its name. */
    public LoadBalancerSet withReplaced(final LoadBalancer changed) {
        get(changed.name());
        return put(changed);
    }

    /** One less. */
    public LoadBalancerSet without(final String name) {
        get(name);
        final TreeMap<String, LoadBalancer> rest = new TreeMap<>(byName);
        rest.remove(name);
        return new LoadBalancerSet(rest);
    }

    private LoadBalancerSet put(final LoadBalancer balancer) {
        final TreeMap<String, LoadBalancer> changed = new TreeMap<>(byName);
        changed.put(balancer.name(), balancer);
        return new LoadBalancerSet(changed);
    }
}
