package io.vswitch.core.fragment;

import io.vswitch.core.flow.FlowHash;
import io.vswitch.core.l2.PortChains;
import io.vswitch.core.packet.FlowKey;
import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * Datagrams of which some fragments came and others are to come: bounded, seeded; owned by one
 * worker. A full table gives up the oldest datagram of the port that has most. Nothing is allocated
 * after the first fragment.
 *
 * <p>Of each it knows which bytes came, so that none comes twice (RFC 5722), and what the first
 * fragment's transport header said.
 */
public final class FragmentTable implements AutoCloseable {
    /** No such datagram. */
    public static final int NONE = -1;

    /** Most datagrams at a time. */
    public static final int CAPACITY = 1024;

    /** {@link #add}: bytes that are new. */
    public static final int NEW = 0;

    /** {@link #add}: all of its bytes came already. */
    public static final int REPEATED = 1;

    /** {@link #add}: some of its bytes came already, or it contradicts the datagram's end. */
    public static final int OVERLAPS = 2;

    /** For so long the first fragment is waited for, and is a datagram of overlaps remembered. */
    static final long WAIT_NS = 1_000_000_000L;

    /** So long after its first fragment is the last one waited for. */
    static final long REST_NS = 15_000_000_000L;

    private static final int BUCKETS = CAPACITY * 2;

    /** One bit for each 8 bytes of a datagram. */
    private static final int BITMAP_LONGS = 128;

    private static final int BITMAP_BYTES = BITMAP_LONGS * Long.BYTES;
    private static final int STORED_WORDS = 6;
    private static final int HAS_FIRST = 1;
    private static final int POISONED = 2;
    private static final int USED = 4;

    private final FlowHash hash;
    private final PortChains ports = new PortChains(CAPACITY);
    private final long[] keys = new long[CAPACITY * STORED_WORDS];
    private final long[] openedNs = new long[CAPACITY];
    private final long[] deadlineNs = new long[CAPACITY];
    private final int[] flags = new int[CAPACITY];
    private final int[] received = new int[CAPACITY];
    private final int[] highest = new int[CAPACITY];
    private final int[] total = new int[CAPACITY];
    private final int[] transport = new int[CAPACITY];
    private final int[] transportPorts = new int[CAPACITY];
    private final int[] chain = new int[CAPACITY];
    private final int[] buckets = new int[BUCKETS];
    private final long[] scratch = new long[FlowKey.WORDS];
    private int freeHead = NONE;
    private int highWater;
    private int size;
    private long bitmaps;

    public FragmentTable(final long seed) {
        hash = new FlowHash(seed);
        Arrays.fill(buckets, NONE);
    }

    /** Frees the memory; no other method may be called afterwards. */
    @Override
    public void close() {
        if (bitmaps != 0) {
            UnsafeApi.freeMemory(bitmaps);
            bitmaps = 0;
        }
    }

    /** Makes room for ports with ids below this. */
    public void ensurePorts(final int limit) {
        if (limit > 0) {
            ports.admit(limit - 1);
        }
    }

    /** The datagram of a fragment, or {@link #NONE}. */
    public int find(final FragmentReader fragment) {
        int entry = size == 0 ? NONE : buckets[bucket(fragment.key())];
        while (entry != NONE && !matches(entry, fragment.key())) {
            entry = chain[entry];
        }
        return entry;
    }

    private boolean matches(final int entry, final long[] key) {
        final int at = entry * STORED_WORDS;
        return Arrays.equals(keys, at, at + STORED_WORDS, key, 0, STORED_WORDS);
    }

    /** The datagram that must go before one of this port can be added, or {@link #NONE}. */
    public int victim(final int portId) {
        return size < CAPACITY ? NONE : ports.oldestOfLargest(portId);
    }

    /** Adds a datagram that isn't there yet, with no part. */
    public int open(final FragmentReader fragment, final long nowNs) {
        if (bitmaps == 0) {
            bitmaps = UnsafeApi.allocateMemory((long) CAPACITY * BITMAP_BYTES);
        }
        final int entry = freeHead == NONE ? highWater++ : freeHead;
        freeHead = freeHead == NONE ? NONE : chain[entry];
        System.arraycopy(fragment.key(), 0, keys, entry * STORED_WORDS, STORED_WORDS);
        final int bucket = bucket(fragment.key());
        chain[entry] = buckets[bucket];
        buckets[bucket] = entry;
        openedNs[entry] = nowNs;
        deadlineNs[entry] = nowNs + WAIT_NS;
        flags[entry] = USED;
        received[entry] = 0;
        highest[entry] = 0;
        total[entry] = 0;
        UnsafeApi.setMemory(bitmap(entry), BITMAP_BYTES, (byte) 0);
        ports.attach(entry, portId(entry));
        size++;
        return entry;
    }

