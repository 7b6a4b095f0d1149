package io.vswitch.ctl.state;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.rules.Affinity;
import io.vswitch.rules.Backend;
import io.vswitch.rules.LoadBalancer;
import io.vswitch.rules.RuleSyntaxException;
import java.util.List;
import java.util.Optional;

/** A change of the load balancers; immutable. */
public sealed interface BalancerChange extends Change {
    private static LoadBalancer parse(
            final String name,
            final String affinity,
            final Long seed,
            final List<BackendSpec> backends) {
        Names.checkLabel("load balancer", name);
        if (seed == null || seed < 0) {
            throw Refusal.usage(
                    "load balancer '%s': seed %s; allowed are 0 to %d"
                            .formatted(name, seed, Long.MAX_VALUE));
        }
        try {
            final Affinity parsed = Affinity.of(affinity == null ? "none" : affinity);
            final List<Backend> all = backends.stream().map(BackendSpec::parse).toList();
            return new LoadBalancer(name, parsed, seed, all);
        } catch (final RuleSyntaxException e) {
            throw Refusal.usage("load balancer '" + name + "': " + e.getMessage());
        }
    }

    private static List<BackendSpec> listOf(final List<BackendSpec> backends) {
        return backends == null ? List.of() : List.copyOf(backends);
    }

    private static DesiredState put(final DesiredState state, final LoadBalancer changed) {
        return state.with(state.balancers().withReplaced(changed));
    }

    /**
     * One load balancer more.
     *
     * @param affinity null for none.
     * @param seed of its hash; null in a request: a random one.
     * @param backends null for none yet.
     */
    record Add(String name, String affinity, Long seed, List<BackendSpec> backends)
            implements BalancerChange {
        public Add {
            backends = listOf(backends);
        }

        @Override
        public DesiredState applyTo(final DesiredState state) {
            return state.with(state.balancers().with(parse(name, affinity, seed, backends)));
        }

        /** The same with this seed where none is given. */
        public Add complete(final long freeSeed) {
            return seed != null ? this : new Add(name, affinity, freeSeed, backends);
        }
    }

    /** Another affinity, seed and set of backends, all at one moment. */
    record Replace(String name, String affinity, Long seed, List<BackendSpec> backends)
            implements BalancerChange {
        public Replace {
            backends = listOf(backends);
        }

        @Override
        public DesiredState applyTo(final DesiredState state) {
            return put(state, parse(name, affinity, seed, backends));
        }
    }

    /** One load balancer less; refused while a rule names it. */
    record Delete(String name) implements BalancerChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final var rest = state.balancers().without(name);
            for (final DesiredPort port : state.ports().values()) {
                final Optional<String> user = port.balanceTo(name);
                if (user.isPresent()) {
                    throw new SwitchException(
                            "load balancer '%s' is used by rule '%s'; delete it first"
                                    .formatted(name, user.get()));
                }
            }
            return state.with(rest);
        }
    }

    /** One backend more. */
    record AddBackend(String balancer, BackendSpec backend) implements BalancerChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            if (backend == null) {
                throw Refusal.usage("backend is missing");
            }
            return put(state, state.balancers().get(balancer).with(backend.parse()));
        }
    }

    /**
     * Another weight or state for a backend.
     *
     * @param weight null to keep it.
     * @param set up, drain or down; null to keep it.
     */
    record SetBackend(String balancer, String id, Integer weight, String set)
            implements BalancerChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            if (weight == null && set == null) {
                throw Refusal.usage("set-backend: nothing to set; give a state or --weight");
            }
            final LoadBalancer before = state.balancers().get(balancer);
            try {
                final Backend old = before.backend(id);
                return put(
                        state,
                        before.withReplaced(
                                old.with(
                                        weight == null ? old.weight() : weight,
                                        set == null ? old.state() : Backend.State.of(set))));
            } catch (final RuleSyntaxException e) {
                throw Refusal.usage(e.getMessage());
            }
        }
    }

    /** One backend less; its connections end. */
    record DeleteBackend(String balancer, String id) implements BalancerChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final LoadBalancer before = state.balancers().get(balancer);
            try {
                return put(state, before.without(id));
            } catch (final RuleSyntaxException e) {
                throw Refusal.usage(e.getMessage());
            }
        }
    }
}
