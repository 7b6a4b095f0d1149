package io.vswitch.core.l2;

import java.util.Arrays;

/**
 * The entries of each port of a table, chained from the oldest to the newest; owned by the table's
 * thread. Every step takes constant time.
 */
public final class PortChains {
    private static final int NONE = -1;

    private final int[] older;
    private final int[] newer;
    private final PortRanking ranking;
    private int[] oldest = new int[0];
    private int[] newest = new int[0];

    /** For a table of so many entries. */
    public PortChains(final int limit) {
        older = new int[limit];
        newer = new int[limit];
        ranking = new PortRanking(limit);
    }

    /** Makes room for a port id; allocates only when the id is higher than any before. */
    public void admit(final int portId) {
        ranking.admit(portId);
        if (portId >= oldest.length) {
            final int was = oldest.length;
            final int length = Math.max(16, Integer.highestOneBit(portId) << 1);
            oldest = Arrays.copyOf(oldest, length);
            newest = Arrays.copyOf(newest, length);
            Arrays.fill(oldest, was, length, NONE);
            Arrays.fill(newest, was, length, NONE);
        }
    }

    /** Entries of a port. */
    public int count(final int portId) {
        return ranking.count(portId);
    }

    /** The oldest entry of a port that has one. */
    public int oldest(final int portId) {
        return oldest[portId];
    }

    /** The oldest entry of the port that has most; of this one if it is one of those. */
    public int oldestOfLargest(final int preferred) {
        return oldest[ranking.largest(preferred)];
    }

    /** Adds an entry as the port's newest. */
    public void attach(final int entry, final int portId) {
        append(entry, portId);
        ranking.increment(portId);
    }

    public void detach(final int entry, final int portId) {
        remove(entry, portId);
        ranking.decrement(portId);
    }

    public void makeNewest(final int entry, final int portId) {
        if (newer[entry] != NONE) {
            remove(entry, portId);
            append(entry, portId);
        }
    }

    private void append(final int entry, final int portId) {
        final int last = newest[portId];
        older[entry] = last;
        newer[entry] = NONE;
        newest[portId] = entry;
        if (last == NONE) {
            oldest[portId] = entry;
        } else {
            newer[last] = entry;
        }
    }

    private void remove(final int entry, final int portId) {
        if (older[entry] == NONE) {
            oldest[portId] = newer[entry];
        } else {
            newer[older[entry]] = newer[entry];
        }
        if (newer[entry] == NONE) {
            newest[portId] = older[entry];
        } else {
            older[newer[entry]] = older[entry];
        }
    }
}
