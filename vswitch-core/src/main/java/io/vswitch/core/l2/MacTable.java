package io.vswitch.core.l2;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Learned MAC addresses of one network; owned by one worker, every method runs on its thread.
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
    public static final int NONE = -1;

    /** Largest limit. */
    public static final int MAX_LIMIT = 1_000_000;

    /** Largest port id. */
    public static final int MAX_PORT_ID = 0xffff;

    private static final long GROUP_BIT = 1L << 40;
    private static final int FREE = -1;

    private final int limit;
    private final long secret;
    private final long multiplier;
    private final int slotMask;
    private final int[] slots;
    private final long[] macs;
    private final long[] lastSeenNs;
    private final int[] ports;
    private final int[] older;
    private final int[] newer;
    private final PortRanking ranking;
    private int[] oldest = new int[0];
    private int[] newest = new int[0];
    private int highWater;
    private int freeHead = NONE;
    private int size;
    private int sweepCursor;
    private int epoch;
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
        this.ports = new int[limit];
        this.older = new int[limit];
        this.newer = new int[limit];
        this.ranking = new PortRanking(limit);
    }

    /** Port id that the address is behind, or {@link #NONE}. */
    public int lookup(final long mac) {
        final int slot = slotOf(mac);
        return slots[slot] == 0 ? NONE : ports[slots[slot] - 1];
    }

    /**
     * Learns that a frame from this address came in.
     *
     * @param mac 48 bits.
     * @param portId 0 to {@link #MAX_PORT_ID}.
     */
    public MacLearning learn(final long mac, final int portId, final long nowNs) {
        final int slot = slotOf(mac);
        if (slots[slot] == 0) {
            return add(mac, portId, nowNs);
        }
        final int entry = slots[slot] - 1;
        lastSeenNs[entry] = nowNs;
        if (ports[entry] == portId) {
            if (newer[entry] != NONE) {
                unchain(entry);
                chain(entry, portId);
            }
            return MacLearning.REFRESHED;
        }
        move(entry, portId);
        return MacLearning.MOVED;
    }

    private MacLearning add(final long mac, final int portId, final long nowNs) {
        if (mac == 0 || (mac & GROUP_BIT) != 0) {
            return MacLearning.REFUSED;
        }
        admit(portId);
        if (size == limit) {
            discard(oldest[ranking.largest(portId)]);
            evictions++;
        }
        final int entry = takeFree();
        macs[entry] = mac;
        lastSeenNs[entry] = nowNs;
        attach(entry, portId);
        slots[slotOf(mac)] = entry + 1;
        size++;
        additions++;
        return MacLearning.NEW;
    }

    private void move(final int entry, final int portId) {
        admit(portId);
        detach(entry);
        attach(entry, portId);
        moves++;
        changed();
    }

    /** Forgets all addresses behind a port; takes time in proportion to them. */
    public void removePort(final int portId) {
        while (ranking.count(portId) > 0) {
            discard(oldest[portId]);
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
            if (ports[entry] != FREE && nowNs - lastSeenNs[entry] >= ageNs) {
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
            if (ports[entry] != FREE) {
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
        return ports[entry];
    }

    /** When a frame from the entry's address was seen last. */
    public long lastSeenNs(final int entry) {
        return lastSeenNs[entry];
    }

    /**
     * Rises whenever {@link #lookup} may answer another port, or none, for an address it knew
     * before. Never negative; wraps around to 0.
     */
    public int epoch() {
        return epoch;
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

    /** Addresses behind a port. */
    public int countOf(final int portId) {
        return ranking.count(portId);
    }

    /** Addresses ever pushed out by another one. */
    public long evictions() {
        return evictions;
    }

    /** Addresses ever forgotten because of their age. */
    public long expired() {
        return expired;
    }

    /** Addresses ever seen to change their port. */
    public long moves() {
        return moves;
    }

    private void admit(final int portId) {
        ranking.admit(portId);
        if (portId >= oldest.length) {
            final int was = oldest.length;
            final int length = Math.max(16, Integer.highestOneBit(portId) << 1);
            oldest = Arrays.copyOf(oldest, length);
            newest = Arrays.copyOf(newest, length);
            Arrays.fill(oldest, was, length, NONE);
            Arrays.fill(newest, was, length, NONE);
        }
    }

    private int takeFree() {
        if (freeHead == NONE) {
            return highWater++;
        }
        final int entry = freeHead;
        freeHead = newer[entry];
        return entry;
    }

    private void discard(final int entry) {
        clearSlot(slotOf(macs[entry]));
        detach(entry);
        ports[entry] = FREE;
        newer[entry] = freeHead;
        freeHead = entry;
        size--;
        changed();
    }

    private void changed() {
        epoch = epoch + 1 & Integer.MAX_VALUE;
    }

    private void attach(final int entry, final int portId) {
        ports[entry] = portId;
        chain(entry, portId);
        ranking.increment(portId);
    }

    private void detach(final int entry) {
        unchain(entry);
        ranking.decrement(ports[entry]);
    }

    private void chain(final int entry, final int portId) {
        final int last = newest[portId];
        older[entry] = last;
        newer[entry] = NONE;
        newest[portId] = entry;
        if (last == NONE) {
            oldest[portId] = entry;
        } else {
            newer[last] = entry;
        }
    }

    private void unchain(final int entry) {
        final int portId = ports[entry];
        if (older[entry] == NONE) {
            oldest[portId] = newer[entry];
        } else {
            newer[older[entry]] = newer[entry];
        }
        if (newer[entry] == NONE) {
            newest[portId] = older[entry];
        } else {
            older[newer[entry]] = older[entry];
        }
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
