package io.vswitch.vxlan;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The tunnel endpoints that a VTEP knows, numbered from 1 in the order in which they came; shared
 * by conductor and workers, any of which may add. Entries stay as long as the VTEP, so a number
 * never changes its meaning.
 *
 * <p>A hash table with linear probing, of fixed size, hashed with a seed. An entry is written
 * before its number is put into the index by compare-and-set; readers load that with acquire.
 */
final class Remotes {
    /** Most endpoints; what senders teach us may fill a half, the rest is for configured ones. */
    static final int CAPACITY = 16_384;

    /** {@link #find} and {@link #add} result: there is none, or no room. */
    static final int NONE = 0;

    private static final int SLOTS = 4 * CAPACITY;
    private static final int MAX_LEARNED = CAPACITY / 2;
    private static final long MTU_LIFE_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int MIN_IPV4 = 552;
    private static final int MIN_IPV6 = 1280;
    private static final long MAPPED = 0xffff_0000_0000L;

    private final long[] high = new long[CAPACITY + 1];
    private final long[] low = new long[CAPACITY + 1];
    private final long[] mtuSinceNs = new long[CAPACITY + 1];
    private final AtomicIntegerArray mtus = new AtomicIntegerArray(CAPACITY + 1);
    private final AtomicIntegerArray index = new AtomicIntegerArray(SLOTS);
    private final AtomicInteger last = new AtomicInteger();
    private final long seed;

    Remotes(final long seed) {
        this.seed = seed;
    }

    /** High half of an address: 0 for IPv4. */
    static long high(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    /** Low half of an address: IPv4 as IPv4-mapped. */
    static long low(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? MAPPED | ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL
                : ByteBuffer.wrap(bytes).getLong(8);
    }

    /** Number of an endpoint, or {@link #NONE}. */
    int find(final long addressHigh, final long addressLow) {
        int slot = hash(addressHigh, addressLow);
        while (true) {
            final int number = index.getAcquire(slot);
            if (number == NONE || high[number] == addressHigh && low[number] == addressLow) {
                return number;
            }
            slot = slot + 1 & SLOTS - 1;
        }
    }

    /** Number of an endpoint whose packets taught us of it; {@link #NONE} when there's no room. */
    int learn(final long addressHigh, final long addressLow) {
        final int known = find(addressHigh, addressLow);
        return known != NONE || last.get() >= MAX_LEARNED ? known : add(addressHigh, addressLow);
    }

    /** Number of an endpoint, new or known; {@link #NONE} when there's no room. */
    int add(final long addressHigh, final long addressLow) {
        final int known = find(addressHigh, addressLow);
        if (known != NONE) {
            return known;
        }
        final int number = last.incrementAndGet();
        if (number > CAPACITY) {
            last.decrementAndGet();
            return NONE;
        }
        high[number] = addressHigh;
        low[number] = addressLow;
        return publish(number, addressHigh, addressLow);
    }

    /** Two threads that add the same address meet at the same slot: one's number is never used. */
    private int publish(final int number, final long addressHigh, final long addressLow) {
        int slot = hash(addressHigh, addressLow);
        while (!index.compareAndSet(slot, NONE, number)) {
            final int other = index.get(slot);
            if (high[other] == addressHigh && low[other] == addressLow) {
                return other;
            }
            slot = slot + 1 & SLOTS - 1;
        }
        return number;
    }

    private int hash(final long addressHigh, final long addressLow) {
        long hash = (addressHigh ^ seed) * 0x9e37_79b9_7f4a_7c15L;
        hash = (hash ^ hash >>> 32 ^ addressLow) * 0xc2b2_ae3d_27d4_eb4fL;
        return (int) (hash >>> 40) & SLOTS - 1;
    }

    long high(final int number) {
        return high[number];
    }

    long low(final int number) {
        return low[number];
    }

    /** Largest outer packet that passes on the way to an endpoint, bytes; 0: not known. */
    int mtu(final int number) {
        final int mtu = mtus.getOpaque(number);
        if (mtu != 0 && System.nanoTime() - mtuSinceNs[number] > MTU_LIFE_NS) {
            mtus.setOpaque(number, 0);
            return 0;
        }
        return mtu;
    }

    /**
     * The network says that no larger packet passes; believed for ten minutes (RFC 1191 section
     * 6.3), and down to what every network must pass (RFC 8200 section 5; Linux has 552 for IPv4).
     */
    void mtu(final int number, final int bytes) {
        mtuSinceNs[number] = System.nanoTime();
        mtus.setOpaque(number, Math.max(bytes, high[number] == 0 ? MIN_IPV4 : MIN_IPV6));
    }

    /** How many numbers were given out. */
    int count() {
        return Math.min(last.get(), CAPACITY);
    }

    /** Address of an endpoint. */
    InetAddress address(final int number) {
        final boolean v4 = high[number] == 0 && low[number] >>> 32 == MAPPED >>> 32;
        final ByteBuffer bytes = ByteBuffer.allocate(v4 ? 4 : 16);
        if (v4) {
            bytes.putInt((int) low[number]);
        } else {
            bytes.putLong(high[number]).putLong(low[number]);
        }
        try {
            return InetAddress.getByAddress(bytes.array());
        } catch (final UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