    /** Takes a datagram out. */
    public void remove(final int entry) {
        final int bucket = bucketOf(entry);
        int at = buckets[bucket];
        if (at == entry) {
            buckets[bucket] = chain[entry];
        } else {
            while (chain[at] != entry) {
                at = chain[at];
            }
            chain[at] = chain[entry];
        }
        ports.detach(entry, portId(entry));
        flags[entry] = 0;
        chain[entry] = freeHead;
        freeHead = entry;
        size--;
    }

    /** Takes note of a part: {@link #NEW}, {@link #REPEATED} or {@link #OVERLAPS}. */
    public int add(final int entry, final FragmentReader fragment) {
        final int end = fragment.offset() + fragment.length();
        final boolean beyond = total[entry] != 0 && end > total[entry];
        if (beyond || !fragment.hasMore() && highest[entry] > end) {
            return OVERLAPS;
        }
        final int known = mark(entry, fragment.offset() >>> 3, end + 7 >>> 3);
        if (known != NEW) {
            return known;
        }
        highest[entry] = Math.max(highest[entry], end);
        received[entry] += fragment.length();
        if (!fragment.hasMore()) {
            total[entry] = end;
        }
        return NEW;
    }

    private int mark(final int entry, final int from, final int to) {
        final long map = bitmap(entry);
        boolean any = false;
        boolean all = true;
        for (int word = from >>> 6; word <= to - 1 >>> 6; word++) {
            final long bits = bits(word, from, to);
            final long before = UnsafeApi.getLong(map + (long) word * Long.BYTES);
            any |= (before & bits) != 0;
            all &= (before & bits) == bits;
        }
        if (any) {
            return all ? REPEATED : OVERLAPS;
        }
        for (int word = from >>> 6; word <= to - 1 >>> 6; word++) {
            final long at = map + (long) word * Long.BYTES;
            UnsafeApi.putLong(at, UnsafeApi.getLong(at) | bits(word, from, to));
        }
        return NEW;
    }

    /** The bits of a range that lie in a word of the map. */
    private static long bits(final int word, final int from, final int to) {
        final int low = Math.max(from - (word << 6), 0);
        final int high = Math.min(to - (word << 6), Long.SIZE);
        return -1L >>> Long.SIZE - high & -1L << low;
    }

    /**
     * Takes what the first fragment says.
     *
     * @param bits of word 2 of its flow key: protocol and TCP flags.
     * @param portsOfIt upper half of word 3.
     */
    public void first(final int entry, final int bits, final int portsOfIt, final long nowNs) {
        flags[entry] |= HAS_FIRST;
        transport[entry] = bits;
        transportPorts[entry] = portsOfIt;
        deadlineNs[entry] = nowNs + REST_NS;
    }

    public boolean hasFirst(final int entry) {
        return (flags[entry] & HAS_FIRST) != 0;
    }

    /** Bits of word 2 of the first fragment's flow key: protocol and TCP flags. */
    public int transport(final int entry) {
        return transport[entry];
    }

    /** Upper half of word 3 of the first fragment's flow key. */
    public int transportPorts(final int entry) {
        return transportPorts[entry];
    }

    /** Nothing of the datagram passes any more. */
    public void poison(final int entry, final long nowNs) {
        flags[entry] |= POISONED;
        deadlineNs[entry] = nowNs + WAIT_NS;
    }

    /** The datagram is over for all that comes later. */
    public void endAfter(final int entry, final long nowNs) {
        deadlineNs[entry] = nowNs + 1;
    }

    public boolean isPoisoned(final int entry) {
        return (flags[entry] & POISONED) != 0;
    }

    /** True when every byte came. */
    public boolean isComplete(final int entry) {
        return total[entry] != 0 && received[entry] == total[entry];
    }

    /** True when the datagram's time is over, or its parts so old that a first one begins anew. */
    public boolean isOver(final int entry, final boolean first, final long nowNs) {
        return nowNs >= deadlineNs[entry]
                || first && hasFirst(entry) && nowNs - openedNs[entry] >= WAIT_NS;
    }

    /** True for an entry in use. */
    public boolean isUsed(final int entry) {
        return flags[entry] != 0;
    }

    /** Entries used so far; every datagram is in one before it. */
    public int span() {
        return highWater;
    }

    /** Datagrams in the table. */
    public int size() {
        return size;
    }

    /** Port that the datagram comes from. */
    public int portId(final int entry) {
        return portId(keys[entry * STORED_WORDS + 4]);
    }

    static int portId(final long word4) {
        return (int) (word4 >>> 48);
    }

    private int bucketOf(final int entry) {
        System.arraycopy(keys, entry * STORED_WORDS, scratch, 0, STORED_WORDS);
        return bucket(scratch);
    }

    private int bucket(final long[] key) {
        return (int) (hash.hash(key, 0) >>> 7) & BUCKETS - 1;
    }

    private long bitmap(final int entry) {
        return bitmaps + (long) entry * BITMAP_BYTES;
    }
}
