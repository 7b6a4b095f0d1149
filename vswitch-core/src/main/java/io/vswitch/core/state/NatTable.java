package io.vswitch.core.state;

import io.vswitch.core.flow.FlowHash;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * What connections of a {@link ConnectionTable} are translated to: a record beside each entry of
 * the same number, found by the key of its replies; owned by the table's worker. Its memory is
 * taken when the first connection is translated, and records never used keep theirs untouched.
 *
 * <p>Connections with one source inside have one source outside: a binding. The first of them
 * stands for it in the chains by source inside and by source outside, the others follow it in a
 * ring; when it goes the next takes its place. So a binding ends with its last connection, and
 * nothing is left of it.
 *
 * <pre>
 *    0  IPv4 addresses of the replies' key, words 1 and 3 (8)     8  its ports, upper half of word 4 (4)
 *   12  next of the chain by reply (4)     16  by source inside (4)     20  outside (4)
 *   24  flags (8 bits) | next of the ring (24)                          28  previous of it (4)
 * </pre>
 *
 * Words 0 to 3 of IPv6 stand in memory of their own, under the same number.
 */
final class NatTable implements AutoCloseable {
    /** The connection's source outside is its own: it is bound to it. */
    static final int BOUND = 1;

    private static final int FIRST_OF_RING = 2;
    private static final int NONE = ConnectionTable.NONE;
    private static final int RECORD_SHIFT = 5;
    private static final int PEER = 4;
    private static final int PORTS = 8;
    private static final int REPLY_CHAIN = 12;
    private static final int INSIDE_CHAIN = 16;
    private static final int OUTSIDE_CHAIN = 20;
    private static final int RING_NEXT = 24;
    private static final int RING_PREVIOUS = 28;
    private static final int FLAGS_SHIFT = 24;
    private static final int ENTRY_MASK = (1 << FLAGS_SHIFT) - 1;
    private static final long LOW = 0xffff_ffffL;

    private final ConnectionEntries entries;
    private final FlowHash hash;
    private final int capacity;
    private final WideAddresses wide;
    private final long[] forward = new long[ConnectionKey.WORDS];
    private final long[] reply = new long[ConnectionKey.WORDS];
    private final long[] inside = new long[ConnectionKey.WORDS];
    private final long[] outside = new long[ConnectionKey.WORDS];
    private final long[] met = new long[ConnectionKey.WORDS];
    private long memory;
    private long replies;
    private long insides;
    private long outsides;
    private int size;
    private int bindings;

    NatTable(final ConnectionEntries entries, final int capacity, final FlowHash hash) {
        this.entries = entries;
        this.capacity = capacity;
        this.wide = new WideAddresses(capacity);
        this.hash = hash;
    }

    @Override
    public void close() {
        if (memory != 0) {
            UnsafeApi.freeMemory(memory);
            UnsafeApi.freeMemory(replies);
        }
        wide.close();
    }

    private void takeMemory() {
        final long bucketBytes = (long) capacity * Integer.BYTES;
        memory = UnsafeApi.allocateMemory((long) capacity << RECORD_SHIFT);
        replies = UnsafeApi.allocateMemory(bucketBytes * 3);
        insides = replies + bucketBytes;
        outsides = insides + bucketBytes;
        UnsafeApi.setMemory(replies, bucketBytes * 3, (byte) 0xff);
    }

    /** Translated connections. */
    int size() {
        return size;
    }

    /** Sources outside that are in use. */
    int bindings() {
        return bindings;
    }

    /** The connection whose replies have this key, or {@link ConnectionTable#NONE}. */
    int find(final long[] key) {
        if (size == 0) {
            return NONE;
        }
        int entry = UnsafeApi.getInt(bucket(replies, key));
        while (entry != NONE && !isReply(entry, key)) {
            entry = getInt(entry, REPLY_CHAIN);
        }
        return entry;
    }

    private boolean isReply(final int entry, final long[] key) {
        final long ports = Integer.toUnsignedLong(getInt(entry, PORTS)) << 32;
        final long place = entries.keyWord(entry, 4) & LOW;
        return ((ports | place) ^ key[4]) == 0
                && ((entries.keyWord(entry, 5) ^ key[5]) | (entries.keyWord(entry, 6) ^ key[6]))
                        == 0
                && (ConnectionKey.isIpv6(key[5])
                        ? wide.matches(entry, key)
                        : getInt(entry, 0) == (int) key[1] && getInt(entry, PEER) == (int) key[3]);
    }

