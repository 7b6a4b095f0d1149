package io.vswitch.core.flow;

import io.vswitch.core.packet.FlowKey;
import org.agrona.BitUtil;
import org.agrona.UnsafeApi;

/**
 * The unified flow table: flow key to cached decision, one entry per direction, off-heap and
 * bounded; owned by one worker, every method runs on its thread. Nothing is allocated after
 * construction, and entries never used keep their memory untouched.
 *
 * <p>An entry is two neighbouring cache lines:
 *
 * <pre>
 *    0  key: 8 words, see {@link FlowKey}
 *   64  packets (8)    72  bytes (8)        80  createdNs (8)    88  lastUsedNs (8)
 *   96  generation (4) 100 verdict (4)     104  egress (4)      108  macEpoch (4)
 *  112  hash (8)      120  link (4): LIVE, or the next free entry
 *  124  holds (4)
 * </pre>
 *
 * <p>An entry number stays valid until the next {@link #insert}, {@link #remove} or {@link
 * #expire}: an insertion may evict what a {@link #lookup} of the same burst has found. Take a
 * burst's hits first, then {@link #find} and insert its misses one by one. Times are {@code
 * System.nanoTime()} or a clock like it.
 */
public final class FlowTable implements AutoCloseable {
    /** No such flow. */
    public static final int NONE = -1;

    /** Smallest capacity. */
    public static final int MIN_CAPACITY = 1024;

    /** Largest capacity: 2.3 GiB. */
    public static final int MAX_CAPACITY = 1 << 24;

    private static final int ENTRY_SHIFT = 7;
    private static final int ENTRY_BYTES = 1 << ENTRY_SHIFT;
    private static final int PACKETS = 64;
    private static final int BYTES = 72;
    private static final int CREATED = 80;
    private static final int LAST_USED = 88;
    private static final int GENERATION = 96;
    private static final int VERDICT = 100;
    private static final int EGRESS = 104;
    private static final int MAC_EPOCH = 108;
    private static final int HASH = 112;
    private static final int LINK = 120;
    private static final int HOLDS = 124;
    private static final int LIVE = -2;

    private final FlowHash hash;
    private final FlowIndex index;
    private final int capacity;
    private final long memory;
    private final long base;
    private FlowRemoval removal = entry -> {};
    private int highWater;
    private int freeHead = NONE;
    private int size;
    private int sweepCursor;
    private int clockHand;
    private long inserted;
    private long removed;
    private long expired;
    private long evicted;
    private long sink;
    private boolean closed;

