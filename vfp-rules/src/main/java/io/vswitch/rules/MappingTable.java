package io.vswitch.rules;

import io.vswitch.core.policy.Parking;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A mapping space ready for the packet path; immutable, any thread. One hash table with linear
 * probing, asked once for each prefix length that the space has, the longest first.
 */
public final class MappingTable {
    /** {@link #find}: no mapping. */
    static final int NONE = -1;

    private static final long NO_MAC = -1;
    private static final long SEED = ThreadLocalRandom.current().nextLong() | 1;

    private final Parking parking;
    private final long[] high;
    private final long[] low;

    /** Prefix length, plus 256 for IPv6. */
    private final int[] lengths;

    private final int[] locations;
    private final long[] macs;
    private final int[] slots;
    private final int[] lengths4;
    private final int[] lengths6;

    /**
     * Compiles a space.
     *
     * @param locator where its providers are for the packets that ask.
     */
    public MappingTable(final Space space, final ProviderLocator locator) {
        final List<Mapping> all = space.mappings();
        final int count = all.size();
        parking = space.parking();
        high = new long[count];
        low = new long[count];
        lengths = new int[count];
        locations = new int[count];
        macs = new long[count];
        slots = new int[Integer.highestOneBit(Math.max(2, count)) * 4];
        Arrays.fill(slots, NONE);
        lengths4 = lengths(all, false);
        lengths6 = lengths(all, true);
        final Map<String, Integer> known = new HashMap<>();
        for (int i = 0; i < count; i++) {
            final Mapping mapping = all.get(i);
            final IpAddress address = mapping.prefix().address();
            high[i] = address.high();
            low[i] = address.low();
            lengths[i] = code(address.isIpv6(), mapping.prefix().length());
            macs[i] = mapping.mac() == null ? NO_MAC : mapping.mac().value();
            locations[i] =
                    known.computeIfAbsent(
                            mapping.provider() + " " + mapping.vni(),
                            key -> locator.locate(mapping.provider(), mapping.vni()));
            insert(i);
        }
    }

    private static int[] lengths(final List<Mapping> all, final boolean isIpv6) {
        return all.stream()
                .map(Mapping::prefix)
                .filter(prefix -> prefix.address().isIpv6() == isIpv6)
                .map(IpPrefix::length)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int code(final boolean isIpv6, final int length) {
        return length + (isIpv6 ? 256 : 0);
    }

    private void insert(final int index) {
        int slot = slot(high[index], low[index], lengths[index]);
        while (slots[slot] != NONE) {
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = index;
    }

    private int slot(final long addressHigh, final long addressLow, final int length) {
        long hash = (addressHigh ^ SEED) * 0x9e37_79b9_7f4a_7c15L;
        hash = (hash ^ hash >>> 32 ^ addressLow) * 0xc2b2_ae3d_27d4_eb4fL;
        hash = (hash ^ hash >>> 29 ^ length) * SEED;
        return (int) (hash >>> 33) & slots.length - 1;
    }

    /** Index of the mapping of an address, that of the longest prefix, or {@link #NONE}. */
    int find(final boolean isIpv6, final long addressHigh, final long addressLow) {
        for (final int length : isIpv6 ? lengths6 : lengths4) {
            final int found =
                    exactly(
                            isIpv6 ? addressHigh & ones(Math.min(64, length)) : 0,
                            addressLow & (isIpv6 ? ones(length - 64) : ones(length) >>> 32),
                            code(isIpv6, length));
            if (found != NONE) {
                return found;
            }
        }
        return NONE;
    }

    private static long ones(final int count) {
        return count <= 0 ? 0 : -1L << 64 - count;
    }

    private int exactly(final long addressHigh, final long addressLow, final int length) {
        int slot = slot(addressHigh, addressLow, length);
        while (slots[slot] != NONE) {
            final int index = slots[slot];
            if (high[index] == addressHigh
                    && low[index] == addressLow
                    && lengths[index] == length) {
                return index;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return NONE;
    }

    /** Where the addresses of a mapping are, as {@link ProviderLocator#locate} says. */
    int location(final int index) {
        return locations[index];
    }

    /** Destination MAC of packets to them, or negative: they keep theirs. */
    long mac(final int index) {
        return macs[index];
    }

    /** What is done with packets to addresses without a mapping. */
    Parking parking() {
        return parking;
    }
}
