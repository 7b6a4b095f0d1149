package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.RateLimiter;
import io.vswitch.core.policy.RuleRef;
import java.util.Arrays;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The verdicts of one worker, interned: flows that took the same path share one. Bounded; when it
 * is full the worker clears it and lets flows be decided anew. Nothing is allocated for a path seen
 * before.
 */
final class VerdictTable {
    static final int CAPACITY = 16_384;

    private static final int SLOTS = CAPACITY * 2;

    private final Verdict[] verdicts = new Verdict[CAPACITY];
    private final int[] slots = new int[SLOTS];
    private int size;

    /** Buckets of rules with a limit, for as long as the rule is there. */
    private final Map<RuleRef, RateLimiter> buckets = new WeakHashMap<>();

    private final int workers;

    /**
     * @param workers how many share a rule's limit.
     */
    VerdictTable(final int workers) {
        this.workers = workers;
        Arrays.fill(slots, -1);
    }

    boolean isFull() {
        return size == CAPACITY;
    }

    Verdict get(final int index) {
        return verdicts[index];
    }

    /**
     * Index of the verdict of this path; the table must not be full.
     *
     * @param mirrors ports that get a copy; within one snapshot the path decides them.
     */
    int intern(
            final DropReason reason,
            final boolean rewrites,
            final long senderMac,
            final RuleRef[] path,
            final int pathLength,
            final int[] mirrors,
            final int mirrorCount) {
        int slot = hash(reason, rewrites, path, pathLength) & (SLOTS - 1);
        while (slots[slot] >= 0) {
            if (verdicts[slots[slot]].matches(reason, rewrites, senderMac, path, pathLength)) {
                return slots[slot];
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        final RuleRef[] rules = Arrays.copyOf(path, pathLength);
        final VerdictExtras extras =
                VerdictExtras.of(rules, Arrays.copyOf(mirrors, mirrorCount), buckets, workers);
        verdicts[size] = new Verdict(reason, rewrites, senderMac, rules, extras);
        slots[slot] = size;
        return size++;
    }

    private static int hash(
            final DropReason reason,
            final boolean rewrites,
            final RuleRef[] path,
            final int pathLength) {
        int hash = reason == null ? 17 : reason.ordinal() + 31;
        hash = hash * 31 + (rewrites ? 1 : 0);
        for (int i = 0; i < pathLength; i++) {
            hash = hash * 31 + System.identityHashCode(path[i]);
        }
        return hash ^ (hash >>> 15);
    }

    /** Folds all counts into the rules. */
    void fold() {
        for (int i = 0; i < size; i++) {
            verdicts[i].fold();
        }
    }

    /** Folds, then forgets every verdict: no flow may refer to one any more. */
    void clear() {
        fold();
        Arrays.fill(verdicts, 0, size, null);
        Arrays.fill(slots, -1);
        size = 0;
    }
}
