package io.vswitch.core.state;

import io.vswitch.core.flow.FlowHash;
import io.vswitch.core.guard.ConnectionLimits;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.view.PortConnections;
import org.agrona.BitUtil;
import org.agrona.UnsafeApi;

/**
 * The connections of stateful layers: off-heap, bounded, seeded; owned by one worker, every method
 * runs on its thread. Nothing is allocated after construction, and entries never used keep their
 * memory untouched.
 *
 * <p>Hash chains find an entry; one list per {@link ConnectionState}, oldest first, makes expiry
 * look at heads only. Who gives way to a new one, never an established one, {@link PortLists}
 * knows.
 *
 * <p>Entries are laid out in {@link ConnectionEntries}, what they are translated to stands in a
 * {@link NatTable}.
 */
public final class ConnectionTable implements AutoCloseable {
    /** No such connection. */
    public static final int NONE = -1;

    /** The packet is of no connection, and can't open one: its key is that of another. */
    static final int CONFLICT = -2;

    /** Smallest capacity. */
    public static final int MIN_CAPACITY = 64;

    /** Largest capacity: 2.1 GiB. */
    public static final int MAX_CAPACITY = 1 << 24;

    /** A port's limit refuses the connection. */
    static final int LIMIT = -3;

    private static final int INBOUND_BIT = 1 << 8;

    private final ConnectionEvents events;
    private final FlowHash hash;
    private final int capacity;
    private final int mask;
    private final ConnectionEntries entries;
    private final AgeLists ages;
    private final NatTable translations;
    private final TcpWindows windows;
    private final NatClaims claims;
    private final PortLists ports;
    private final long buckets;
    private final ConnectionReader reader;
    private int freeHead = NONE;
    private int highWater;
    private int size;
    private long expired;
    private long evicted;
    private long refused;
    private boolean closed;

