package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;

/**
 * The rules of a group that look at the same bits, in a hash table over the values of those bits; immutable. A slot holds
 * its rules in the order of evaluation; each is checked in full, so neither keys nor hashes are kept.
 */
final class Tuple {
    final TupleMask mask;
    final CompiledRule[][] slots;
    final int shift;

    /** Rules in all slots; one that lists several ports is in several. */
    final int placed;

    /** First of all in the order of evaluation. */
    final CompiledRule best;

    /** @param slots a power of two of slots, at least 2; an empty one is null. */
    Tuple(final TupleMask mask, final CompiledRule[][] slots, final int placed, final CompiledRule best) {
        this.mask = mask;
        this.slots = slots;
        this.shift = shift(slots.length);
        this.placed = placed;
        this.best = best;
    }

    static int shift(final int slotCount) {
        return 64 - Integer.numberOfTrailingZeros(slotCount);
    }

    /** The first rule that matches and comes before {@code found} (may be null), else {@code found}. */
    CompiledRule find(
            final long w0, final long w1, final long w2, final HeaderFields fields, final CompiledRule found) {
        final CompiledRule[] slot = slots[(int) (mask.hash(w0, w1, w2, fields) >>> shift)];
        return slot == null ? found : first(slot, w0, w1, w2, fields, found);
    }

    /** As {@link #find} over rules in the order of evaluation. */
    static CompiledRule first(
            final CompiledRule[] rules,
            final long w0,
            final long w1,
            final long w2,
            final HeaderFields fields,
            final CompiledRule found) {
        for (final CompiledRule rule : rules) {
            if (found != null && !rule.isBefore(found)) {
                return found;
            }
            if (rule.match.matches(w0, w1, w2, fields)) {
                return rule;
            }
        }
        return found;
    }
}
