package io.vswitch.core.state;

import io.vswitch.core.flow.FlowHash;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import org.agrona.BitUtil;
import org.agrona.UnsafeApi;

/**
 * The connections of stateful layers: off-heap, bounded, seeded; owned by one worker, every method
 * runs on its thread. Nothing is allocated after construction, and entries never used keep their
 * memory untouched.
 *
 * <p>Hash chains find an entry; one list per {@link ConnectionState}, oldest first, makes expiry
 * and eviction look at heads only. A full table gives up the oldest connection of the first state
 * in {@link ConnectionState#EVICTABLE} that has one, never an established one.
 *
 * <pre>
 *    0  key: 7 words, see {@link ConnectionKey}               56  hash (8)
 *   64  lastUsedNs (8)     72  destination MAC (48) | EtherType (16)
 *   80  source MAC (48) | ingress port (16)
 *   88  state (4): ordinal, or FREE   92  opener: TCP flags | direction &lt;&lt; 8 (4)
 *   96  next of chain, or of the free list (4)   100  previous, 104  next of the state's list (4)
 * </pre>
 */
public final class ConnectionTable implements AutoCloseable {
    /** No such connection. */
    public static final int NONE = -1;

    /** Smallest capacity. */
    public static final int MIN_CAPACITY = 64;

    /** Largest capacity: 2.1 GiB. */
    public static final int MAX_CAPACITY = 1 << 24;

    private static final ConnectionState[] STATES = ConnectionState.values();
    private static final int ENTRY_SHIFT = 7;
    private static final int ENTRY_BYTES = 1 << ENTRY_SHIFT;
    private static final int HASH = 56;
    private static final int LAST_USED = 64;
    private static final int DESTINATION = 72;
    private static final int SOURCE = 80;
    private static final int STATE = 88;
    private static final int OPENER = 92;
    private static final int CHAIN = 96;
    private static final int PREVIOUS = 100;
    private static final int NEXT = 104;
    private static final int FREE = -1;
    private static final int INBOUND_BIT = 1 << 8;

    private final FlowHash hash;
    private final int capacity;
    private final int mask;
    private final long memory;
    private final long base;
    private final long buckets;
    private final int[] oldest = new int[STATES.length];
    private final int[] newest = new int[STATES.length];
    private final long[] scratch = new long[ConnectionKey.WORDS];
    private int freeHead = NONE;
    private int highWater;
    private int size;
    private long opened;
    private long expired;
    private long evicted;
    private long refused;
    private boolean closed;

    /** Says whether a layer of a port still keeps connections. */
    @FunctionalInterface
    public interface Keeper {
        boolean keeps(int portId, int layer);
    }

