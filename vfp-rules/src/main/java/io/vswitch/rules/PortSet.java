package io.vswitch.rules;

import java.util.Arrays;

/** Transport ports as sorted ranges that neither overlap nor touch; immutable. */
public final class PortSet {
    /** Most ranges of a set. */
    static final int MAX_RANGES = 64;

    private static final String ALLOWED =
            "allowed: PORT, PORT-PORT or a comma list of them, ports 0 to 65535";

    private final int[] bounds;

    private PortSet(final int[] bounds) {
        this.bounds = bounds;
    }

    /**
     * Ports from ranges.
     *
     * @param bounds first and last port of each range, in turn, 0 to 65535.
     * @throws IllegalArgumentException for a range upside down or out of bounds.
     */
    public static PortSet of(final int... bounds) {
        final long[] ranges = new long[bounds.length / 2];
        for (int i = 0; i < ranges.length; i++) {
            if (bounds[2 * i] < 0
                    || bounds[2 * i + 1] > 65535
                    || bounds[2 * i] > bounds[2 * i + 1]) {
                throw new IllegalArgumentException(
                        "ports " + bounds[2 * i] + "-" + bounds[2 * i + 1]);
            }
            ranges[i] = (long) bounds[2 * i] << 32 | bounds[2 * i + 1];
        }
        Arrays.sort(ranges);
        return new PortSet(merge(ranges));
    }

    private static int[] merge(final long[] sorted) {
        final int[] merged = new int[sorted.length * 2];
        int count = 0;
        for (final long range : sorted) {
            final int first = (int) (range >>> 32);
            final int last = (int) range;
            if (count > 0 && first <= merged[count - 1] + 1) {
                merged[count - 1] = Math.max(merged[count - 1], last);
            } else {
                merged[count++] = first;
                merged[count++] = last;
            }
        }
        return Arrays.copyOf(merged, count);
    }

    static PortSet parse(final String text) {
        final String[] words = text.split(",", -1);
        if (words.length > MAX_RANGES) {
            throw new ValueException("more than " + MAX_RANGES + " ranges");
        }
        final int[] bounds = new int[words.length * 2];
        for (int i = 0; i < words.length; i++) {
            parseRange(words[i], bounds, 2 * i);
        }
        return of(bounds);
    }

    private static void parseRange(final String word, final int[] bounds, final int at) {
        final int dash = word.indexOf('-');
        final int first = Numbers.decimal(dash < 0 ? word : word.substring(0, dash), 65535);
        final int last = dash < 0 ? first : Numbers.decimal(word.substring(dash + 1), 65535);
        if (first < 0 || last < 0) {
            throw new ValueException(ALLOWED);
        }
        if (first > last) {
            throw new ValueException("range upside down; did you mean " + last + "-" + first + "?");
        }
        bounds[at] = first;
        bounds[at + 1] = last;
    }

    /** Allocates nothing. */
    public boolean contains(final int port) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (port >= bounds[i] && port <= bounds[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** Number of ranges. */
    public int ranges() {
        return bounds.length / 2;
    }

    /** First port of a range. */
    public int first(final int range) {
        return bounds[2 * range];
    }

    /** Last port of a range. */
    public int last(final int range) {
        return bounds[2 * range + 1];
    }

    /** Number of ports. */
    int size() {
        int size = 0;
        for (int i = 0; i < ranges(); i++) {
            size += last(i) - first(i) + 1;
        }
        return size;
    }

    /** The port at this place of the ascending order. */
    int port(final int index) {
        int range = 0;
        int left = index;
        while (left > last(range) - first(range)) {
            left -= last(range) - first(range) + 1;
            range++;
        }
        return first(range) + left;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof PortSet && Arrays.equals(bounds, ((PortSet) other).bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < ranges(); i++) {
            text.append(i > 0 ? "," : "").append(first(i));
            if (last(i) != first(i)) {
                text.append('-').append(last(i));
            }
        }
        return text.toString();
    }
}
