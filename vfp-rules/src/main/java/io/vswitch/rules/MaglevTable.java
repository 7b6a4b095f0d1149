package io.vswitch.rules;

import java.util.Arrays;
import java.util.List;

/**
 * Builds the lookup table of a load balancer; stateless. After Eisenbud et al., "Maglev: A Fast and
 * Reliable Software Network Load Balancer" (NSDI 2016), section 3.4: each backend prefers the slots
 * in an order of its own, and they take turns at taking the next free one. Who gets a slot depends
 * little on who else is there, so a backend more or less moves few others.
 *
 * <p>Weights: in each round a backend earns its weight, and takes a turn for each largest weight
 * earned. All take one in the first round: a weight above 0 never means no share.
 */
final class MaglevTable {
    /** Slots for each backend below which shares become uneven: the paper's 1 %. */
    private static final int SLOTS_PER_BACKEND = 100;

    /** Primes: every step through a table of these sizes visits all slots. */
    private static final int[] SIZES = {65_537, 131_071, 262_139, 524_287};

    private MaglevTable() {}

    /** Slots of a table for so many backends. */
    static int size(final int backends) {
        for (final int size : SIZES) {
            if (size >= backends * SLOTS_PER_BACKEND) {
                return size;
            }
        }
        return SIZES[SIZES.length - 1];
    }

    /**
     * A table of indexes into {@code backends}, or null when none takes new connections.
     *
     * @param size prime, above the number of backends.
     */
    static short[] build(final List<Backend> backends, final long seed, final int size) {
        final int[] takers = takers(backends);
        if (takers.length == 0) {
            return null;
        }
        final int[] next = new int[takers.length];
        final int[] step = new int[takers.length];
        final int[] weight = new int[takers.length];
        for (int i = 0; i < takers.length; i++) {
            final Backend backend = backends.get(takers[i]);
            final long hash = hash(backend, seed);
            next[i] = (int) ((hash >>> 1) % size);
            step[i] = (int) ((mix(hash) >>> 1) % (size - 1)) + 1;
            weight[i] = backend.weight();
        }
        return fill(takers, next, step, weight, size);
    }

    private static int[] takers(final List<Backend> backends) {
        final int[] takers = new int[backends.size()];
        int count = 0;
        for (int i = 0; i < backends.size(); i++) {
            if (backends.get(i).takesNew()) {
                takers[count++] = i;
            }
        }
        return Arrays.copyOf(takers, count);
    }

    private static short[] fill(
            final int[] takers,
            final int[] next,
            final int[] step,
            final int[] weight,
            final int size) {
        final short[] table = new short[size];
        Arrays.fill(table, (short) -1);
        final int turn = Arrays.stream(weight).max().orElseThrow();
        final int[] earned = new int[takers.length];
        Arrays.setAll(earned, i -> turn - weight[i]);
        int filled = 0;
        for (int i = 0; filled < size; i = i + 1 == takers.length ? 0 : i + 1) {
            earned[i] += weight[i];
            if (earned[i] >= turn) {
                earned[i] -= turn;
                next[i] = take(table, next[i], step[i], (short) takers[i]);
                filled++;
            }
        }
        return table;
    }

    /** Takes the next free slot; returns where to look from then on. */
    private static int take(
            final short[] table, final int from, final int step, final short backend) {
        int slot = from;
        while (table[slot] >= 0) {
            slot += step;
            slot -= slot >= table.length ? table.length : 0;
        }
        table[slot] = backend;
        return slot;
    }

    private static long hash(final Backend backend, final long seed) {
        final long address = mix(backend.address().high() ^ seed) ^ backend.address().low();
        return mix(mix(address) + backend.port());
    }

    /** Finalizer of SplitMix64: each bit of the input moves about half of the output's. */
    private static long mix(final long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
