package io.vswitch.rules;

import java.util.Arrays;

/** Makes the next {@link Tuple} from the last one, copying its table once; used by one compile. */
final class TupleEditor {
    private static final int MIN_SLOTS = 8;
    private static final CompiledRule[] EMPTY = new CompiledRule[0];

    private final TupleMask mask;
    private final Tuple previous;
    private CompiledRule[][] slots;
    private int[] tags;
    private int placed;
    private CompiledRule best;
    private boolean bestRemoved;

    TupleEditor(final TupleMask mask) {
        this.mask = mask;
        this.previous = null;
        this.slots = new CompiledRule[MIN_SLOTS][];
        this.tags = new int[MIN_SLOTS];
    }

    TupleEditor(final Tuple previous) {
        this.mask = previous.mask;
        this.previous = previous;
        this.slots = previous.slots;
        this.tags = previous.tags;
        this.placed = previous.placed;
        this.best = previous.best;
    }

    TupleMask mask() {
        return mask;
    }

    boolean isEmpty() {
        return placed == 0;
    }

    void add(final CompiledRule rule) {
        own();
        if (placed >= slots.length) {
            grow();
        }
        place(rule);
        if (best == null || rule.isBefore(best)) {
            best = rule;
        }
    }

    private void own() {
        if (previous != null && slots == previous.slots) {
            slots = slots.clone();
            tags = tags.clone();
        }
    }

    private void place(final CompiledRule rule) {
        for (int i = 0; i < rule.match.variants(); i++) {
            final long hash = hash(rule, i);
            final int slot = slot(hash);
            final CompiledRule[] rules = slots[slot] == null ? EMPTY : slots[slot];
            if (indexOf(rules, rule) < 0) {
                slots[slot] = insert(rules, rule);
                placed++;
            }
            tags[slot] |= Tuple.tag(hash);
        }
    }

    private long hash(final CompiledRule rule, final int variant) {
        return mask.hash(rule.match, rule.match.variant(variant));
    }

    private int slot(final long hash) {
        return (int) (hash >>> Tuple.shift(slots.length));
    }

    private void grow() {
        final CompiledRule[][] old = slots;
        slots = new CompiledRule[old.length * 4][];
        tags = new int[slots.length];
        placed = 0;
        for (final CompiledRule[] rules : old) {
            for (final CompiledRule rule : rules == null ? EMPTY : rules) {
                place(rule);
            }
        }
    }

    /**
     * @return false when the rule isn't here.
     */
    boolean remove(final CompiledRule rule) {
        boolean found = false;
        for (int i = 0; i < rule.match.variants(); i++) {
            final int slot = slot(hash(rule, i));
            final int index = slots[slot] == null ? -1 : indexOf(slots[slot], rule);
            if (index >= 0) {
                own();
                slots[slot] = slots[slot].length == 1 ? null : without(slots[slot], index);
                tags[slot] = tags(slot);
                placed--;
                found = true;
            }
        }
        bestRemoved |= found && rule == best;
        return found;
    }

    private int tags(final int slot) {
        int bits = 0;
        for (final CompiledRule rule : slots[slot] == null ? EMPTY : slots[slot]) {
            for (int i = 0; i < rule.match.variants(); i++) {
                final long hash = hash(rule, i);
                bits |= slot(hash) == slot ? Tuple.tag(hash) : 0;
            }
        }
        return bits;
    }

    Tuple finish() {
        if (previous != null && slots == previous.slots) {
            return previous;
        }
        if (bestRemoved) {
            best = findBest();
        }
        return new Tuple(mask, slots, tags, placed, best);
    }

    private CompiledRule findBest() {
        CompiledRule first = null;
        for (final CompiledRule[] rules : slots) {
            if (rules != null && (first == null || rules[0].isBefore(first))) {
                first = rules[0];
            }
        }
        return first;
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
