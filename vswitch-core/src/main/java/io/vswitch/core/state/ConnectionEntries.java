package io.vswitch.core.state;

import org.agrona.UnsafeApi;

/**
 * Memory of a {@link ConnectionTable}'s entries: off-heap, owned by the table's worker.
 *
 * <pre>
 *    0  key: 7 words, see {@link ConnectionKey}               56  hash (8)
 *   64  lastUsedNs (8)     72  destination MAC (48) | EtherType (16)
 *   80  source MAC (48) | ingress port (16)
 *   88  list (4): see {@link AgeLists}, or FREE   92  opener: TCP flags | direction &lt;&lt; 8 (4)
 *   96  next of chain, or of the free list (4)   100  previous, 104  next of the list (4)
 *  108  translated (4): 0 or 1                   112  openedNs (8)
 *  120  previous, 124 next of the port's list (4)
 * </pre>
 */
final class ConnectionEntries implements AutoCloseable {
    static final int HASH = 56;
    static final int LAST_USED = 64;
    static final int DESTINATION = 72;
    static final int SOURCE = 80;
    static final int LIST = 88;
    static final int OPENER = 92;
    static final int CHAIN = 96;
    static final int PREVIOUS = 100;
    static final int NEXT = 104;
    static final int TRANSLATED = 108;
    static final int OPENED = 112;
    static final int PORT_PREVIOUS = 120;
    static final int PORT_NEXT = 124;
    static final int FREE = -1;

    private static final int ENTRY_SHIFT = 7;
    private static final int ENTRY_BYTES = 1 << ENTRY_SHIFT;

    private final long memory;
    private final long base;

    ConnectionEntries(final int capacity) {
        memory = UnsafeApi.allocateMemory(((long) capacity << ENTRY_SHIFT) + ENTRY_BYTES);
        base = (memory + ENTRY_BYTES - 1) & -ENTRY_BYTES;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(memory);
    }

    private long address(final int entry) {
        return base + ((long) entry << ENTRY_SHIFT);
    }

    boolean matches(final int entry, final long[] key) {
        final long address = address(entry);
        long difference = 0;
        for (int i = 0; i < ConnectionKey.STORED_WORDS; i++) {
            difference |= UnsafeApi.getLong(address + (long) i * Long.BYTES) ^ key[i];
        }
        return difference == 0;
    }

    void putKey(final int entry, final long[] key) {
        final long address = address(entry);
        for (int i = 0; i < ConnectionKey.STORED_WORDS; i++) {
            UnsafeApi.putLong(address + (long) i * Long.BYTES, key[i]);
        }
    }

    void loadKey(final int entry, final long[] key) {
        final long address = address(entry);
        for (int i = 0; i < ConnectionKey.STORED_WORDS; i++) {
            key[i] = UnsafeApi.getLong(address + (long) i * Long.BYTES);
        }
    }

    long keyWord(final int entry, final int word) {
        return getLong(entry, word * Long.BYTES);
    }

    int getInt(final int entry, final int field) {
        return UnsafeApi.getInt(address(entry) + field);
    }

    void putInt(final int entry, final int field, final int value) {
        UnsafeApi.putInt(address(entry) + field, value);
    }

    long getLong(final int entry, final int field) {
        return UnsafeApi.getLong(address(entry) + field);
    }

    void putLong(final int entry, final int field, final long value) {
        UnsafeApi.putLong(address(entry) + field, value);
    }
}
