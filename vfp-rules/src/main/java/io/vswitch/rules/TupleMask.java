package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which bits of a packet the rules of one {@link Tuple} hash, over the words of {@link
 * CompiledRule}; immutable. The hash multiplies each word by a random odd number of this process,
 * so the eight products don't wait for each other.
 */
record TupleMask(
        long word0,
        long word1,
        long word2,
        long sourceHigh,
        long sourceLow,
        long destinationHigh,
        long destinationLow,
        long metadata) {
    private static final long K0 = random();
    private static final long K1 = random();
    private static final long K2 = random();
    private static final long K3 = random();
    private static final long K4 = random();
    private static final long K5 = random();
    private static final long K6 = random();
    private static final long K7 = random();
    private static final long K8 = random();

    private static long random() {
        return ThreadLocalRandom.current().nextLong() | 1;
    }

    /** Hash of a packet under this mask, given as its first three words and its fields. */
    long hash(final long w0, final long w1, final long w2, final HeaderFields fields) {
        return mix(
                (w0 & word0) * K0
                        + (w1 & word1) * K1
                        + (w2 & word2) * K2
                        + (fields.sourceHigh & sourceHigh) * K3
                        + (fields.sourceLow & sourceLow) * K4
                        + (fields.destinationHigh & destinationHigh) * K5
                        + (fields.destinationLow & destinationLow) * K6
                        + (fields.metadata & metadata) * K8);
    }

    /** Hash of the packets that a rule matches, with {@code w2} for its second word. */
    long hash(final PackedMatch match, final long w2) {
        return mix(
                (match.value0 & word0) * K0
                        + (match.value1 & word1) * K1
                        + (w2 & word2) * K2
                        + (match.sourceHigh & sourceHigh) * K3
                        + (match.sourceLow & sourceLow) * K4
                        + (match.destinationHigh & destinationHigh) * K5
                        + (match.destinationLow & destinationLow) * K6
                        + (match.metadata & metadata) * K8);
    }

    private static long mix(final long sum) {
        return (sum ^ sum >>> 32) * K7;
    }

    /**
     * This mask with prefixes cut to a multiple of 4 bits, so that rules of many prefix lengths
     * share a few tuples.
     */
    TupleMask coarse() {
        return new TupleMask(
                word0,
                word1,
                word2,
                wholeNibbles(sourceHigh),
                wholeNibbles(sourceLow),
                wholeNibbles(destinationHigh),
                wholeNibbles(destinationLow),
                metadata);
    }

    /** A prefix without the bits of its last, partial nibble. */
    private static long wholeNibbles(final long prefix) {
        return (prefix & 0x1111_1111_1111_1111L) * 0xf;
    }

    /** Every bit of this mask is one of the other's. */
    boolean isPartOf(final TupleMask other) {
        return (word0 & ~other.word0
                        | word1 & ~other.word1
                        | word2 & ~other.word2
                        | sourceHigh & ~other.sourceHigh
                        | sourceLow & ~other.sourceLow
                        | destinationHigh & ~other.destinationHigh
                        | destinationLow & ~other.destinationLow
                        | metadata & ~other.metadata)
                == 0;
    }

    int bits() {
        return Long.bitCount(word0)
                + Long.bitCount(word1)
                + Long.bitCount(word2)
                + Long.bitCount(sourceHigh)
                + Long.bitCount(sourceLow)
                + Long.bitCount(destinationHigh)
                + Long.bitCount(destinationLow)
                + Long.bitCount(metadata);
    }
}
