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
}
