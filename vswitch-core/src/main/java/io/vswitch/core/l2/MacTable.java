package io.vswitch.core.l2;

import java.util.SplittableRandom;

/**
 * MAC addresses of one network and their locations; owned by one worker, every method runs on its
 * thread. A location is a port id and, behind a tunnel, the other end: {@link Location}.
 *
 * <p>Addresses are learned, or pinned: pinned ones are never aged, moved or pushed out.
 *
 * <p>Bounded: when it is full, a new address takes the place of the oldest one of the port that has
 * most, so a port that floods random source addresses pushes out its own and nobody else's (the way
 * of Open vSwitch's mac-learning). Every operation on one address takes constant time. Nothing is
 * allocated after construction, but for a few arrays when a port id higher than all before shows
 * up.
 *
 * <p>Addresses sit in numbered entries; a seeded hash with linear probing, at most half full, leads
 * to them; the entries of a port are chained from the oldest to the newest. Times are {@code
 * System.nanoTime()} or a clock like it.
 */
public final class MacTable {
    /** No such address. */
    public static final int NONE = Location.NONE;

    /** Largest limit. */
    public static final int MAX_LIMIT = 1_000_000;

    private static final long GROUP_BIT = 1L << 40;
    private static final int FREE = -1;

    private final int limit;
    private final long secret;
    private final long multiplier;
    private final int slotMask;
    private final int[] slots;
    private final long[] macs;
    private final long[] lastSeenNs;
    private final int[] locations;
    private final boolean[] pinned;
    private final int[] nextFree;
    private final PortChains chains;
    private int highWater;
    private int freeHead = NONE;
    private int size;
    private int pinnedCount;
    private int sweepCursor;
    private Epoch epoch = new Epoch();
    private int additions;
    private long moves;
    private long evictions;
    private long expired;

