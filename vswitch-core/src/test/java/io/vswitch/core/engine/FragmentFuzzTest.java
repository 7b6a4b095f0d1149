package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.BitSet;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * Sends any fragments of eight datagrams, in any order: no receiver sees a byte of a datagram
 * twice, nor anything before its first fragment; nothing leaks. It searches for new inputs, for a
 * minute, with:
 *
 * <pre>
 *   JAZZER_FUZZ=1 ./mvnw -pl vswitch-core test -Dtest=FragmentFuzzTest
 *
 *   input:  | time passes (1) | last (1) | end of burst (1) | 2 | id (3) | offset / 8 | bytes / 8, or not | ...
 * </pre>
 */
class FragmentFuzzTest extends EngineFixture {
    private static final int RECORD = 3;
    private static final int TIME = 0x80;
    private static final int LAST = 0x40;
    private static final int END_OF_BURST = 0x20;

    /** Bytes per datagram that were sent on. */
    private final BitSet[] seen = new BitSet[8];

    private final int[] ends = new int[8];

    @FuzzTest(maxDuration = "1m")
    void shouldSendNoByteTwice(final byte[] input) {
        check(input);
    }

    @Test
    void shouldSendNoByteTwiceWhenFragmentsAreRandom() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            final byte[] input = new byte[300];
            random.nextBytes(input);
            final int few = 1 + random.nextInt(31);
            for (int at = 0; at < input.length; at += RECORD) {
                input[at] &= (byte) (random.nextInt(20) == 0 ? 0xff : 0x67);
                input[at + 1] = (byte) (random.nextInt(few));
                input[at + 2] = (byte) (8 * (1 + random.nextInt(3)));
            }
            try {
                check(input);
            } catch (final AssertionError e) {
                throw new AssertionError("seed " + seed + ", round " + i, e);
            }
        }
    }

    private void check(final byte[] input) {
        introduce();
        forget();
        for (int at = 0; at + RECORD <= input.length; at += RECORD) {
            final int control = input[at];
            a.deliver(fragment(control, input[at + 1] & 0xff, input[at + 2] & 0xff));
            if ((control & (END_OF_BURST | TIME)) != 0) {
                run();
                look();
            }
            if ((control & TIME) != 0) {
                forget();
            }
        }
        run();
        look();
        forget();
    }

    /** What is known of datagrams by now is of others afterwards. */
    private void forget() {
        nowNs += 16_000_000_000L;
        run();
        assertEquals(0, sw.slabsInUse());
        for (int id = 0; id < seen.length; id++) {
            seen[id] = new BitSet();
            ends[id] = -1;
        }
    }

    private static UnsafeBuffer fragment(final int control, final int offset, final int length) {
        final UnsafeBuffer whole =
                Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1000, 80, 256 * 9);
        final boolean more = (control & LAST) == 0;
        final int bytes = more ? Math.max(8, length & ~7) : Math.max(8, length);
        return FragmentFrames.piece(whole, control & 7, offset * 8, bytes, more);
    }

    private void look() {
        b.sent.forEach(frame -> look(frame.buffer()));
        b.sent.clear();
    }

    private void look(final UnsafeBuffer frame) {
        final int id = frame.getShort(18, java.nio.ByteOrder.BIG_ENDIAN);
        final int field = frame.getShort(20, java.nio.ByteOrder.BIG_ENDIAN);
        if ((field & 0x3fff) == 0) {
            return;
        }
        final int from = FragmentFrames.offset(frame);
        final int to = from + frame.capacity() - 34;
        assertEquals(-1, seen[id].nextSetBit(from) < to ? seen[id].nextSetBit(from) : -1);
        assertTrue(from == 0 || seen[id].get(0), "before the first");
        seen[id].set(from, to);
        ends[id] = (field & 0x2000) == 0 ? to : ends[id];
        if (seen[id].cardinality() == ends[id]) {
            seen[id].clear();
            ends[id] = -1;
        }
    }
}
