package io.vswitch.core.flow;

import io.vswitch.core.packet.FlowKey;
import java.util.SplittableRandom;

/**
 * Seeded hash of flow keys; immutable, any thread.
 *
 * <p>Each pair of words is masked with secrets and multiplied to 128 bits, whose halves are folded
 * together; a last multiplication spreads the sum (the core of wyhash, with a random secret per
 * word). Whoever sends packets knows the keys but neither the secrets nor the hashes, so can't aim
 * flows at one bucket.
 */
public final class FlowHash {
    private final long s0;
    private final long s1;
    private final long s2;
    private final long s3;
    private final long s4;
    private final long s5;
    private final long s6;
    private final long s7;
    private final long last;

    public FlowHash(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        s0 = random.nextLong();
        s1 = random.nextLong();
        s2 = random.nextLong();
        s3 = random.nextLong();
        s4 = random.nextLong();
        s5 = random.nextLong();
        s6 = random.nextLong();
        s7 = random.nextLong();
        last = random.nextLong() | 1;
    }

    /** Hash of the key that begins at index {@code at}. */
    public long hash(final long[] keys, final int at) {
        final long sum =
                fold(keys[at] ^ s0, keys[at + 1] ^ s1)
                        + fold(keys[at + 2] ^ s2, keys[at + 3] ^ s3)
                        + fold(keys[at + 4] ^ s4, keys[at + 5] ^ s5)
                        + fold(keys[at + 6] ^ s6, keys[at + 7] ^ s7);
        return fold(sum, last);
    }

    void hashAll(final long[] keys, final int count, final long[] hashes) {
        for (int i = 0; i < count; i++) {
            hashes[i] = hash(keys, i * FlowKey.WORDS);
        }
    }

    private static long fold(final long a, final long b) {
        return Math.multiplyHigh(a, b) ^ (a * b);
    }
}
