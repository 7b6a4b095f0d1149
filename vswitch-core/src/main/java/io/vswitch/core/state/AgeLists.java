package io.vswitch.core.state;

import java.util.Arrays;

/**
 * One list of connections per {@link ConnectionState} and per whether they are translated, oldest
 * first: all of a list have the same time to live, so its head is the next to expire. Owned by the
 * table's worker.
 */
final class AgeLists {
    /** Lists: by state, those of translated connections behind those of others. */
    static final int COUNT = ConnectionState.COUNT * 2;

    private static final int NONE = ConnectionTable.NONE;

    private final ConnectionEntries entries;
    private final int[] oldest = new int[COUNT];
    private final int[] newest = new int[COUNT];

    AgeLists(final ConnectionEntries entries) {
        this.entries = entries;
        Arrays.fill(oldest, NONE);
        Arrays.fill(newest, NONE);
    }

    /** The longest without a packet of this list, or {@link ConnectionTable#NONE}. */
    int oldest(final int list) {
        return oldest[list];
    }

    static int list(final ConnectionState state, final boolean translated) {
        return state.ordinal() + (translated ? ConnectionState.COUNT : 0);
    }

    static ConnectionState state(final int list) {
        return ConnectionState.of(
                list < ConnectionState.COUNT ? list : list - ConnectionState.COUNT);
    }

    static long timeoutNs(final int list) {
        return list < ConnectionState.COUNT
                ? state(list).timeoutNs()
                : state(list).translatedTimeoutNs();
    }

    void append(final int entry, final int list) {
        entries.putInt(entry, ConnectionEntries.LIST, list);
        entries.putInt(entry, ConnectionEntries.PREVIOUS, newest[list]);
        entries.putInt(entry, ConnectionEntries.NEXT, NONE);
        if (newest[list] == NONE) {
            oldest[list] = entry;
        } else {
            entries.putInt(newest[list], ConnectionEntries.NEXT, entry);
        }
        newest[list] = entry;
    }

    void unlink(final int entry) {
        final int list = entries.getInt(entry, ConnectionEntries.LIST);
        final int previous = entries.getInt(entry, ConnectionEntries.PREVIOUS);
        final int next = entries.getInt(entry, ConnectionEntries.NEXT);
        if (previous == NONE) {
            oldest[list] = next;
        } else {
            entries.putInt(previous, ConnectionEntries.NEXT, next);
        }
        if (next == NONE) {
            newest[list] = previous;
        } else {
            entries.putInt(next, ConnectionEntries.PREVIOUS, previous);
        }
    }
}