    /** Loads the key of the connection's replies. */
    void loadReply(final int entry, final long[] key) {
        final long place = entries.keyWord(entry, 4) & LOW;
        key[4] = Integer.toUnsignedLong(getInt(entry, PORTS)) << 32 | place;
        key[5] = entries.keyWord(entry, 5);
        key[6] = entries.keyWord(entry, 6);
        if (ConnectionKey.isIpv6(key[5])) {
            wide.load(entry, key);
            return;
        }
        key[0] = 0;
        key[1] = getInt(entry, 0) & LOW;
        key[2] = 0;
        key[3] = getInt(entry, PEER) & LOW;
    }

    private void putAddresses(final int entry, final long[] key) {
        if (ConnectionKey.isIpv6(key[5])) {
            wide.put(entry, key);
        } else {
            putInt(entry, 0, (int) key[1]);
            putInt(entry, PEER, (int) key[3]);
        }
    }

    /** Loads the source outside of a connection into a packet of its family and protocol. */
    void loadSource(final int entry, final HeaderFields fields) {
        loadReply(entry, reply);
        ConnectionKey.source(reply, direction(entry), met);
        fields.sourceHigh = met[0];
        fields.sourceLow = met[1];
        fields.sourcePort = (int) met[2];
    }

    /**
     * Adds the record of a connection.
     *
     * @param direction of its first packet.
     * @param bound whether its source outside is its own.
     */
    void add(
            final int entry,
            final long[] replyKey,
            final Direction direction,
            final boolean bound) {
        if (memory == 0) {
            takeMemory();
        }
        putAddresses(entry, replyKey);
        putInt(entry, PORTS, (int) (replyKey[4] >>> 32));
        putInt(entry, RING_NEXT, (bound ? BOUND : 0) << FLAGS_SHIFT);
        push(bucket(replies, replyKey), entry, REPLY_CHAIN);
        size++;
        if (bound) {
            bind(entry, direction);
        }
    }

    private void bind(final int entry, final Direction direction) {
        entries.loadKey(entry, forward);
        loadReply(entry, reply);
        outside(reply, direction, outside);
        int first = firstInside(forward, direction);
        while (first != NONE && !isOutside(first)) {
            first = nextInside(first);
        }
        if (first == NONE) {
            ringNext(entry, entry);
            putInt(entry, RING_PREVIOUS, entry);
            stand(entry, direction);
            bindings++;
        } else {
            final int last = getInt(first, RING_PREVIOUS);
            ringNext(entry, first);
            putInt(entry, RING_PREVIOUS, last);
            ringNext(last, entry);
            putInt(first, RING_PREVIOUS, entry);
        }
    }

    /** Puts a connection into the chains, for its ring. */
    private void stand(final int entry, final Direction direction) {
        entries.loadKey(entry, forward);
        inside(forward, direction, inside);
        push(bucket(insides, inside), entry, INSIDE_CHAIN);
        loadReply(entry, reply);
        outside(reply, direction, outside);
        push(bucket(outsides, outside), entry, OUTSIDE_CHAIN);
        putInt(entry, RING_NEXT, (BOUND | FIRST_OF_RING) << FLAGS_SHIFT | nextOfRing(entry));
    }

    /** Takes the record of a connection out. */
    void remove(final int entry) {
        loadReply(entry, reply);
        pull(bucket(replies, reply), entry, REPLY_CHAIN);
        size--;
        final int flags = getInt(entry, RING_NEXT) >>> FLAGS_SHIFT;
        if ((flags & BOUND) != 0) {
            final int next = nextOfRing(entry);
            final int previous = getInt(entry, RING_PREVIOUS);
            ringNext(previous, next);
            putInt(next, RING_PREVIOUS, previous);
            if ((flags & FIRST_OF_RING) != 0) {
                standDown(entry, next);
            }
        }
    }

    private void standDown(final int entry, final int next) {
        final Direction direction = direction(entry);
        entries.loadKey(entry, forward);
        inside(forward, direction, inside);
        pull(bucket(insides, inside), entry, INSIDE_CHAIN);
        outside(reply, direction, outside);
        pull(bucket(outsides, outside), entry, OUTSIDE_CHAIN);
        if (next == entry) {
            bindings--;
        } else {
            stand(next, direction(next));
        }
    }

    /**
     * First connection of the first binding of this connection's source inside, or {@link
     * ConnectionTable#NONE}; of its other bindings by {@link #nextInside}.
     *
     * @param key of the opener's packets.
     */
    int firstInside(final long[] key, final Direction direction) {
        if (size == 0) {
            return NONE;
        }
        inside(key, direction, inside);
        return sameInside(UnsafeApi.getInt(bucket(insides, inside)));
    }

