package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;

/**
 * Rules that no hash tells apart, divided by one number: a packet whose field is below it looks at
 * {@link #low}, any other at {@link #high}, both at {@link #wide}, the rules that match on both
 * sides in one stretch. A part is an array of rules in the order of evaluation, or again a cut.
 * Immutable, read by any number of threads; made by {@link Cuts}.
 */
final class Cut {
    /** What may be compared; numbers, for they are looked up per packet. */
    static final int SOURCE = 0;

    static final int DESTINATION = 1;
    static final int SOURCE_HOST = 2;
    static final int DESTINATION_HOST = 3;
    static final int SOURCE_PORT = 4;
    static final int DESTINATION_PORT = 5;
    static final int DIMENSIONS = 6;

    final int dimension;

    /** Compared unsigned. */
    final long threshold;

    final Object low;
    final Object high;
    final Object wide;

    /** Rules in all parts; one that lists several addresses or ports may be in several. */
    final int size;

    /** What {@link #size} was when this part of the tree was made from scratch. */
    final int builtSize;

    /** First of all in the order of evaluation. */
    final CompiledRule first;

    Cut(
            final int dimension,
            final long threshold,
            final Object low,
            final Object high,
            final Object wide,
            final int builtSize) {
        this.dimension = dimension;
        this.threshold = threshold;
        this.low = low;
        this.high = high;
        this.wide = wide;
        this.size = size(low) + size(high) + size(wide);
        this.builtSize = builtSize == 0 ? size : builtSize;
        this.first = earlier(earlier(first(low), first(high)), first(wide));
    }

    /** Rules of a part. */
    static int size(final Object part) {
        return part instanceof Cut ? ((Cut) part).size : ((CompiledRule[]) part).length;
    }

    /** The first rule of a part, or null for an empty one. */
    static CompiledRule first(final Object part) {
        if (part instanceof Cut) {
            return ((Cut) part).first;
        }
        final CompiledRule[] rules = (CompiledRule[]) part;
        return rules.length == 0 ? null : rules[0];
    }

    private static CompiledRule earlier(final CompiledRule a, final CompiledRule b) {
        return a == null || b != null && b.isBefore(a) ? b : a;
    }

    /**
     * The first rule of a part that matches and comes before {@code found} (may be null), else
     * {@code found}; allocates nothing.
     */
    static CompiledRule find(
            final Object part,
            final long w0,
            final long w1,
            final long w2,
            final HeaderFields fields,
            final CompiledRule found) {
        Object next = part;
        CompiledRule best = found;
        while (next instanceof Cut) {
            final Cut cut = (Cut) next;
            if (best != null && !cut.first.isBefore(best)) {
                return best;
            }
            best = find(cut.wide, w0, w1, w2, fields, best);
            next = cut.isLow(fields) ? cut.low : cut.high;
        }
        return Tuple.first((CompiledRule[]) next, w0, w1, w2, fields, best);
    }

    boolean isLow(final HeaderFields fields) {
        return Long.compareUnsigned(key(fields), threshold) < 0;
    }

    private long key(final HeaderFields fields) {
        switch (dimension) {
            case SOURCE:
                return fields.isIpv6() ? fields.sourceHigh : fields.sourceLow;
            case DESTINATION:
                return fields.isIpv6() ? fields.destinationHigh : fields.destinationLow;
            case SOURCE_HOST:
                return fields.sourceLow;
            case DESTINATION_HOST:
                return fields.destinationLow;
            case SOURCE_PORT:
                return fields.sourcePort;
            default:
                return fields.destinationPort;
        }
    }
}