    /**
     * @param capacity most flows, {@link #MIN_CAPACITY} to {@link #MAX_CAPACITY}, rounded up to a
     *     power of two.
     * @param seed of the hash; random in production, so that senders can't aim at a bucket.
     * @throws IllegalArgumentException when the capacity is out of range.
     */
    public FlowTable(final int capacity, final long seed) {
        if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "flow table capacity %d; allowed: %d to %d"
                            .formatted(capacity, MIN_CAPACITY, MAX_CAPACITY));
        }
        this.capacity = BitUtil.findNextPositivePowerOfTwo(capacity);
        this.hash = new FlowHash(seed);
        this.memory = UnsafeApi.allocateMemory(((long) this.capacity << ENTRY_SHIFT) + ENTRY_BYTES);
        this.base = (memory + ENTRY_BYTES - 1) & -ENTRY_BYTES;
        this.index = new FlowIndex(this.capacity);
    }

    /** Who is told of every removal, expiry and eviction. */
    public void onRemoval(final FlowRemoval listener) {
        removal = listener;
    }

    /** Frees the memory; no other method may be called afterwards. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            index.close();
            UnsafeApi.freeMemory(memory);
        }
    }

    /** Hash of the key that begins at index {@code at}. */
    public long hash(final long[] keys, final int at) {
        return hash.hash(keys, at);
    }

    /** Hashes of the first {@code count} keys of a batch. */
    public void hashAll(final long[] keys, final int count, final long[] hashes) {
        hash.hashAll(keys, count, hashes);
    }

    /**
     * Looks a burst up, in stages, so that the cache misses of its packets overlap: all buckets are
     * loaded, then all entries they name, then keys are compared. At 1 M flows: 38 ns a packet, 54
     * with the last two stages in one loop, 120 one packet after the other (setting of {@link
     * FlowIndex}; {@code FlowTableBenchmark}).
     *
     * @param hashes of the keys, from {@link #hashAll}.
     * @param entries receives the entry of each packet, or {@link #NONE}.
     */
    public void lookup(
            final long[] keys, final long[] hashes, final int count, final int[] entries) {
        long loaded = index.touch(hashes, count);
        index.firstAll(hashes, count, entries);
        loaded += touch(entries, count);
        for (int i = 0; i < count; i++) {
            final int entry = entries[i];
            if (entry >= 0 && !matches(entry, keys, i * FlowKey.WORDS)) {
                entries[i] = find(keys, i * FlowKey.WORDS, hashes[i]);
            }
        }
        sink = loaded;
    }

    private long touch(final int[] entries, final int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            // no branch, so that loads run ahead: a miss loads entry 0, which is in the cache
            final long address = address(Math.max(entries[i], 0));
            sum += UnsafeApi.getLong(address) + UnsafeApi.getLong(address + PACKETS);
        }
        return sum;
    }

    /** Looks one key up; {@link #NONE} when there is no such flow. */
    public int find(final long[] keys, final int at, final long keyHash) {
        for (int i = 0; i < FlowIndex.CANDIDATES; i++) {
            final int entry = index.matchAt(keyHash, i);
            if (entry >= 0 && matches(entry, keys, at)) {
                return entry;
            }
        }
        return NONE;
    }

    /** True when the entry's key is the one that begins at index {@code at}. */
    public boolean matches(final int entry, final long[] keys, final int at) {
        final long key = address(entry);
        final long difference =
                (UnsafeApi.getLong(key) ^ keys[at])
                        | (UnsafeApi.getLong(key + 8) ^ keys[at + 1])
                        | (UnsafeApi.getLong(key + 16) ^ keys[at + 2])
                        | (UnsafeApi.getLong(key + 24) ^ keys[at + 3])
                        | (UnsafeApi.getLong(key + 32) ^ keys[at + 4])
                        | (UnsafeApi.getLong(key + 40) ^ keys[at + 5])
                        | (UnsafeApi.getLong(key + 48) ^ keys[at + 6])
                        | (UnsafeApi.getLong(key + 56) ^ keys[at + 7]);
        return difference == 0;
    }

    /**
     * Adds a flow that is not there yet, evicting another when there is no room. Counts and
     * decision start at zero.
     *
     * @param keyHash of the key, from {@link #hash}.
     * @return its entry.
     */
    public int insert(final long[] keys, final int at, final long keyHash, final long nowNs) {
        if (size == capacity) {
            evict(victim(keyHash));
        }
        final int entry = takeFree();
        if (!index.put(keyHash, entry)) {
            evict(oldestCandidate(keyHash));
            index.put(keyHash, entry);
        }
        final long address = address(entry);
        for (int i = 0; i < FlowKey.WORDS; i++) {
            UnsafeApi.putLong(address + (long) i * Long.BYTES, keys[at + i]);
        }
        UnsafeApi.setMemory(address + PACKETS, ENTRY_BYTES - PACKETS, (byte) 0);
        UnsafeApi.putLong(address + CREATED, nowNs);
        UnsafeApi.putLong(address + LAST_USED, nowNs);
        UnsafeApi.putLong(address + HASH, keyHash);
        UnsafeApi.putInt(address + LINK, LIVE);
        inserted++;
        size++;
        return entry;
    }

    /** Entries used so far: every flow's entry is below. */
    public int span() {
        return highWater;
    }

    /** Takes a flow out. */
    public void remove(final int entry) {
        discard(entry);
        removed++;
    }

    /**
     * Goes on with the sweep for idle flows where the last call stopped.
     *
     * @param idleNs flows unused for this long, or longer, go.
     * @param maxEntries most entries to look at: bounds the call's time.
     * @return flows taken out.
     */
    public int expire(final long nowNs, final long idleNs, final int maxEntries) {
        final int steps = Math.min(maxEntries, highWater);
        int count = 0;
        for (int i = 0; i < steps; i++) {
            if (sweepCursor >= highWater) {
                sweepCursor = 0;
            }
            final int entry = sweepCursor++;
            if (isLive(entry) && nowNs - lastUsedNs(entry) >= idleNs) {
                discard(entry);
                count++;
            }
        }
        expired += count;
        return count;
    }

    /**
     * True when the entry holds a flow. A dump walks the entries from 0 to {@link #span} - 1, over
     * as many duty cycles as it likes: a flow that stays keeps its entry, so it is shown once.
     */
    public boolean isLive(final int entry) {
        return entry < highWater && UnsafeApi.getInt(address(entry) + LINK) == LIVE;
    }

    private int takeFree() {
        if (freeHead == NONE) {
            return highWater++;
        }
        final int entry = freeHead;
        freeHead = UnsafeApi.getInt(address(entry) + LINK);
        return entry;
    }

    private void discard(final int entry) {
        removal.onRemoval(entry);
        index.remove(UnsafeApi.getLong(address(entry) + HASH), entry);
        UnsafeApi.putInt(address(entry) + LINK, freeHead);
        freeHead = entry;
        size--;
        if (size == 0) {
            freeHead = NONE;
            highWater = 0;
        }
    }

    private void evict(final int entry) {
        discard(entry);
        evicted++;
    }

    private int victim(final long keyHash) {
        final int entry = oldestCandidate(keyHash);
        if (entry >= 0) {
            return entry;
        }
        clockHand = (clockHand + 1) & (capacity - 1);
        return clockHand;
    }

    private int oldestCandidate(final long keyHash) {
        int oldest = NONE;
        for (int i = 0; i < FlowIndex.CANDIDATES; i++) {
            final int entry = index.entryAt(keyHash, i);
            if (entry >= 0 && (oldest < 0 || lastUsedNs(entry) - lastUsedNs(oldest) < 0)) {
                oldest = entry;
            }
        }
        return oldest;
    }

    /** Counts a packet of the flow. */
    public void count(final int entry, final int lengthBytes, final long nowNs) {
        final long address = address(entry);
        UnsafeApi.putLong(address + PACKETS, UnsafeApi.getLong(address + PACKETS) + 1);
        UnsafeApi.putLong(address + BYTES, UnsafeApi.getLong(address + BYTES) + lengthBytes);
        UnsafeApi.putLong(address + LAST_USED, nowNs);
    }

    /** Word {@code i} of the flow's key. */
    public long keyWord(final int entry, final int i) {
        return UnsafeApi.getLong(address(entry) + (long) i * Long.BYTES);
    }

    public long packets(final int entry) {
        return UnsafeApi.getLong(address(entry) + PACKETS);
    }

    public long bytes(final int entry) {
        return UnsafeApi.getLong(address(entry) + BYTES);
    }

    public long createdNs(final int entry) {
        return UnsafeApi.getLong(address(entry) + CREATED);
    }

    public long lastUsedNs(final int entry) {
        return UnsafeApi.getLong(address(entry) + LAST_USED);
    }

    /** Generation of the rules that made the decision. */
    public int generation(final int entry) {
        return UnsafeApi.getInt(address(entry) + GENERATION);
    }

    /** Number of the decision, as the owner has it. */
    public int verdict(final int entry) {
        return UnsafeApi.getInt(address(entry) + VERDICT);
    }

    /** Where the flow leaves, see {@link io.vswitch.core.l2.Location}. */
    public int egress(final int entry) {
        return UnsafeApi.getInt(address(entry) + EGRESS);
    }

    /** Epoch of the MAC table that {@link #egress} was taken from. */
    public int macEpoch(final int entry) {
        return UnsafeApi.getInt(address(entry) + MAC_EPOCH);
    }

    /** For how long the decision holds, as the owner has it; 0 for a new flow. */
    public int holds(final int entry) {
        return UnsafeApi.getInt(address(entry) + HOLDS);
    }

    /** Notes for how long the decision holds. */
    public void holds(final int entry, final int until) {
        UnsafeApi.putInt(address(entry) + HOLDS, until);
    }

    /** Notes what is to be done with the flow's packets, and what that was decided from. */
    public void decide(
            final int entry,
            final int generation,
            final int verdict,
            final int egress,
            final int macEpoch) {
        final long address = address(entry);
        UnsafeApi.putInt(address + GENERATION, generation);
        UnsafeApi.putInt(address + VERDICT, verdict);
        UnsafeApi.putInt(address + EGRESS, egress);
        UnsafeApi.putInt(address + MAC_EPOCH, macEpoch);
    }

    /**
     * Flows in the table: {@link #inserted} - {@link #removed} - {@link #expired} - {@link
     * #evictions}.
     */
    public int size() {
        return size;
    }

    public int capacity() {
        return capacity;
    }

    /** Flows ever inserted. */
    public long inserted() {
        return inserted;
    }

    /** Flows ever taken out by {@link #remove}. */
    public long removed() {
        return removed;
    }

    /** Flows ever taken out by {@link #expire}. */
    public long expired() {
        return expired;
    }

    /** Flows ever pushed out by an insertion. */
    public long evictions() {
        return evicted;
    }

    private long address(final int entry) {
        return base + ((long) entry << ENTRY_SHIFT);
    }
}
