package io.vswitch.core.engine;

import io.vswitch.core.flow.Transposition;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.UnsafeApi;

/**
 * The header changes of one worker's flows, by entry of its flow table: off-heap records. Flows of
 * one path share a {@link Verdict}, but not the change: it holds the flow's own addresses. No
 * memory is taken until the first flow is rewritten, and records never used keep theirs untouched.
 */
final class FlowChanges implements AutoCloseable {
    private static final int NONE = -1;

    private final int capacity;
    private final Transposition current = new Transposition();

    /** Flow whose change stands in {@link #current}, with what an ICMP error quotes. */
    private int currentEntry = NONE;

    private long memory;
    private long base;

    /** For a flow table with so many entries. */
    FlowChanges(final int capacity) {
        this.capacity = capacity;
    }

    /** Frees the memory; no other method may be called afterwards. */
    @Override
    public void close() {
        if (memory != 0) {
            UnsafeApi.freeMemory(memory);
            memory = 0;
        }
    }

    /** The change of a flow whose verdict rewrites; valid until the next one. */
    Transposition of(final int entry) {
        if (currentEntry != entry) {
            current.load(record(entry));
            currentEntry = entry;
        }
        return current;
    }

    /**
     * Takes the change of a flow to be cached, for {@link #put}.
     *
     * @return false when nothing changes.
     */
    boolean begin(final HeaderFields before, final HeaderFields after) {
        currentEntry = NONE;
        return current.set(before, after);
    }

    /** The change begun last. */
    Transposition begun() {
        return current;
    }

    /** The change begun is that of this flow. */
    void put(final int entry) {
        if (memory == 0) {
            final long bytes = (long) capacity * Transposition.RECORD_BYTES;
            memory = UnsafeApi.allocateMemory(bytes + Transposition.RECORD_BYTES);
            base = memory + Transposition.RECORD_BYTES - 1 & -Transposition.RECORD_BYTES;
        }
        current.store(record(entry));
        currentEntry = entry;
    }

    /** The flow has gone; so has its change. */
    void forget(final int entry) {
        if (currentEntry == entry) {
            currentEntry = NONE;
        }
    }

    private long record(final int entry) {
        return base + (long) entry * Transposition.RECORD_BYTES;
    }
}