    /** Loads what {@link #firstOutside} and {@link #find} look at, so that their misses overlap. */
    long touch(final long[] replyKey, final Direction direction) {
        if (size == 0) {
            return 0;
        }
        outside(replyKey, direction, outside);
        final int first = UnsafeApi.getInt(bucket(outsides, outside));
        final int second = UnsafeApi.getInt(bucket(replies, replyKey));
        return getInt(Math.max(first, 0), PORTS) + getInt(Math.max(second, 0), PORTS);
    }

    /** Hash of a source inside. */
    long hashOfInside(final long[] key, final Direction direction) {
        inside(key, direction, inside);
        return hash.hash(inside, 0);
    }

    /** Hash of the address of a source inside, the same for all its ports and protocols. */
    long hashOfHost(final long[] key, final Direction direction) {
        inside(key, direction, inside);
        inside[2] = 0;
        inside[3] = 0;
        return hash.hash(inside, 0);
    }

    int nextInside(final int entry) {
        return sameInside(getInt(entry, INSIDE_CHAIN));
    }

    private int sameInside(final int from) {
        int entry = from;
        while (entry != NONE) {
            if (hasPort(entries.keyWord(entry, 4), inside[2]) && isInside(entry)) {
                return entry;
            }
            entry = getInt(entry, INSIDE_CHAIN);
        }
        return NONE;
    }

    private boolean isInside(final int entry) {
        entries.loadKey(entry, forward);
        inside(forward, direction(entry), met);
        return Arrays.equals(inside, met);
    }

    /** One of the two ports in the upper half of a key's word 4: else nothing more is loaded. */
    private static boolean hasPort(final long word4, final long port) {
        return word4 >>> 48 == port || (word4 >>> 32 & 0xffff) == port;
    }

    /**
     * First connection of the binding that has this connection's source outside, or {@link
     * ConnectionTable#NONE}.
     *
     * @param replyKey of its replies.
     */
    int firstOutside(final long[] replyKey, final Direction direction) {
        if (size == 0) {
            return NONE;
        }
        outside(replyKey, direction, outside);
        int entry = UnsafeApi.getInt(bucket(outsides, outside));
        while (entry != NONE && !isOutside(entry)) {
            entry = getInt(entry, OUTSIDE_CHAIN);
        }
        return entry;
    }

    /** Whether a connection's source outside is the one last asked for. */
    private boolean isOutside(final int entry) {
        if (!hasPort((long) getInt(entry, PORTS) << 32, outside[2])) {
            return false;
        }
        loadReply(entry, reply);
        outside(reply, direction(entry), met);
        return Arrays.equals(outside, met);
    }

    /** Whether the source of this key is that of a connection inside. */
    boolean hasInside(final int entry, final long[] key, final Direction direction) {
        inside(key, direction, inside);
        return isInside(entry);
    }

    /** The next connection of the same binding; itself when it is the only one. */
    int nextOfRing(final int entry) {
        return getInt(entry, RING_NEXT) & ENTRY_MASK;
    }

    private void ringNext(final int entry, final int next) {
        putInt(entry, RING_NEXT, getInt(entry, RING_NEXT) & ~ENTRY_MASK | next);
    }

    private static void inside(final long[] key, final Direction direction, final long[] to) {
        ConnectionKey.source(key, direction, to);
        to[4] = key[4] & 0xffff_ffffL;
        to[5] = key[6];
        to[6] = 1;
    }

    /** The same wherever the connection is: a source outside is of the whole switch. */
    private static void outside(final long[] key, final Direction direction, final long[] to) {
        ConnectionKey.source(key, direction, to);
        to[4] = 0;
        to[5] = 0;
        to[6] = 2;
    }

    private Direction direction(final int entry) {
        return ConnectionTable.direction(entries.getInt(entry, ConnectionEntries.OPENER));
    }

    private void push(final long bucket, final int entry, final int chain) {
        putInt(entry, chain, UnsafeApi.getInt(bucket));
        UnsafeApi.putInt(bucket, entry);
    }

    private void pull(final long bucket, final int entry, final int chain) {
        int at = UnsafeApi.getInt(bucket);
        if (at == entry) {
            UnsafeApi.putInt(bucket, getInt(entry, chain));
            return;
        }
        while (getInt(at, chain) != entry) {
            at = getInt(at, chain);
        }
        putInt(at, chain, getInt(entry, chain));
    }

    private long bucket(final long buckets, final long[] key) {
        return buckets + ((hash.hash(key, 0) >>> 7 & capacity - 1) << 2);
    }

    private long address(final int entry) {
        return memory + ((long) entry << RECORD_SHIFT);
    }

    private int getInt(final int entry, final int field) {
        return UnsafeApi.getInt(address(entry) + field);
    }

    private void putInt(final int entry, final int field, final int value) {
        UnsafeApi.putInt(address(entry) + field, value);
    }
}
