package io.vswitch.core.l2;

import java.util.SplittableRandom;
import org.agrona.BitUtil;

/**
 * Addresses of one network and their MACs, as given by order; owned by one worker, every method
 * runs on its thread. A seeded hash with linear probing, at most half full; {@link #put} alone
 * allocates, when it grows.
 *
 * <p>IPv4 addresses stand as IPv4-mapped IPv6 addresses (RFC 4291 section 2.5.5.2), which no packet
 * carries.
 */
public final class NeighbourTable {
    private static final int FIRST_SLOTS = 16;
    private static final long IPV4_MAPPED = 0xffff_0000_0000L;

    private final long secret;
    private final long multiplier;
    private long[] high;
    private long[] low;

    /** MAC of a slot; 0: the slot is free. */
    private long[] macs;

    private int mask;
    private int size;

    /**
     * @param seed of the hash.
     */
    public NeighbourTable(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        secret = random.nextLong();
        multiplier = random.nextLong() | 1;
        allocate(FIRST_SLOTS);
    }

    private void allocate(final int slots) {
        high = new long[slots];
        low = new long[slots];
        macs = new long[slots];
        mask = slots - 1;
    }

    /** Second half of the key of an IPv4 address, whose first half is 0. */
    public static long ipv4(final int address) {
        return IPV4_MAPPED | address & 0xffff_ffffL;
    }

    /** MAC of an address, 0 when it isn't known. */
    public long mac(final long addressHigh, final long addressLow) {
        return macs[slotOf(addressHigh, addressLow)];
    }

    /** Says, or says anew, which MAC an address has. */
    public void put(final long addressHigh, final long addressLow, final long mac) {
        int slot = slotOf(addressHigh, addressLow);
        if (macs[slot] == 0) {
            if (2 * (size + 1) > macs.length) {
                grow();
                slot = slotOf(addressHigh, addressLow);
            }
            size++;
        }
        high[slot] = addressHigh;
        low[slot] = addressLow;
        macs[slot] = mac;
    }

    private void grow() {
        final long[] oldHigh = high;
        final long[] oldLow = low;
        final long[] oldMacs = macs;
        allocate(BitUtil.findNextPositivePowerOfTwo(2 * oldMacs.length));
        for (int i = 0; i < oldMacs.length; i++) {
            if (oldMacs[i] != 0) {
                final int slot = slotOf(oldHigh[i], oldLow[i]);
                high[slot] = oldHigh[i];
                low[slot] = oldLow[i];
                macs[slot] = oldMacs[i];
            }
        }
    }

    /** Forgets an address. */
    public void remove(final long addressHigh, final long addressLow) {
        int hole = slotOf(addressHigh, addressLow);
        if (macs[hole] == 0) {
            return;
        }
        size--;
        int slot = hole + 1 & mask;
        while (macs[slot] != 0) {
            final int home = homeOf(high[slot], low[slot]);
            if ((slot - home & mask) >= (slot - hole & mask)) {
                high[hole] = high[slot];
                low[hole] = low[slot];
                macs[hole] = macs[slot];
                hole = slot;
            }
            slot = slot + 1 & mask;
        }
        macs[hole] = 0;
    }

    /** Addresses known. */
    public int size() {
        return size;
    }

    private int homeOf(final long addressHigh, final long addressLow) {
        final long a = (addressHigh ^ secret) * multiplier ^ addressLow;
        final long mixed = Math.multiplyHigh(a, multiplier) ^ a * multiplier;
        return (int) (mixed ^ mixed >>> 32) & mask;
    }

    /** The slot that holds the address, or the free one where it belongs. */
    private int slotOf(final long addressHigh, final long addressLow) {
        int slot = homeOf(addressHigh, addressLow);
        while (macs[slot] != 0 && (high[slot] != addressHigh || low[slot] != addressLow)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
