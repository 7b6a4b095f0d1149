package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evenness and disruption of the lookup table. */
class MaglevTableTest {
    private static final int SIZE = 65_537;

    private static Backend backend(final int number, final int weight) {
        return Backend.of(
                "10.1." + number / 256 + "." + number % 256 + ":80",
                weight,
                Backend.State.UP,
                null);
    }

    private static List<Backend> backends(final int count) {
        return IntStream.range(0, count).mapToObj(i -> backend(i, 100)).toList();
    }

    private static int[] slots(final short[] table, final int backends) {
        final int[] slots = new int[backends];
        for (final short backend : table) {
            slots[backend]++;
        }
        return slots;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100, 655})
    void shouldShareWithinOnePercentWhenWeightsAreEqual(final int count) {
        final int[] slots = slots(MaglevTable.build(backends(count), 7, SIZE), count);

        final int most = Arrays.stream(slots).max().orElseThrow();
        final int least = Arrays.stream(slots).min().orElseThrow();
        assertTrue(most - least <= 1, least + " to " + most);
        assertTrue((double) most * count / SIZE < 1.01, most + " of " + SIZE);
    }

    @Test
    void shouldShareByWeight() {
        final List<Backend> weighted = new ArrayList<>();
        final int[] weights = {1, 10, 100, 250, 1000};
        for (int i = 0; i < weights.length; i++) {
            weighted.add(backend(i, weights[i]));
        }

        final int[] slots = slots(MaglevTable.build(weighted, 3, SIZE), weights.length);

        final double sum = Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i] / sum * SIZE, slots[i], 2, "weight " + weights[i]);
        }
    }

    @Test
    void shouldGiveEveryWeightAboveZeroAShare() {
        final List<Backend> weighted = new ArrayList<>();
        for (int i = 0; i < 655; i++) {
            weighted.add(backend(i, i == 0 ? 1 : 1000));
        }

        assertTrue(slots(MaglevTable.build(weighted, 3, SIZE), 655)[0] > 0);
    }

    @Test
    void shouldMoveLittleElseWhenABackendGoes() {
        for (final int count : new int[] {3, 10, 100}) {
            final List<Backend> all = backends(count);
            final List<Backend> fewer = new ArrayList<>(all);
            final Backend gone = fewer.remove(count / 2);

            final double moved = movedSlots(all, fewer, gone);

            // the paper's figure for tables of 65,537: fewer than 2 % with 1,000 backends
            assertTrue(moved < 0.02, count + " backends: " + moved + " moved needlessly");
        }
    }

    @Test
    void shouldMoveLittleElseWhenABackendComes() {
        final List<Backend> all = backends(10);
        final List<Backend> more = new ArrayList<>(all);
        final Backend added = backend(999, 100);
        more.add(added);

        assertTrue(movedSlots(more, all, added) < 0.02);
    }

    /** Part of the slots whose backend is another one, though theirs neither came nor went. */
    private static double movedSlots(
            final List<Backend> with, final List<Backend> without, final Backend one) {
        final short[] a = MaglevTable.build(with, 11, SIZE);
        final short[] b = MaglevTable.build(without, 11, SIZE);
        int moved = 0;
        for (int i = 0; i < SIZE; i++) {
            final Backend before = with.get(a[i]);
            if (!before.equals(one) && !before.equals(without.get(b[i]))) {
                moved++;
            }
        }
        return (double) moved / SIZE;
    }

    @Test
    void shouldGiveNothingToBackendsThatTakeNoNewConnections() {
        final List<Backend> some =
                List.of(
                        backend(0, 100),
                        backend(1, 0),
                        backend(2, 100).with(100, Backend.State.DRAIN),
                        backend(3, 100).with(100, Backend.State.DOWN),
                        backend(4, 100));

        final int[] slots = slots(MaglevTable.build(some, 5, SIZE), 5);

        assertArrayEquals(new int[] {0, 0, 0}, Arrays.copyOfRange(slots, 1, 4));
        assertNull(MaglevTable.build(some.subList(1, 4), 5, SIZE));
    }

    @Test
    void shouldDependOnTheSeedAndNothingElse() {
        assertArrayEquals(
                MaglevTable.build(backends(10), 1, SIZE), MaglevTable.build(backends(10), 1, SIZE));
        assertFalse(
                Arrays.equals(
                        MaglevTable.build(backends(10), 1, SIZE),
                        MaglevTable.build(backends(10), 2, SIZE)));
    }

    @Test
    void shouldHaveAPrimeSizeOfAHundredSlotsPerBackend() {
        for (final int backends : new int[] {0, 1, 655, 656, 1000, 4096}) {
            final int size = MaglevTable.size(backends);
            assertTrue(size >= backends * 100, backends + ": " + size);
            assertTrue(BigInteger.valueOf(size).isProbablePrime(50), size + " isn't prime");
        }
        assertEquals(SIZE, MaglevTable.size(655));
    }
}
