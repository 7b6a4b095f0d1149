package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The rules of a group that look at the same bits, in a hash table over the values of those bits. A
 * slot holds its rules in the order of evaluation, or divided by {@link Cut} when they are many;
 * each is checked in full, so neither keys nor hashes are kept. Immutable but for {@link #filter};
 * read by any number of threads.
 *
 * <p>The table is cut into chunks: the next tuple copies those it changes and shares the others, so
 * one rule more costs the copy of one chunk and of the list of chunks, whatever the size.
 */
final class Tuple {
    static final int CHUNK_BITS = 9;
    static final int CHUNK_SLOTS = 1 << CHUNK_BITS;
    private static final VarHandle FILTER = MethodHandles.arrayElementVarHandle(int[].class);

    final TupleMask mask;

    /** An empty slot is null, another one a part as in {@link Cut}. */
    final Object[][] chunks;

    /** First rule of each chunk in the order of evaluation, null for an empty chunk. */
    final CompiledRule[] firsts;

    /**
     * Per slot one bit of 32 per hash of its rules: most packets without a rule here are sent on
     * after this one read (91 instead of 250 ns per packet, 10,000 rules in 6 tuples, JDK 17, a
     * 2-core VM under load, CPU time).
     *
     * <p>Shared with the tuples before and after this one, and the only thing in a policy that
     * changes: bits are set, atomically, before the tuple that needs them is published, and never
     * cleared. A bit too many, of a rule that came later or has gone, costs a look at the slot and
     * changes no result.
     */
    final int[] filter;

    final int shift;

    /** Rules in all slots; one that lists several ports is in several. */
    final int placed;

    /** Rules taken out since the filter was made, and with it bits that may be too many. */
    final int stale;

    /** First of all in the order of evaluation. */
    final CompiledRule best;

    Tuple(
            final TupleMask mask,
            final Object[][] chunks,
            final CompiledRule[] firsts,
            final int[] filter,
            final int placed,
            final int stale,
            final CompiledRule best) {
        this.mask = mask;
        this.chunks = chunks;
        this.firsts = firsts;
        this.filter = filter;
        this.shift = shift(filter.length);
        this.placed = placed;
        this.stale = stale;
        this.best = best;
    }

    static int shift(final int slotCount) {
        return 64 - Integer.numberOfTrailingZeros(slotCount);
    }

    /** The bit of this hash in {@link #filter}. */
    static int bit(final long hash) {
        return 1 << (int) (hash >>> 16);
    }

    /** Lets packets of this hash look at a slot; any thread. */
    static void admit(final int[] filter, final int slot, final long hash) {
        if ((filter[slot] & bit(hash)) == 0) {
            FILTER.getAndBitwiseOr(filter, slot, bit(hash));
        }
    }

    /**
     * The first rule that matches and comes before {@code found} (may be null), else {@code found}.
     */
    CompiledRule find(
            final long w0,
            final long w1,
            final long w2,
            final HeaderFields fields,
            final CompiledRule found) {
        final long hash = mask.hash(w0, w1, w2, fields);
        final int slot = (int) (hash >>> shift);
        if ((filter[slot] & bit(hash)) == 0) {
            return found;
        }
        final Object rules = chunks[slot >>> CHUNK_BITS][slot & CHUNK_SLOTS - 1];
        if (rules instanceof CompiledRule[]) {
            return first((CompiledRule[]) rules, w0, w1, w2, fields, found);
        }
        return rules == null ? found : Cut.find(rules, w0, w1, w2, fields, found);
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