    /**
     * @param limit most addresses, 1 to {@link #MAX_LIMIT}.
     * @param seed of the hash; random in production, so that senders can't aim at one place.
     * @throws IllegalArgumentException when the limit is out of range.
     */
    public MacTable(final int limit, final long seed) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "MAC limit " + limit + "; allowed: 1 to " + MAX_LIMIT);
        }
        final SplittableRandom random = new SplittableRandom(seed);
        this.limit = limit;
        this.secret = random.nextLong();
        this.multiplier = random.nextLong() | 1;
        this.slots = new int[Integer.highestOneBit(limit) << 2];
        this.slotMask = slots.length - 1;
        this.macs = new long[limit];
        this.lastSeenNs = new long[limit];
        this.locations = new int[limit];
        this.pinned = new boolean[limit];
        this.nextFree = new int[limit];
        this.chains = new PortChains(limit);
    }

    /** Location of the address, or {@link #NONE}. */
    public int lookup(final long mac) {
        final int slot = slotOf(mac);
        return slots[slot] == 0 ? NONE : locations[slots[slot] - 1];
    }

    /**
     * Learns that a frame from this address came in.
     *
     * @param mac 48 bits.
     * @param location where from, see {@link Location}.
     */
    public MacLearning learn(final long mac, final int location, final long nowNs) {
        final int slot = slotOf(mac);
        if (slots[slot] == 0) {
            return add(mac, location, nowNs);
        }
        final int entry = slots[slot] - 1;
        final boolean stays = locations[entry] == location;
        if (pinned[entry] && !stays) {
            return MacLearning.REFUSED;
        }
        lastSeenNs[entry] = nowNs;
        if (stays) {
            if (!pinned[entry]) {
                chains.makeNewest(entry, Location.port(location));
            }
            return MacLearning.REFRESHED;
        }
        move(entry, location);
        return MacLearning.MOVED;
    }

    private MacLearning add(final long mac, final int location, final long nowNs) {
        if (!hasRoomFor(mac, Location.port(location))) {
            return MacLearning.REFUSED;
        }
        attach(insert(mac, nowNs), location);
        return MacLearning.NEW;
    }

    /** Makes room if need be; false for no host's address, or when all the room is pinned. */
    private boolean hasRoomFor(final long mac, final int portId) {
        if (mac == 0 || (mac & GROUP_BIT) != 0 || pinnedCount == limit) {
            return false;
        }
        chains.admit(portId);
        if (size == limit) {
            discard(chains.oldestOfLargest(portId));
            evictions++;
        }
        return true;
    }

    private int insert(final long mac, final long nowNs) {
        final int entry = takeFree();
        macs[entry] = mac;
        lastSeenNs[entry] = nowNs;
        slots[slotOf(mac)] = entry + 1;
        size++;
        additions++;
        return entry;
    }

    private void move(final int entry, final int location) {
        chains.admit(Location.port(location));
        chains.detach(entry, port(entry));
        attach(entry, location);
        moves++;
        epoch.rise();
    }

    /**
     * Says where an address is, whatever frames say, until {@link #unpin}, or {@link #removePort}
     * of its port.
     *
     * @return false when it is no address of a host, or all the table's room is pinned.
     */
    public boolean pin(final long mac, final int location, final long nowNs) {
        final int known = slots[slotOf(mac)] - 1;
        if (known < 0) {
            final boolean hasRoom = hasRoomFor(mac, Location.port(location));
            if (hasRoom) {
                hold(insert(mac, nowNs), location);
            }
            return hasRoom;
        }
        if (pinned[known]) {
            pinnedCount--;
        } else {
            chains.detach(known, port(known));
        }
        final boolean stays = locations[known] == location;
        hold(known, location);
        if (!stays) {
            epoch.rise();
        }
        return true;
    }

    private void hold(final int entry, final int location) {
        locations[entry] = location;
        pinned[entry] = true;
        pinnedCount++;
    }

    /** Location that the address is pinned to, or {@link #NONE}. */
    public int pinned(final long mac) {
        final int entry = slots[slotOf(mac)] - 1;
        return entry >= 0 && pinned[entry] ? locations[entry] : NONE;
    }

    /** Forgets a pinned address; false when it isn't pinned. */
    public boolean unpin(final long mac) {
        final boolean wasPinned = pinned(mac) != NONE;
        if (wasPinned) {
            discard(slots[slotOf(mac)] - 1);
        }
        return wasPinned;
    }

    /** Forgets all learned addresses; takes time in proportion to the entries ever used. */
    public int flush() {
        int count = 0;
        for (int entry = 0; entry < highWater; entry++) {
            if (locations[entry] != FREE && !pinned[entry]) {
                discard(entry);
                count++;
            }
        }
        return count;
    }

    /** Forgets all addresses behind a port; takes time in proportion to all there are. */
    public void removePort(final int portId) {
        while (chains.count(portId) > 0) {
            discard(chains.oldest(portId));
        }
        for (int entry = 0; pinnedCount > 0 && entry < highWater; entry++) {
            if (locations[entry] != FREE && pinned[entry] && port(entry) == portId) {
                discard(entry);
            }
        }
    }

    /**
     * Goes on with the sweep for old addresses where the last call stopped.
     *
     * @param ageNs addresses not seen for this long, or longer, go.
     * @param maxEntries most entries to look at: bounds the call's time.
     * @return addresses forgotten.
     */
    public int expire(final long nowNs, final long ageNs, final int maxEntries) {
        final int steps = Math.min(maxEntries, highWater);
        int count = 0;
        for (int i = 0; i < steps; i++) {
            if (sweepCursor >= highWater) {
                sweepCursor = 0;
            }
            final int entry = sweepCursor++;
            if (locations[entry] != FREE && !pinned[entry] && nowNs - lastSeenNs[entry] >= ageNs) {
                discard(entry);
                count++;
            }
        }
        expired += count;
        return count;
    }

    /**
     * Next address of a dump, which may be spread over many duty cycles: an address that stays is
     * shown once.
     *
     * @param from 0 to begin, then the entry shown last plus 1.
     * @return the first entry at or after {@code from} that holds an address, {@link #NONE} at the
     *     end.
     */
    public int nextLive(final int from) {
        for (int entry = from; entry < highWater; entry++) {
            if (locations[entry] != FREE) {
                return entry;
            }
        }
        return NONE;
    }

    /** Address of an entry. */
    public long mac(final int entry) {
        return macs[entry];
    }

    /** Port id of an entry. */
    public int port(final int entry) {
        return Location.port(locations[entry]);
    }

    /** Tunnel endpoint of an entry, 0 for none. */
    public int remote(final int entry) {
        return Location.remote(locations[entry]);
    }

    /** True when an entry's address is pinned. */
    public boolean isPinned(final int entry) {
        return pinned[entry];
    }

    /** When a frame from the entry's address was seen last. */
    public long lastSeenNs(final int entry) {
        return lastSeenNs[entry];
    }

    /** Of its {@link Epoch}: as long as it stays, {@link #lookup} answers as before. */
    public int epoch() {
        return epoch.value();
    }

    /** Has what was decided with it be decided anew. */
    public void touch() {
        epoch.rise();
    }

    /** From now on counts its changes together with other tables. */
    public void epoch(final Epoch shared) {
        epoch = shared;
    }

    /**
     * Rises whenever an address becomes known: who flooded for want of an answer should ask again.
     * Wraps around.
     */
    public int additions() {
        return additions;
    }

    public int size() {
        return size;
    }

    public int limit() {
        return limit;
    }

    /** Learned addresses behind a port. */
    public int countOf(final int portId) {
        return chains.count(portId);
    }

    /** Addresses ever pushed out by another one. */
    public long evictions() {
        return evictions;
    }

    /** Addresses ever forgotten because of their age. */
    public long expired() {
        return expired;
    }

    /** Learned addresses ever seen to change their location. */
    public long moves() {
        return moves;
    }

    private int takeFree() {
        if (freeHead == NONE) {
            return highWater++;
        }
        final int entry = freeHead;
        freeHead = nextFree[entry];
        return entry;
    }

    private void discard(final int entry) {
        clearSlot(slotOf(macs[entry]));
        if (pinned[entry]) {
            pinned[entry] = false;
            pinnedCount--;
        } else {
            chains.detach(entry, port(entry));
        }
        locations[entry] = FREE;
        nextFree[entry] = freeHead;
        freeHead = entry;
        size--;
        epoch.rise();
    }

    private void attach(final int entry, final int location) {
        locations[entry] = location;
        chains.attach(entry, Location.port(location));
    }

    private int homeOf(final long mac) {
        final long a = mac ^ secret;
        final long mixed = Math.multiplyHigh(a, multiplier) ^ (a * multiplier);
        return (int) (mixed ^ (mixed >>> 32)) & slotMask;
    }

    /** The slot that holds the address, or the free one where it belongs. */
    private int slotOf(final long mac) {
        int slot = homeOf(mac);
        while (slots[slot] != 0 && macs[slots[slot] - 1] != mac) {
            slot = (slot + 1) & slotMask;
        }
        return slot;
    }

    /**
     * Frees a slot and moves those up that were pushed past it, so that probing needs no
     * tombstones.
     */
    private void clearSlot(final int freed) {
        int hole = freed;
        int slot = (hole + 1) & slotMask;
        while (slots[slot] != 0) {
            final int home = homeOf(macs[slots[slot] - 1]);
            if (((slot - home) & slotMask) >= ((slot - hole) & slotMask)) {
                slots[hole] = slots[slot];
                hole = slot;
            }
            slot = (slot + 1) & slotMask;
        }
        slots[hole] = 0;
    }
}
