package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.policy.NatPool;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All pools of a switch; immutable. A change makes a new set, or throws {@link SwitchException}
 * with one line.
 */
public final class PoolSet {
    /** No pools. */
    public static final PoolSet EMPTY = new PoolSet(new TreeMap<>());

    private final SortedMap<String, Pool> pools;

    private PoolSet(final SortedMap<String, Pool> pools) {
        this.pools = pools;
    }

    /** All pools by name. */
    public List<Pool> pools() {
        return List.copyOf(pools.values());
    }

    /** Names, sorted. */
    public Set<String> names() {
        return Set.copyOf(pools.keySet());
    }

    /** The pool of this name. */
    public Pool pool(final String name) {
        final Pool pool = pools.get(name);
        if (pool == null) {
            throw new SwitchException(
                    "no pool '"
                            + Names.printable(name)
                            + "'"
                            + Names.hint(Names.printable(name), pools.keySet()));
        }
        return pool;
    }

    /** The pool of this name as packets take it, or null. */
    NatPool find(final String name) {
        final Pool pool = pools.get(name);
        return pool == null ? null : pool.nat();
    }

    /** Names of the pools that are others than in {@code before}, or new. */
    public Set<String> changedSince(final PoolSet before) {
        return pools.values().stream()
                .filter(pool -> !pool.equals(before.pools.get(pool.name())))
                .map(Pool::name)
                .collect(Collectors.toSet());
    }

    /** One pool more; refused when another has one of its addresses. */
    public PoolSet with(final Pool pool) {
        if (pools.containsKey(pool.name())) {
            throw new SwitchException("pool '" + pool.name() + "' is there already");
        }
        for (final Pool other : pools.values()) {
            if (pool.nat().overlaps(other.nat())) {
                throw new SwitchException(
                        "pool '%s' overlaps pool '%s'; an address may be in one of them only"
                                .formatted(pool.name(), other.name()));
            }
        }
        final SortedMap<String, Pool> more = new TreeMap<>(pools);
        more.put(pool.name(), pool);
        return new PoolSet(more);
    }

    /** One pool less. */
    public PoolSet without(final String name) {
        pool(name);
        final SortedMap<String, Pool> rest = new TreeMap<>(pools);
        rest.remove(name);
        return new PoolSet(rest);
    }
}
