package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
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
    private static final int SHIFT = 5;
    private static final int ANNEX_SHIFT = 6;

    private final int capacity;
    private final Transposition current = new Transposition();

    /** Flow whose change stands in {@link #current}, with what an ICMP error quotes. */
    private int currentEntry = NONE;

    private long memory;
    private long base;

    /** Memory of the annexes, taken with the first. */
    private long annexes;

    private long sink;

    /** For the flows of this table. */
    FlowChanges(final FlowTable flows) {
        capacity = flows.capacity();
        flows.onRemoval(this::forget);
    }

    /** Frees the memory; no other method may be called afterwards. */
    @Override
    public void close() {
        if (memory != 0) {
            UnsafeApi.freeMemory(memory);
            memory = 0;
        }
        if (annexes != 0) {
            UnsafeApi.freeMemory(annexes);
            annexes = 0;
        }
    }

    /**
     * Loads the records of a burst's flows, so that their cache misses overlap.
     *
     * @param entries of the flows, below 0 where there is none.
     */
    void touch(final int[] entries, final int count) {
        if (memory == 0) {
            return;
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += UnsafeApi.getLong(record(Math.max(entries[i], 0)));
        }
        sink = sum;
    }

    /** The change of a flow whose verdict rewrites; valid until the next one. */
    Transposition of(final int entry) {
        if (currentEntry != entry) {
            current.load(record(entry), annex(entry));
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
            takeMemory();
        }
        if (annexes == 0 && current.hasAnnex()) {
            annexes = UnsafeApi.allocateMemory((long) capacity << ANNEX_SHIFT);
        }
        current.store(record(entry), annex(entry));
        currentEntry = entry;
    }

    private void takeMemory() {
        final long bytes = (long) capacity << SHIFT;
        memory = UnsafeApi.allocateMemory(bytes + Transposition.RECORD_BYTES);
        base = memory + Transposition.RECORD_BYTES - 1 & -Transposition.RECORD_BYTES;
    }

    /** The flow has gone; so has its change. */
    void forget(final int entry) {
        if (currentEntry == entry) {
            currentEntry = NONE;
        }
    }

    private long record(final int entry) {
        return base + ((long) entry << SHIFT);
    }

    private long annex(final int entry) {
        return annexes + ((long) entry << ANNEX_SHIFT);
    }
}
