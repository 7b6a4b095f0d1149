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
 *
 * <p>Counts are folded into the rules, and what a clear left behind is given up, some at a time:
 * all of 16,384 verdicts at once would keep packets waiting for milliseconds.
 */
final class VerdictTable {
    static final int CAPACITY = 16_384;

    private static final int SLOTS = CAPACITY * 2;

    /** Verdicts folded, and {@link #CLEANED} slots cleaned, in one cycle of the worker. */
    static final int FOLDED = 64;

    private static final int CLEANED = 1024;

    private Verdict[] verdicts = new Verdict[CAPACITY];
    private int[] slots = emptySlots();
    private int size;

    /** Verdicts before this one are folded, since a fold began. */
    private int folded;

    /** What the last clear left: verdicts that no flow refers to, from {@link #givenUp} on. */
    private Verdict[] retired = new Verdict[CAPACITY];

    private int retiredSize;
    private int givenUp;

    /** The slots of the next table, clean up to {@link #cleanSlots}. */
    private int[] nextSlots = emptySlots();

    private int cleanSlots = SLOTS;

    /** Buckets of rules with a limit, for as long as the rule is there. */
    private final Map<RuleRef, RateLimiter> buckets = new WeakHashMap<>();

    private final int workers;

    /**
     * @param workers how many share a rule's limit.
     */
    VerdictTable(final int workers) {
        this.workers = workers;
    }

    private static int[] emptySlots() {
        final int[] slots = new int[SLOTS];
        Arrays.fill(slots, -1);
        return slots;
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

    /** Begins to fold all counts, unless that is under way. */
    void beginFold() {
        if (folded >= size) {
            folded = 0;
        }
    }

    /** Begins to fold all counts of up to now. */
    void beginFoldAnew() {
        folded = 0;
    }

    /**
     * Folds some counts into the rules; each cycle.
     *
     * @return true when nothing is left to fold.
     */
    boolean foldSome() {
        final int retiredEnd = Math.min(retiredSize, givenUp + FOLDED);
        while (givenUp < retiredEnd) {
            retired[givenUp].fold();
            retired[givenUp++] = null;
        }
        if (cleanSlots < SLOTS) {
            Arrays.fill(nextSlots, cleanSlots, cleanSlots + CLEANED, -1);
            cleanSlots += CLEANED;
        }
        final int end = Math.min(size, folded + FOLDED);
        while (folded < end) {
            verdicts[folded++].fold();
        }
        return folded == size && givenUp == retiredSize;
    }

    /** Folds all counts into the rules. */
    void fold() {
        folded = 0;
        while (!foldSome()) {
            continue;
        }
    }

    /** Forgets every verdict: no flow may refer to one any more. Their counts are folded later. */
    void clear() {
        while (givenUp < retiredSize || cleanSlots < SLOTS) {
            foldSome();
        }
        final Verdict[] old = verdicts;
        final int[] oldSlots = slots;
        verdicts = retired;
        slots = nextSlots;
        retired = old;
        nextSlots = oldSlots;
        retiredSize = size;
        givenUp = 0;
        cleanSlots = 0;
        size = 0;
        folded = 0;
    }
}
