package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.policy.RuleRef;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictTableTest {
    private static final int[] NO_MIRRORS = {};

    private final VerdictTable table = new VerdictTable(1);
    private final RuleRef[] rules =
            IntStream.range(0, VerdictTable.CAPACITY)
                    .mapToObj(i -> new RuleRef("p", "l", "g", "" + i))
                    .toArray(RuleRef[]::new);

    private int intern(final int rule) {
        return table.intern(null, false, 0, new RuleRef[] {rules[rule]}, 1, NO_MIRRORS, 0);
    }

    private void fill() {
        for (int i = 0; i < rules.length; i++) {
            table.get(intern(i)).count(100);
        }
        assertTrue(table.isFull());
    }

    private long counted() {
        return Arrays.stream(rules).mapToLong(RuleRef::packets).sum();
    }

    @Test
    void shouldFoldLaterAndSomeAtATimeWhenCleared() {
        fill();
        table.clear();
        assertFalse(table.isFull());
        assertEquals(0, counted());
        int cycles = 0;
        while (!table.foldSome()) {
            cycles++;
            assertTrue(counted() <= (long) cycles * VerdictTable.FOLDED, "too many at once");
        }
        assertEquals(rules.length, counted());
        assertEquals(0, intern(5));
        assertEquals(0, intern(5));
        assertEquals(1, intern(6));
    }

    @Test
    void shouldLoseNoCountWhenClearedAgainBeforeTheRestIsFolded() {
        for (int round = 0; round < 3; round++) {
            fill();
            table.clear();
            table.foldSome();
        }
        table.fold();
        assertEquals(3L * rules.length, counted());
    }

    @Test
    void shouldFoldWhatWasCountedBehindTheFoldWhenBegunAnew() {
        fill();
        table.beginFold();
        table.foldSome();
        table.get(0).count(1);
        table.beginFoldAnew();
        while (!table.foldSome()) {
            assertTrue(rules[0].packets() <= 2);
        }
        assertEquals(2, rules[0].packets());
        assertEquals(rules.length + 1L, counted());
    }
}
