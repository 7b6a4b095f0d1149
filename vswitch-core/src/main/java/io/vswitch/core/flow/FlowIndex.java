package io.vswitch.core.flow;

import org.agrona.UnsafeApi;

/**
 * Hash to entry number, off-heap, owned by the worker that owns the {@link FlowTable}.
 *
 * <p>A bucket is one cache line of 8 slots, two slots for each entry of the table. A hash has a
 * primary bucket and an alternate one, which the slot's tag leads to, so that a slot can move
 * without its key being read. An entry goes to the primary bucket, when that is full to the
 * alternate, when that is full too one of the 16 slots moves to its own alternate.
 *
 * <pre>
 *   slot (8 bytes):  tag (32, never 0) | entry + 1 (32)      0: free
 * </pre>
 */
final class FlowIndex {
    /** Slots that can hold the entry of a hash. */
    static final int CANDIDATES = 16;

    private static final int BUCKET_SLOTS = 8;
    private static final int LINE = 64;
    private static final long TAG = 0xffff_ffff_0000_0000L;
    private static final long TAG_NEVER_ZERO = 1L << 32;

    private final long mask;
    private final long memory;
    private final long base;

    /**
     * @param capacity entries, a power of two, at least 1,024.
     */
    FlowIndex(final int capacity) {
        final long buckets = capacity / (BUCKET_SLOTS / 2);
        mask = buckets - 1;
        memory = UnsafeApi.allocateMemory(buckets * LINE + LINE);
        base = (memory + LINE - 1) & -LINE;
        UnsafeApi.setMemory(base, buckets * LINE, (byte) 0);
    }

    void close() {
        UnsafeApi.freeMemory(memory);
    }

    /**
     * Loads the primary bucket of every hash, so that their cache misses overlap; the result means
     * nothing.
     */
    long touch(final long[] hashes, final int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += UnsafeApi.getLong(primary(hashes[i]));
        }
        return sum;
    }

    /** First entry whose slot bears the tag of {@code hash}, or -1. */
    int first(final long hash) {
        final long tag = tag(hash);
        final int entry = firstIn(primary(hash), tag);
        return entry >= 0 ? entry : firstIn(alternate(primary(hash), tag), tag);
    }

    /**
     * Entry in candidate slot {@code i} of {@code hash}, whatever its tag, or -1; 0 to {@link
     * #CANDIDATES} - 1.
     */
    int entryAt(final long hash, final int i) {
        return (int) UnsafeApi.getLong(slot(hash, i)) - 1;
    }

    /** Entry in candidate slot {@code i} if that slot bears the tag of {@code hash}, else -1. */
    int matchAt(final long hash, final int i) {
        final long value = UnsafeApi.getLong(slot(hash, i));
        return (value & TAG) == tag(hash) ? (int) value - 1 : -1;
    }

    /** Adds an entry; false when there is no room within one move. */
    boolean put(final long hash, final int entry) {
        final long tag = tag(hash);
        final long primary = primary(hash);
        long slot = freeIn(primary);
        if (slot == 0) {
            slot = freeIn(alternate(primary, tag));
        }
        if (slot == 0) {
            slot = displaceOne(hash);
        }
        if (slot == 0) {
            return false;
        }
        UnsafeApi.putLong(slot, tag | (entry + 1));
        return true;
    }

    /** Takes an entry out that was put with this hash. */
    void remove(final long hash, final int entry) {
        final long value = tag(hash) | (entry + 1);
        for (int i = 0; i < CANDIDATES; i++) {
            final long slot = slot(hash, i);
            if (UnsafeApi.getLong(slot) == value) {
                UnsafeApi.putLong(slot, 0);
                return;
            }
        }
    }

    private long displaceOne(final long hash) {
        for (int i = 0; i < CANDIDATES; i++) {
            final long slot = slot(hash, i);
            final long value = UnsafeApi.getLong(slot);
            final long free = freeIn(alternate(slot & -LINE, value & TAG));
            if (free != 0) {
                UnsafeApi.putLong(free, value);
                return slot;
            }
        }
        return 0;
    }

    private static int firstIn(final long bucket, final long tag) {
        for (int i = 0; i < LINE; i += Long.BYTES) {
            final long value = UnsafeApi.getLong(bucket + i);
            if ((value & TAG) == tag) {
                return (int) value - 1;
            }
        }
        return -1;
    }

    private static long freeIn(final long bucket) {
        for (int i = 0; i < LINE; i += Long.BYTES) {
            if (UnsafeApi.getLong(bucket + i) == 0) {
                return bucket + i;
            }
        }
        return 0;
    }

    private long slot(final long hash, final int i) {
        final long primary = primary(hash);
        final long bucket = i < BUCKET_SLOTS ? primary : alternate(primary, tag(hash));
        return bucket + (long) (i & (BUCKET_SLOTS - 1)) * Long.BYTES;
    }

    private static long tag(final long hash) {
        return (hash & TAG) | TAG_NEVER_ZERO;
    }

    private long primary(final long hash) {
        return base + (hash & mask) * LINE;
    }

    /** The other bucket of a slot: its own inverse. */
    private long alternate(final long bucket, final long tag) {
        final long number = (bucket - base) / LINE;
        final long distance = ((tag >>> 32) * 0x9e37_79b1L >>> 8 | 1) & mask;
        return base + (number ^ distance) * LINE;
    }
}
