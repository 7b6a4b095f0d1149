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

    private final TupleMask mask;
    private final Tuple previous;
    private Object[][] chunks;
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
        chunks = new Object[slotCount / chunkSlots][chunkSlots];
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

    /** Each variant moves from its slot, and by itself. */
    private void rebuild(final int slotCount) {
        final Object[][] old = chunks;
        final int shift = Tuple.shift(filter.length);
        clear(slotCount);
        for (int chunk = 0; chunk < old.length; chunk++) {
            for (int i = 0; i < old[chunk].length; i++) {
                for (final CompiledRule rule : Cuts.rules(old[chunk][i])) {
                    move(rule, chunk << Tuple.CHUNK_BITS | i, shift);
                }
            }
        }
    }

    private void move(final CompiledRule rule, final int oldSlot, final int oldShift) {
        for (int i = 0; i < rule.match.variants(); i++) {
            if ((int) (hash(rule, i) >>> oldShift) == oldSlot) {
                place(rule, i);
            }
        }
    }

    private void place(final CompiledRule rule) {
        for (int i = 0; i < rule.match.variants(); i++) {
            place(rule, i);
        }
    }

    private void place(final CompiledRule rule, final int variant) {
        final long hash = hash(rule, variant);
        final int slot = slot(hash);
        if (!isEarlierVariant(rule, variant, slot)) {
            final Object[] chunk = own(slot);
            final int index = slot & Tuple.CHUNK_SLOTS - 1;
            chunk[index] = Cuts.with(chunk[index], rule);
            final CompiledRule first = firsts[slot >>> Tuple.CHUNK_BITS];
            if (first == null || rule.isBefore(first)) {
                firsts[slot >>> Tuple.CHUNK_BITS] = rule;
            }
            placed++;
        }
        Tuple.admit(filter, slot, hash);
    }

    /** A variant before this one is in the same slot, and with it the rule. */
    private boolean isEarlierVariant(final CompiledRule rule, final int variant, final int slot) {
        for (int i = 0; i < variant; i++) {
            if (slot(hash(rule, i)) == slot) {
                return true;
            }
        }
        return false;
    }

    private Object[] own(final int slot) {
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
            final Object part = chunks[slot >>> Tuple.CHUNK_BITS][slot & Tuple.CHUNK_SLOTS - 1];
            final Object rest = Cuts.without(part, rule);
            if (rest != part) {
                replace(slot, rest, rule);
                found = true;
            }
        }
        return found;
    }

    private void replace(final int slot, final Object rest, final CompiledRule removed) {
        final Object[] chunk = own(slot);
        chunk[slot & Tuple.CHUNK_SLOTS - 1] = rest;
        final int number = slot >>> Tuple.CHUNK_BITS;
        if (firsts[number] == removed) {
            firsts[number] = first(chunk);
        }
        placed--;
        stale++;
    }

    private static CompiledRule first(final Object[] chunk) {
        CompiledRule first = null;
        for (final Object part : chunk) {
            final CompiledRule rule = part == null ? null : Cut.first(part);
            if (rule != null && (first == null || rule.isBefore(first))) {
                first = rule;
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
