package io.vswitch.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Compiles the load balancers of a switch, one set after the other; owned by one thread, the one
 * that changes rules. A load balancer that didn't change keeps its compiled form, a backend that is
 * still there its counters.
 */
public final class BalancerCompiler {
    private static final long NO_MAC = -1;

    private Balancers last = Balancers.NONE;
    private Map<String, Map<String, BackendRef>> refs = Map.of();

    /**
     * Compiles a set.
     *
     * @param macs MAC of the host that has an address, both as text, or null when none is known:
     *     packets to it keep the destination MAC they came with.
     */
    public Balancers compile(final LoadBalancerSet set, final UnaryOperator<String> macs) {
        final Map<String, Balancer> compiled = new HashMap<>();
        final Map<String, Map<String, BackendRef>> kept = new HashMap<>();
        for (final LoadBalancer source : set.all()) {
            final String name = source.name();
            final Map<String, BackendRef> own = new HashMap<>();
            final Map<String, BackendRef> before = refs.getOrDefault(name, Map.of());
            for (final Backend backend : source.backends()) {
                final BackendRef ref = before.get(backend.id());
                own.put(backend.id(), ref == null ? new BackendRef() : ref);
            }
            kept.put(name, own);
            compiled.put(name, compile(source, macs, own));
        }
        refs = kept;
        last = new Balancers(Map.copyOf(compiled));
        return last;
    }

    private static long mac(final Backend backend, final UnaryOperator<String> macs) {
        if (backend.mac() != null) {
            return backend.mac().value();
        }
        final String known = macs.apply(backend.address().toString());
        return known == null ? NO_MAC : MacAddress.parse(known).value();
    }

    private Balancer compile(
            final LoadBalancer source,
            final UnaryOperator<String> macs,
            final Map<String, BackendRef> own) {
        final List<Backend> backends = source.backends();
        final long[] resolved = new long[backends.size()];
        final BackendRef[] counters = new BackendRef[backends.size()];
        for (int i = 0; i < resolved.length; i++) {
            final Backend backend = backends.get(i);
            resolved[i] = mac(backend, macs);
            counters[i] = own.get(backend.id());
        }
        final Balancer before = last.get(source.name());
        return before != null && before.isMadeOf(source, resolved, counters)
                ? before
                : new Balancer(source, resolved, counters, before);
    }
}
