package io.vswitch.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Addresses of any number of prefixes, found by binary search; immutable, read by any number of
 * threads. Prefixes inside others are left out, so the rest are disjoint and the only candidate is
 * the last one that doesn't begin behind the address.
 */
final class AddressSet {
    static final AddressSet EMPTY = of(List.of());

    private final List<IpPrefix> prefixes;
    private final long[][] v4;
    private final long[][] v6;

    private AddressSet(final List<IpPrefix> prefixes) {
        this.prefixes = prefixes;
        this.v4 = pack(prefixes, false);
        this.v6 = pack(prefixes, true);
    }

    static AddressSet of(final Collection<IpPrefix> prefixes) {
        final List<IpPrefix> disjoint = new ArrayList<>();
        for (final IpPrefix prefix : new TreeSet<>(prefixes)) {
            final IpPrefix last = disjoint.isEmpty() ? null : disjoint.get(disjoint.size() - 1);
            if (last == null || !last.contains(prefix)) {
                disjoint.add(prefix);
            }
        }
        return new AddressSet(List.copyOf(disjoint));
    }

    /** Columns high, low and the masks of both, one row per prefix. */
    private static long[][] pack(final List<IpPrefix> prefixes, final boolean isIpv6) {
        final List<IpPrefix> own =
                prefixes.stream().filter(p -> p.address().isIpv6() == isIpv6).toList();
        final long[][] columns = new long[4][own.size()];
        for (int i = 0; i < own.size(); i++) {
            columns[0][i] = own.get(i).address().high();
            columns[1][i] = own.get(i).address().low();
            columns[2][i] = own.get(i).highMask();
            columns[3][i] = own.get(i).lowMask();
        }
        return columns;
    }

    /** Disjoint prefixes, sorted. */
    List<IpPrefix> prefixes() {
        return prefixes;
    }

    /** Whether the address is one of these; allocates nothing. */
    boolean contains(final boolean isIpv6, final long high, final long low) {
        final long[][] columns = isIpv6 ? v6 : v4;
        final int row = floor(columns[0], columns[1], high, low);
        return row >= 0
                && ((high ^ columns[0][row]) & columns[2][row]) == 0
                && ((low ^ columns[1][row]) & columns[3][row]) == 0;
    }

    /** The last row that isn't behind the address, or -1. */
    private static int floor(
            final long[] highs, final long[] lows, final long high, final long low) {
        int from = 0;
        int to = highs.length - 1;
        while (from <= to) {
            final int middle = (from + to) >>> 1;
            final int order = Long.compareUnsigned(highs[middle], high);
            if (order < 0 || order == 0 && Long.compareUnsigned(lows[middle], low) <= 0) {
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return to;
    }

    /** See {@link Pieces#sides}; an IPv6 prefix counts by the upper half of its addresses. */
    int sides(final long low, final long threshold, final long high) {
        return sides(v4, 1, low, threshold, high) | sides(v6, 0, low, threshold, high);
    }

    /** The stretches don't overlap, so the two around the threshold tell. */
    private static int sides(
            final long[][] columns,
            final int column,
            final long low,
            final long threshold,
            final long high) {
        final int below = floor(columns[column], columns[column], threshold - 1, threshold - 1);
        int sides = 0;
        for (int row = Math.max(0, below);
                row < columns[column].length && row <= below + 1;
                row++) {
            final long first = columns[column][row];
            sides |= Pieces.sides(first, last(columns, column, row), low, threshold, high);
        }
        return sides;
    }

    /** See {@link Pieces#count}. */
    int count(final long low, final long high) {
        return count(v4, 1, low, high) + count(v6, 0, low, high);
    }

    private static int count(
            final long[][] columns, final int column, final long low, final long high) {
        final long[] starts = columns[column];
        int first = floor(starts, starts, low, low);
        if (first < 0 || Long.compareUnsigned(last(columns, column, first), low) < 0) {
            first++;
        }
        return floor(starts, starts, high, high) - first + 1;
    }

    private static long last(final long[][] columns, final int column, final int row) {
        final long mask = columns[column + 2][row];
        return columns[column][row] | ~(column == 1 ? mask | -1L << 32 : mask);
    }

    /** Tells of the stretches of all prefixes. */
    void forEachStretch(final Pieces.Stretches found) {
        for (int i = 0; i < v4[1].length; i++) {
            found.onStretch(v4[1][i], last(v4, 1, i));
        }
        for (int i = 0; i < v6[0].length; i++) {
            found.onStretch(v6[0][i], last(v6, 0, i));
        }
    }
}
