package io.vswitch.core.engine;

import io.vswitch.core.flow.Transposition;

/**
 * The header changes of one worker's flows, by entry of its flow table. Flows of one path share a
 * {@link Verdict}, but not the change: it holds the flow's own addresses. Nothing is kept, or
 * allocated, until the first flow is rewritten.
 */
final class FlowChanges {
    private static final Transposition[] NONE = {};

    private final int capacity;
    private Transposition[] changes = NONE;

    /** For a flow table with so many entries. */
    FlowChanges(final int capacity) {
        this.capacity = capacity;
    }

    /** The change of a flow whose verdict rewrites. */
    Transposition of(final int entry) {
        return changes[entry];
    }

    /** The flow has gone; so has its change. */
    void forget(final int entry) {
        put(entry, null);
    }

    /** Notes the change of a flow, or null. */
    void put(final int entry, final Transposition change) {
        if (change != null && changes.length == 0) {
            changes = new Transposition[capacity];
        }
        if (changes.length != 0) {
            changes[entry] = change;
        }
    }
}
