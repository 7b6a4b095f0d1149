package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A named set of backends among which {@code balance NAME} shares out connections; immutable.
 *
 * @param name unique in the switch, 1 to 63 characters.
 * @param affinity what decides the backend.
 * @param seed of the hash; the same seed and backends choose alike in every switch.
 * @param backends by address and port, all of one family.
 */
public record LoadBalancer(String name, Affinity affinity, long seed, List<Backend> backends) {
    /** Most backends. */
    public static final int MAX_BACKENDS = 4096;

    public LoadBalancer {
        Names.check("load balancer", name);
        final List<Backend> sorted = new ArrayList<>(backends);
        Collections.sort(sorted);
        backends = List.copyOf(sorted);
        if (backends.size() > MAX_BACKENDS) {
            throw new SwitchException(
                    "load balancer '" + name + "': more than " + MAX_BACKENDS + " backends");
        }
        for (int i = 1; i < backends.size(); i++) {
            check(name, backends.get(i - 1), backends.get(i));
        }
    }

    private static void check(final String name, final Backend first, final Backend second) {
        if (first.compareTo(second) == 0) {
            throw new SwitchException(
                    "load balancer '" + name + "' has a backend '" + second.id() + "' already");
        }
        if (first.address().isIpv6() != second.address().isIpv6()) {
            throw otherFamily(name, second);
        }
    }

    private static SwitchException otherFamily(final String name, final Backend backend) {
        final String others = backend.address().isIpv6() ? "IPv4" : "IPv6";
        return new SwitchException(
                "load balancer '"
                        + name
                        + "': backend '"
                        + backend.id()
                        + "' is "
                        + backend.address().family()
                        + ", the others are "
                        + others);
    }

    /** One without backends. */
    public static LoadBalancer of(final String name, final Affinity affinity, final long seed) {
        return new LoadBalancer(name, affinity, seed, List.of());
    }

    /** The backend of this address and port. */
    public Backend backend(final String id) {
        final Backend wanted = Backend.of(id, 0, Backend.State.UP, null);
        for (final Backend backend : backends) {
            if (backend.compareTo(wanted) == 0) {
                return backend;
            }
        }
        final List<String> ids = backends.stream().map(Backend::id).toList();
        throw new SwitchException(
                "no backend '"
                        + wanted.id()
                        + "' in load balancer '"
                        + name
                        + "'"
                        + Names.hint(wanted.id(), ids));
    }

    /** One backend more. */
    public LoadBalancer with(final Backend backend) {
        if (!backends.isEmpty()
                && backends.get(0).address().isIpv6() != backend.address().isIpv6()) {
            throw otherFamily(name, backend);
        }
        final List<Backend> changed = new ArrayList<>(backends);
        changed.add(backend);
        return new LoadBalancer(name, affinity, seed, changed);
    }

    /** One backend less. */
    public LoadBalancer without(final String id) {
        final Backend gone = backend(id);
        return new LoadBalancer(
                name, affinity, seed, backends.stream().filter(b -> b != gone).toList());
    }

    /** Another weight, state or MAC for a backend. */
    public LoadBalancer withReplaced(final Backend backend) {
        return without(backend.id()).with(backend);
    }
}
