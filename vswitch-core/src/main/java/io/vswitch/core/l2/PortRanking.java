package io.vswitch.core.l2;

import java.util.Arrays;

/**
 * How many entries of a table each port has, and which port has most; owned by the table's thread.
 * Ports with the same count are chained, so every step and the question for the largest take
 * constant time.
 */
public final class PortRanking {
    private static final int NONE = -1;

    /** By count: first port that has so many. */
    private final int[] first;

    private int[] count = new int[0];
    private int[] previous = new int[0];
    private int[] next = new int[0];
    private int most;

    /**
     * @param limit highest count of one port.
     */
    public PortRanking(final int limit) {
        first = new int[limit + 1];
        Arrays.fill(first, NONE);
    }

    /** Makes room for a port id; allocates only when the id is higher than any before. */
    public void admit(final int port) {
        if (port >= count.length) {
            final int length = Math.max(16, Integer.highestOneBit(port) << 1);
            count = Arrays.copyOf(count, length);
            previous = Arrays.copyOf(previous, length);
            next = Arrays.copyOf(next, length);
        }
    }

    public int count(final int port) {
        return port < count.length ? count[port] : 0;
    }

    /** A port with the highest count; {@code preferred} if it is one of them. */
    public int largest(final int preferred) {
        return count(preferred) == most ? preferred : first[most];
    }

    public void increment(final int port) {
        leave(port);
        enter(port, count[port] + 1);
        most = Math.max(most, count[port]);
    }

    public void decrement(final int port) {
        leave(port);
        enter(port, count[port] - 1);
        if (first[most] == NONE && most > 0) {
            most--;
        }
    }

    /** Ports without entries are in no chain. */
    private void leave(final int port) {
        final int was = count[port];
        if (was == 0) {
            return;
        }
        if (previous[port] == NONE) {
            first[was] = next[port];
        } else {
            next[previous[port]] = next[port];
        }
        if (next[port] != NONE) {
            previous[next[port]] = previous[port];
        }
    }

    private void enter(final int port, final int now) {
        count[port] = now;
        if (now == 0) {
            return;
        }
        previous[port] = NONE;
        next[port] = first[now];
        if (first[now] != NONE) {
            previous[first[now]] = port;
        }
        first[now] = port;
    }
}
