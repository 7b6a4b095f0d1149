package io.vswitch.ctl.directory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The newest of what each host has published; guarded by itself. A host that leaves is remembered
 * for a while: its endpoints may be reachable while the directory isn't.
 */
final class HostStates {
    private final long holdNs;
    private final Map<String, HostState> states = new HashMap<>();
    private final Map<String, Long> leftAt = new HashMap<>();

    /**
     * @param holdMs how long a host that has left is remembered, milliseconds.
     */
    HostStates(final long holdMs) {
        holdNs = holdMs * 1_000_000;
    }

    /** Takes in a state; false when a newer one, or the same, is there. */
    synchronized boolean put(final HostState state) {
        leftAt.remove(state.node());
        final HostState before = states.get(state.node());
        if (before != null && before.version() >= state.version()) {
            return false;
        }
        states.put(state.node(), state);
        return true;
    }

    /** A host isn't among the members any more. */
    synchronized void left(final String node, final long nowNs) {
        leftAt.putIfAbsent(node, nowNs);
    }

    /** Forgets the hosts that left long enough ago; true when there were some. */
    synchronized boolean expire(final long nowNs) {
        final Set<String> gone = new HashSet<>();
        leftAt.forEach(
                (node, at) -> {
                    if (nowNs - at >= holdNs) {
                        gone.add(node);
                    }
                });
        leftAt.keySet().removeAll(gone);
        return states.keySet().removeAll(gone);
    }

    /** Forgets a host at once; false when it isn't known. */
    synchronized boolean remove(final String node) {
        leftAt.remove(node);
        return states.remove(node) != null;
    }

    synchronized HostState get(final String node) {
        return states.get(node);
    }

    synchronized Collection<HostState> all() {
        return new ArrayList<>(states.values());
    }
}
