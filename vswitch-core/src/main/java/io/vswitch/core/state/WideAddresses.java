package io.vswitch.core.state;

import org.agrona.UnsafeApi;

/**
 * The addresses of IPv6 that a {@link NatTable} keeps, words 0 to 3 of a key, by number of the
 * connection: off-heap, owned by the table's worker. Its memory is taken with the first.
 */
final class WideAddresses implements AutoCloseable {
    private static final int SHIFT = 5;

    private final int capacity;
    private long memory;

    WideAddresses(final int capacity) {
        this.capacity = capacity;
    }

    @Override
    public void close() {
        if (memory != 0) {
            UnsafeApi.freeMemory(memory);
            memory = 0;
        }
    }

    void put(final int entry, final long[] key) {
        if (memory == 0) {
            memory = UnsafeApi.allocateMemory((long) capacity << SHIFT);
        }
        final long at = address(entry);
        UnsafeApi.putLong(at, key[0]);
        UnsafeApi.putLong(at + 8, key[1]);
        UnsafeApi.putLong(at + 16, key[2]);
        UnsafeApi.putLong(at + 24, key[3]);
    }

    void load(final int entry, final long[] key) {
        final long at = address(entry);
        key[0] = UnsafeApi.getLong(at);
        key[1] = UnsafeApi.getLong(at + 8);
        key[2] = UnsafeApi.getLong(at + 16);
        key[3] = UnsafeApi.getLong(at + 24);
    }

    /** Whether a key has the addresses of a connection that has some. */
    boolean matches(final int entry, final long[] key) {
        final long at = address(entry);
        return ((UnsafeApi.getLong(at) ^ key[0])
                        | (UnsafeApi.getLong(at + 8) ^ key[1])
                        | (UnsafeApi.getLong(at + 16) ^ key[2])
                        | (UnsafeApi.getLong(at + 24) ^ key[3]))
                == 0;
    }

    private long address(final int entry) {
        return memory + ((long) entry << SHIFT);
    }
}