    /**
     * @param capacity most connections, {@link #MIN_CAPACITY} to {@link #MAX_CAPACITY}, rounded up
     *     to a power of two.
     * @param seed of the hash; random in production.
     * @throws IllegalArgumentException when the capacity is out of range.
     */
    public ConnectionTable(final int capacity, final long seed) {
        if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "connection capacity "
                            + capacity
                            + "; allowed: "
                            + MIN_CAPACITY
                            + " to "
                            + MAX_CAPACITY);
        }
        this.capacity = BitUtil.findNextPositivePowerOfTwo(capacity);
        this.mask = this.capacity - 1;
        this.hash = new FlowHash(seed);
        this.memory = UnsafeApi.allocateMemory(((long) this.capacity << ENTRY_SHIFT) + ENTRY_BYTES);
        this.base = (memory + ENTRY_BYTES - 1) & -ENTRY_BYTES;
        this.buckets = UnsafeApi.allocateMemory((long) this.capacity * Integer.BYTES);
        UnsafeApi.setMemory(buckets, (long) this.capacity * Integer.BYTES, (byte) 0xff);
        Arrays.fill(oldest, NONE);
        Arrays.fill(newest, NONE);
    }

    /** Frees the memory; no other method may be called afterwards. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            UnsafeApi.freeMemory(buckets);
            UnsafeApi.freeMemory(memory);
        }
    }

    /** The connection of this key that hasn't expired, or {@link #NONE}; changes nothing. */
    int find(final long[] key, final long nowNs) {
        final long keyHash = hash.hash(key, 0);
        int entry = UnsafeApi.getInt(bucket(keyHash));
        while (entry != NONE && !matches(entry, key)) {
            entry = getInt(entry, CHAIN);
        }
        return entry == NONE || isExpired(entry, nowNs) ? NONE : entry;
    }

    private boolean matches(final int entry, final long[] key) {
        final long address = address(entry);
        long difference = 0;
        for (int i = 0; i < ConnectionKey.STORED_WORDS; i++) {
            difference |= UnsafeApi.getLong(address + (long) i * Long.BYTES) ^ key[i];
        }
        return difference == 0;
    }

    private boolean isExpired(final int entry, final long nowNs) {
        return nowNs - getLong(entry, LAST_USED) >= state(entry).timeoutNs();
    }

    /**
     * Adds a connection, in the place of an expired or finished one of the same key.
     *
     * @param opener TCP flags of the first packet, and its direction by {@link #opener(int,
     *     Direction)}.
     * @return its entry, or {@link #NONE} when the table is full of connections it may not give up.
     */
    int open(
            final long[] key,
            final long destination,
            final long source,
            final int opener,
            final long nowNs) {
        final long keyHash = hash.hash(key, 0);
        removeSame(key, keyHash);
        if (size == capacity && !makeRoom(nowNs)) {
            refused++;
            return NONE;
        }
        final int entry = takeFree();
        final long address = address(entry);
        for (int i = 0; i < ConnectionKey.STORED_WORDS; i++) {
            UnsafeApi.putLong(address + (long) i * Long.BYTES, key[i]);
        }
        putLong(entry, HASH, keyHash);
        putLong(entry, LAST_USED, nowNs);
        putLong(entry, DESTINATION, destination);
        putLong(entry, SOURCE, source);
        putInt(entry, OPENER, opener);
        putInt(entry, CHAIN, UnsafeApi.getInt(bucket(keyHash)));
        UnsafeApi.putInt(bucket(keyHash), entry);
        append(entry, first(ConnectionKey.protocol(key[5])));
        size++;
        opened++;
        return entry;
    }

    private void removeSame(final long[] key, final long keyHash) {
        int entry = UnsafeApi.getInt(bucket(keyHash));
        while (entry != NONE && !matches(entry, key)) {
            entry = getInt(entry, CHAIN);
        }
        if (entry != NONE) {
            remove(entry);
        }
    }

    private static ConnectionState first(final int protocol) {
        if (protocol == IpProtocol.TCP) {
            return ConnectionState.SYN_SENT;
        }
        return protocol == IpProtocol.UDP ? ConnectionState.UDP_SINGLE : ConnectionState.ICMP;
    }

    private boolean makeRoom(final long nowNs) {
        if (expire(nowNs, 1) > 0) {
            return true;
        }
        for (final ConnectionState state : ConnectionState.EVICTABLE) {
            if (oldest[state.ordinal()] != NONE) {
                remove(oldest[state.ordinal()]);
                evicted++;
                return true;
            }
        }
        return false;
    }

    /** A packet of the connection passed. */
    void touch(final int entry, final boolean fromOpener, final int tcpFlags, final long nowNs) {
        final ConnectionState before = state(entry);
        final ConnectionState after = after(before, entry, fromOpener, tcpFlags);
        if (after != before || after.isRefreshedBy(tcpFlags)) {
            unlink(entry);
            putLong(entry, LAST_USED, nowNs);
            append(entry, after);
        }
    }

    private ConnectionState after(
            final ConnectionState before,
            final int entry,
            final boolean fromOpener,
            final int tcpFlags) {
        final int protocol = ConnectionKey.protocol(getLong(entry, 5 * Long.BYTES));
        if (protocol == IpProtocol.TCP) {
            return before.after(fromOpener, tcpFlags);
        }
        final boolean answered = protocol == IpProtocol.UDP && !fromOpener;
        return answered ? ConnectionState.UDP_MULTIPLE : before;
    }

    /**
     * Takes connections out whose time is over.
     *
     * @param limit most of them.
     * @return how many.
     */
    public int expire(final long nowNs, final int limit) {
        int count = 0;
        for (int i = 0; i < STATES.length; i++) {
            while (count < limit && oldest[i] != NONE && isExpired(oldest[i], nowNs)) {
                remove(oldest[i]);
                count++;
            }
        }
        expired += count;
        return count;
    }

    /** Takes out all connections of layers that are gone; looks at every entry used so far. */
    public void retain(final Keeper keeper) {
        for (int entry = 0; entry < highWater; entry++) {
            final long place = getLong(entry, 4 * Long.BYTES);
            if (getInt(entry, STATE) != FREE
                    && !keeper.keeps(ConnectionKey.portId(place), ConnectionKey.layer(place))) {
                remove(entry);
            }
        }
    }

    private void remove(final int entry) {
        unlink(entry);
        final long bucket = bucket(getLong(entry, HASH));
        int at = UnsafeApi.getInt(bucket);
        if (at == entry) {
            UnsafeApi.putInt(bucket, getInt(entry, CHAIN));
        } else {
            while (getInt(at, CHAIN) != entry) {
                at = getInt(at, CHAIN);
            }
            putInt(at, CHAIN, getInt(entry, CHAIN));
        }
        putInt(entry, STATE, FREE);
        putInt(entry, CHAIN, freeHead);
        freeHead = entry;
        size--;
    }

    private int takeFree() {
        if (freeHead == NONE) {
            return highWater++;
        }
        final int entry = freeHead;
        freeHead = getInt(entry, CHAIN);
        return entry;
    }

    private void append(final int entry, final ConnectionState state) {
        final int list = state.ordinal();
        putInt(entry, STATE, list);
        putInt(entry, PREVIOUS, newest[list]);
        putInt(entry, NEXT, NONE);
        if (newest[list] == NONE) {
            oldest[list] = entry;
        } else {
            putInt(newest[list], NEXT, entry);
        }
        newest[list] = entry;
    }

    private void unlink(final int entry) {
        final int list = getInt(entry, STATE);
        final int previous = getInt(entry, PREVIOUS);
        final int next = getInt(entry, NEXT);
        if (previous == NONE) {
            oldest[list] = next;
        } else {
            putInt(previous, NEXT, next);
        }
        if (next == NONE) {
            newest[list] = previous;
        } else {
            putInt(next, PREVIOUS, previous);
        }
    }

    ConnectionState state(final int entry) {
        return STATES[getInt(entry, STATE)];
    }

    static int opener(final int tcpFlags, final Direction direction) {
        return tcpFlags | (direction == Direction.INBOUND ? INBOUND_BIT : 0);
    }

    /** Direction of the connection's first packet. */
    Direction direction(final int entry) {
        final boolean in = (getInt(entry, OPENER) & INBOUND_BIT) != 0;
        return in ? Direction.INBOUND : Direction.OUTBOUND;
    }

    /** Loads the first packet, as the layer saw it. */
    void loadOpener(final int entry, final HeaderFields fields) {
        final long address = address(entry);
        for (int i = 0; i < ConnectionKey.STORED_WORDS; i++) {
            scratch[i] = UnsafeApi.getLong(address + (long) i * Long.BYTES);
        }
        final long destination = getLong(entry, DESTINATION);
        final long source = getLong(entry, SOURCE);
        fields.destinationMac = destination >>> 16;
        fields.etherType = (int) destination & 0xffff;
        fields.sourceMac = source >>> 16;
        fields.ingressPort = (int) source & 0xffff;
        fields.tcpFlags = getInt(entry, OPENER) & 0xff;
        fields.fragment = 0;
        fields.dscp = -1;
        fields.ttlDecrement = 0;
        ConnectionKey.load(scratch, direction(entry), fields);
    }

    /** Connections in the table. */
    public int size() {
        return size;
    }

    public int capacity() {
        return capacity;
    }

    /** Connections ever opened. */
    public long opened() {
        return opened;
    }

    /** Connections ever taken out because their time was over. */
    public long expired() {
        return expired;
    }

    /** Connections ever given up for a new one. */
    public long evicted() {
        return evicted;
    }

    /** Connections ever refused because there was no room. */
    public long refused() {
        return refused;
    }

    private long bucket(final long keyHash) {
        return buckets + ((keyHash >>> 7 & mask) << 2);
    }

    private long address(final int entry) {
        return base + ((long) entry << ENTRY_SHIFT);
    }

    private int getInt(final int entry, final int field) {
        return UnsafeApi.getInt(address(entry) + field);
    }

    private void putInt(final int entry, final int field, final int value) {
        UnsafeApi.putInt(address(entry) + field, value);
    }

    private long getLong(final int entry, final int field) {
        return UnsafeApi.getLong(address(entry) + field);
    }

    private void putLong(final int entry, final int field, final long value) {
        UnsafeApi.putLong(address(entry) + field, value);
    }
}
