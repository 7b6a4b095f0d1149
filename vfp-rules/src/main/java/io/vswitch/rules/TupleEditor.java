package io.vswitch.rules;

import java.util.Arrays;

/**
 * Makes the next {@link Tuple} from the last one, copying the chunks it changes once; used by one
 * compile.
 */
final class TupleEditor {
    private static final int MIN_SLOTS = 8;
    private static final int GROWTH = 4;
    private static final int MIN_STALE = 64;
    private static final CompiledRule[] EMPTY = {};

    private final TupleMask mask;
    private final Tuple previous;
    private CompiledRule[][][] chunks;
    private CompiledRule[] firsts;
    private boolean[] owned;
    private int[] filter;
    private int placed;
    private int stale;

    TupleEditor(final TupleMask mask) {
        this.mask = mask;
        this.previous = null;
        clear(MIN_SLOTS);
    }

    TupleEditor(final Tuple previous) {
        this.mask = previous.mask;
        this.previous = previous;
        this.chunks = previous.chunks;
        this.firsts = previous.firsts;
        this.filter = previous.filter;
        this.placed = previous.placed;
        this.stale = previous.stale;
    }

    private void clear(final int slotCount) {
        final int chunkSlots = Math.min(slotCount, Tuple.CHUNK_SLOTS);
        chunks = new CompiledRule[slotCount / chunkSlots][chunkSlots][];
        firsts = new CompiledRule[chunks.length];
        owned = new boolean[chunks.length];
        Arrays.fill(owned, true);
        filter = new int[slotCount];
        placed = 0;
        stale = 0;
    }

    TupleMask mask() {
        return mask;
    }

    boolean isEmpty() {
        return placed == 0;
    }

    void add(final CompiledRule rule) {
        if (placed >= filter.length) {
            rebuild(filter.length * GROWTH);
        }
        place(rule);
    }

    private void rebuild(final int slotCount) {
        final CompiledRule[][][] old = chunks;
        clear(slotCount);
        for (final CompiledRule[][] chunk : old) {
            for (final CompiledRule[] rules : chunk) {
                for (final CompiledRule rule : rules == null ? EMPTY : rules) {
                    place(rule);
                }
            }
        }
    }

    private void place(final CompiledRule rule) {
        for (int i = 0; i < rule.match.variants(); i++) {
            final long hash = hash(rule, i);
            final int slot = slot(hash);
            final CompiledRule[] rules = rules(slot);
            if (indexOf(rules, rule) < 0) {
                own(slot)[slot & Tuple.CHUNK_SLOTS - 1] = insert(rules, rule);
                final CompiledRule first = firsts[slot >>> Tuple.CHUNK_BITS];
                if (first == null || rule.isBefore(first)) {
                    firsts[slot >>> Tuple.CHUNK_BITS] = rule;
                }
                placed++;
            }
            Tuple.admit(filter, slot, hash);
        }
    }

    private CompiledRule[] rules(final int slot) {
        final CompiledRule[] rules =
                chunks[slot >>> Tuple.CHUNK_BITS][slot & Tuple.CHUNK_SLOTS - 1];
        return rules == null ? EMPTY : rules;
    }

    private CompiledRule[][] own(final int slot) {
        if (owned == null) {
            chunks = chunks.clone();
            firsts = firsts.clone();
            owned = new boolean[chunks.length];
        }
        final int chunk = slot >>> Tuple.CHUNK_BITS;
        if (!owned[chunk]) {
            chunks[chunk] = chunks[chunk].clone();
            owned[chunk] = true;
        }
        return chunks[chunk];
    }

    private long hash(final CompiledRule rule, final int variant) {
        return mask.hash(rule.match, rule.match.variant(variant));
    }

    private int slot(final long hash) {
        return (int) (hash >>> Tuple.shift(filter.length));
    }

    /**
     * @return false when the rule isn't here.
     */
    boolean remove(final CompiledRule rule) {
        boolean found = false;
        for (int i = 0; i < rule.match.variants(); i++) {
            final int slot = slot(hash(rule, i));
            final int index = indexOf(rules(slot), rule);
            if (index >= 0) {
                remove(slot, index, rule);
                found = true;
            }
        }
        return found;
    }

    private void remove(final int slot, final int index, final CompiledRule rule) {
        final CompiledRule[] rules = rules(slot);
        final CompiledRule[][] chunk = own(slot);
        chunk[slot & Tuple.CHUNK_SLOTS - 1] = rules.length == 1 ? null : without(rules, index);
        final int number = slot >>> Tuple.CHUNK_BITS;
        if (firsts[number] == rule) {
            firsts[number] = first(chunk);
        }
        placed--;
        stale++;
    }

    private static CompiledRule first(final CompiledRule[][] chunk) {
        CompiledRule first = null;
        for (final CompiledRule[] rules : chunk) {
            if (rules != null && (first == null || rules[0].isBefore(first))) {
                first = rules[0];
            }
        }
        return first;
    }

    Tuple finish() {
        if (owned == null) {
            return previous;
        }
        if (stale > MIN_STALE + placed / 2) {
            rebuild(Math.max(MIN_SLOTS, Integer.highestOneBit(placed) * GROWTH));
        }
        return new Tuple(mask, chunks, firsts, filter, placed, stale, best());
    }

    private CompiledRule best() {
        CompiledRule best = null;
        for (final CompiledRule first : firsts) {
            if (first != null && (best == null || first.isBefore(best))) {
                best = first;
            }
        }
        return best;
    }

    static int indexOf(final CompiledRule[] rules, final CompiledRule rule) {
        for (int i = 0; i < rules.length; i++) {
            if (rules[i] == rule) {
                return i;
            }
        }
        return -1;
    }

    /** A copy with one rule more, in the order of evaluation. */
    static CompiledRule[] insert(final CompiledRule[] rules, final CompiledRule rule) {
        int at = rules.length;
        while (at > 0 && rule.isBefore(rules[at - 1])) {
            at--;
        }
        final CompiledRule[] changed = Arrays.copyOf(rules, rules.length + 1);
        System.arraycopy(rules, at, changed, at + 1, rules.length - at);
        changed[at] = rule;
        return changed;
    }

    static CompiledRule[] without(final CompiledRule[] rules, final int index) {
        final CompiledRule[] changed = Arrays.copyOf(rules, rules.length - 1);
        System.arraycopy(rules, index + 1, changed, index, changed.length - index);
        return changed;
    }
}