    /**
     * @param capacity most connections, {@link #MIN_CAPACITY} to {@link #MAX_CAPACITY}, rounded up
     *     to a power of two.
     * @param seed of the hash; random in production.
     * @param isShared whether other workers have flows of its connections.
     * @throws IllegalArgumentException when the capacity is out of range.
     */
    public ConnectionTable(final int capacity, final long seed, final boolean isShared) {
        if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "connection capacity %d; allowed: %d to %d"
                            .formatted(capacity, MIN_CAPACITY, MAX_CAPACITY));
        }
        this.capacity = BitUtil.findNextPositivePowerOfTwo(capacity);
        this.mask = this.capacity - 1;
        this.hash = new FlowHash(seed);
        this.entries = new ConnectionEntries(this.capacity);
        this.ages = new AgeLists(entries);
        this.translations = new NatTable(entries, this.capacity, hash);
        this.claims = new NatClaims(this, translations);
        this.ports = new PortLists(entries);
        this.windows = new TcpWindows(this.capacity, isShared);
        this.events = new ConnectionEvents(windows);
        this.reader = new ConnectionReader(entries, translations);
        this.buckets = UnsafeApi.allocateMemory((long) this.capacity * Integer.BYTES);
        UnsafeApi.setMemory(buckets, (long) this.capacity * Integer.BYTES, (byte) 0xff);
    }

    /** Whether TCP segments pass whatever their sequence numbers; before any comes. */
    public void liberal(final boolean liberal) {
        windows.liberal(liberal);
    }

    /** Frees the memory; no other method may be called afterwards. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            UnsafeApi.freeMemory(buckets);
            translations.close();
            windows.close();
            entries.close();
        }
    }

    /**
     * The connection that packets of this key in this direction belong to and that hasn't expired,
     * or {@link #NONE} or {@link #CONFLICT}; changes nothing.
     */
    int find(final long[] key, final Direction direction, final long nowNs) {
        final int entry = holder(key);
        if (entry == NONE || isTranslated(entry) && openerDirection(entry) != direction) {
            final int other = translations.find(key);
            if (other != NONE && !isExpired(other, nowNs)) {
                return openerDirection(other) == direction ? CONFLICT : other;
            }
            return entry == NONE || isExpired(entry, nowNs) ? NONE : CONFLICT;
        }
        return isExpired(entry, nowNs) ? NONE : entry;
    }

    /** The connection that has this key as that of its first packet, or {@link #NONE}. */
    int holder(final long[] key) {
        int entry = UnsafeApi.getInt(bucket(hash.hash(key, 0)));
        while (entry != NONE && !entries.matches(entry, key)) {
            entry = entries.getInt(entry, ConnectionEntries.CHAIN);
        }
        return entry;
    }

    /** True when its time is over, or it may give way to a new one of its key. */
    boolean isOver(final int entry, final long nowNs) {
        return state(entry).isOver() || isExpired(entry, nowNs);
    }

    boolean isExpired(final int entry, final long nowNs) {
        final int list = entries.getInt(entry, ConnectionEntries.LIST);
        return nowNs - entries.getLong(entry, ConnectionEntries.LAST_USED)
                >= AgeLists.timeoutNs(list);
    }

    /**
     * Adds a connection, in the place of those of the same keys.
     *
     * @param first its first packet, as the layer saw it.
     * @return its entry, or {@link #NONE} when the table is full of connections it may not give up,
     *     {@link #CONFLICT} when what it is translated to is another's, or {@link #LIMIT}.
     */
    int open(final PendingOpen first, final long nowNs) {
        replace(holder(first.key), nowNs);
        replace(translations.find(first.key), nowNs);
        if (first.isTranslated() && !claims.isFree(first, nowNs)) {
            refused++;
            return CONFLICT;
        }
        if (!isWithinLimits(first.key[4], first.key[5])) {
            refused++;
            return LIMIT;
        }
        if (size == capacity && !makeRoom(nowNs)) {
            refused++;
            return NONE;
        }
        final int entry = takeFree();
        final long keyHash = hash.hash(first.key, 0);
        entries.putKey(entry, first.key);
        entries.putLong(entry, ConnectionEntries.HASH, keyHash);
        entries.putLong(entry, ConnectionEntries.LAST_USED, nowNs);
        entries.putLong(entry, ConnectionEntries.OPENED, nowNs);
        entries.putLong(entry, ConnectionEntries.DESTINATION, first.destination);
        entries.putLong(entry, ConnectionEntries.SOURCE, first.source);
        entries.putInt(entry, ConnectionEntries.OPENER, first.opener);
        entries.putInt(entry, ConnectionEntries.TRANSLATED, first.isTranslated() ? 1 : 0);
        entries.putInt(entry, ConnectionEntries.CHAIN, UnsafeApi.getInt(bucket(keyHash)));
        UnsafeApi.putInt(bucket(keyHash), entry);
        final ConnectionState state = ConnectionState.first(ConnectionKey.protocol(first.key[5]));
        ages.append(entry, AgeLists.list(state, first.isTranslated()));
        ports.attach(entry, state);
        if (first.isTranslated()) {
            translations.add(entry, first.reply, direction(first.opener), first.isBound());
        }
        size++;
        events.onOpened();
        if (state == ConnectionState.SYN_SENT) {
            windows.open(entry, (int) events.opened());
        }
        return entry;
    }

    private void replace(final int entry, final long nowNs) {
        if (entry != NONE) {
            if (!isOver(entry, nowNs)) {
                events.onReplaced(nowNs);
            }
            remove(entry);
        }
    }

    /** What other workers may know of it. */
    public ConnectionEvents events() {
        return events;
    }

    private boolean makeRoom(final long nowNs) {
        return expire(nowNs, 1) > 0 || gives(ports.giver());
    }

    /** A connection gives way to a new one; false when there is none that does. */
    private boolean gives(final int entry) {
        if (entry < 0) {
            return false;
        }
        remove(entry);
        evicted++;
        return true;
    }

    /** True when there is room, or made, within the limits of the new connection's port. */
    private boolean isWithinLimits(final long place, final long kind) {
        final int giver = ports.giver(ConnectionKey.portId(place), ConnectionKey.protocol(kind));
        return giver == NONE || gives(giver);
    }

    /**
     * A packet of the connection passes.
     *
     * @return false when it doesn't: it would begin a new connection, beyond the port's limit.
     */
    boolean touch(final int entry, final boolean fromOpener, final int tcpFlags, final long nowNs) {
        final ConnectionState before = state(entry);
        final ConnectionState after =
                before.after(
                        ConnectionKey.protocol(entries.keyWord(entry, 5)), fromOpener, tcpFlags);
        if (before.isOver()
                && after.isOpening()
                && !isWithinLimits(entries.keyWord(entry, 4), entries.keyWord(entry, 5))) {
            return false;
        }
        if (after != before || after.isRefreshedBy(tcpFlags)) {
            ages.unlink(entry);
            entries.putLong(entry, ConnectionEntries.LAST_USED, nowNs);
            ages.append(entry, AgeLists.list(after, isTranslated(entry)));
            ports.detach(entry, before);
            ports.attach(entry, after);
        }
        return true;
    }

    /**
     * Takes connections out whose time is over.
     *
     * @param limit most of them.
     * @return how many.
     */
    public int expire(final long nowNs, final int limit) {
        int count = 0;
        for (int i = 0; i < AgeLists.COUNT; i++) {
            int entry = ages.oldest(i);
            while (count < limit && entry != NONE && isExpired(entry, nowNs)) {
                remove(entry);
                count++;
                entry = ages.oldest(i);
            }
        }
        expired += count;
        return count;
    }

    /** Takes out all connections of layers that are gone; looks at every entry used so far. */
    public void retain(final LayerKeeper keeper) {
        for (int entry = 0; entry < highWater; entry++) {
            final long place = entries.keyWord(entry, 4);
            if (isLive(entry)
                    && !keeper.keeps(ConnectionKey.portId(place), ConnectionKey.layer(place))) {
                remove(entry);
            }
        }
    }

    /** Takes a connection out. */
    void remove(final int entry) {
        ports.detach(entry, state(entry));
        ages.unlink(entry);
        if (isTranslated(entry)) {
            translations.remove(entry);
        }
        final int after = entries.getInt(entry, ConnectionEntries.CHAIN);
        final long bucket = bucket(entries.getLong(entry, ConnectionEntries.HASH));
        int at = UnsafeApi.getInt(bucket);
        if (at == entry) {
            UnsafeApi.putInt(bucket, after);
        } else {
            while (entries.getInt(at, ConnectionEntries.CHAIN) != entry) {
                at = entries.getInt(at, ConnectionEntries.CHAIN);
            }
            entries.putInt(at, ConnectionEntries.CHAIN, after);
        }
        entries.putInt(entry, ConnectionEntries.LIST, ConnectionEntries.FREE);
        entries.putInt(entry, ConnectionEntries.CHAIN, freeHead);
        freeHead = entry;
        size--;
    }

    private int takeFree() {
        if (freeHead == NONE) {
            return highWater++;
        }
        final int entry = freeHead;
        freeHead = entries.getInt(entry, ConnectionEntries.CHAIN);
        return entry;
    }

    boolean isLive(final int entry) {
        return entries.getInt(entry, ConnectionEntries.LIST) != ConnectionEntries.FREE;
    }

    boolean isTranslated(final int entry) {
        return entries.getInt(entry, ConnectionEntries.TRANSLATED) != 0;
    }

    /** Sets the limits of a port. */
    public void limit(final int portId, final ConnectionLimits most) {
        ports.limit(portId, most);
    }

    /** The connections of a port. */
    public PortConnections of(final int portId) {
        return ports.of(portId);
    }

    NatClaims claims() {
        return claims;
    }

    TcpWindows windows() {
        return windows;
    }

    NatTable translations() {
        return translations;
    }

    ConnectionState state(final int entry) {
        return AgeLists.state(entries.getInt(entry, ConnectionEntries.LIST));
    }

    static int opener(final int tcpFlags, final Direction direction) {
        return tcpFlags | (direction == Direction.INBOUND ? INBOUND_BIT : 0);
    }

    static Direction direction(final int opener) {
        return (opener & INBOUND_BIT) != 0 ? Direction.INBOUND : Direction.OUTBOUND;
    }

    /** Direction of the connection's first packet. */
    Direction openerDirection(final int entry) {
        return direction(entries.getInt(entry, ConnectionEntries.OPENER));
    }

    /** Reads connections, those before entry {@link #span}. */
    public ConnectionReader reader() {
        return reader;
    }

    /** Entries used so far; every connection is in one before it. */
    public int span() {
        return highWater;
    }

    public int size() {
        return size;
    }

    public int capacity() {
        return capacity;
    }

    /** Connections ever opened. */
    public long opened() {
        return events.opened();
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
}
