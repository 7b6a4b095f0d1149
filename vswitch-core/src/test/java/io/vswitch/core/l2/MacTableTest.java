package io.vswitch.core.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MacTableTest {
    private static final long SEED = 42;
    private static final long BASE = 0x02_00_00_00_00_00L;

    private final MacTable table = new MacTable(8, SEED);

    @Test
    void shouldAnswerPortWhenLearned() {
        assertEquals(MacTable.NONE, table.lookup(BASE + 1));
        assertEquals(MacLearning.NEW, table.learn(BASE + 1, 5, 0));
        assertEquals(MacLearning.REFRESHED, table.learn(BASE + 1, 5, 1));
        assertEquals(5, table.lookup(BASE + 1));
        assertEquals(MacTable.NONE, table.lookup(BASE + 2));
        assertEquals(1, table.countOf(5));
    }

    @Test
    void shouldRefuseWhenAddressIsGroupOrZero() {
        assertEquals(MacLearning.REFUSED, table.learn(0, 1, 0));
        assertEquals(MacLearning.REFUSED, table.learn(0xffff_ffff_ffffL, 1, 0));
        assertEquals(MacLearning.REFUSED, table.learn(0x01_00_5e_00_00_01L, 1, 0));
        assertEquals(0, table.size());
        assertEquals(0, table.additions());
    }

    @Test
    void shouldRaiseEpochWhenAnAnswerMayChange() {
        table.learn(BASE + 1, 1, 0);
        table.learn(BASE + 1, 1, 5);
        assertEquals(0, table.epoch());

        assertEquals(MacLearning.MOVED, table.learn(BASE + 1, 2, 6));
        assertEquals(1, table.epoch());
        assertEquals(2, table.lookup(BASE + 1));
        assertEquals(1, table.moves());

        assertEquals(1, table.expire(106, 100, 10));
        assertEquals(2, table.epoch());
        table.learn(BASE + 1, 1, 107);
        table.removePort(1);
        assertEquals(3, table.epoch());
        assertEquals(2, table.additions());
    }

    @Test
    void shouldEvictOldestOfLargestPortWhenFull() {
        table.learn(BASE + 1, 1, 0);
        table.learn(BASE + 2, 2, 1);
        for (int i = 0; i < 6; i++) {
            table.learn(BASE + 10 + i, 3, 2 + i);
        }
        table.learn(BASE + 10, 3, 9);
        final int before = table.epoch();

        assertEquals(MacLearning.NEW, table.learn(BASE + 3, 2, 10));

        assertEquals(
                MacTable.NONE, table.lookup(BASE + 11), "oldest of port 3, as 10 was refreshed");
        assertEquals(3, table.lookup(BASE + 10));
        assertEquals(1, table.lookup(BASE + 1));
        assertEquals(2, table.lookup(BASE + 2));
        assertEquals(8, table.size());
        assertEquals(1, table.evictions());
        assertNotEquals(before, table.epoch());
    }

    @Test
    void shouldEvictOwnAddressWhenPortIsOneOfTheLargest() {
        for (int port = 1; port <= 4; port++) {
            table.learn(BASE + port, port, port);
            table.learn(BASE + 10 + port, port, 10 + port);
        }
        for (int port = 1; port <= 4; port++) {
            table.learn(BASE + 20 + port, port, 20 + port);
            assertEquals(MacTable.NONE, table.lookup(BASE + port));
            assertEquals(2, table.countOf(port));
        }
    }

    @Test
    void shouldKeepOthersWhenOnePortFloods() {
        final MacTable large = new MacTable(1000, SEED);
        for (int i = 0; i < 300; i++) {
            large.learn(BASE + i, i % 3, i);
        }
        for (int i = 0; i < 100_000; i++) {
            large.learn(BASE + 1_000_000 + i, 9, 1000 + i);
        }
        for (int i = 0; i < 300; i++) {
            assertEquals(i % 3, large.lookup(BASE + i));
        }
        assertEquals(1000, large.size());
        assertEquals(700, large.countOf(9));
    }

    @Test
    void shouldShareEvenlyWhenManyPortsFlood() {
        final MacTable large = new MacTable(1000, SEED);
        for (int i = 0; i < 100_000; i++) {
            large.learn(BASE + i, i % 7 == 0 ? i % 10 : 3, i);
        }
        for (int port = 0; port < 10; port++) {
            assertTrue(large.countOf(port) >= 99, "port " + port + " has " + large.countOf(port));
        }
    }

    @Test
    void shouldAgeOnlyIdleAddressesWhenSweptInSteps() {
        for (int i = 0; i < 8; i++) {
            table.learn(BASE + i, 1, i);
        }
        table.learn(BASE, 1, 50);
        int gone = 0;
        for (int i = 0; i < 4; i++) {
            gone += table.expire(103, 100, 2);
        }
        assertEquals(3, gone);
        assertEquals(3, table.expired());
        assertEquals(1, table.lookup(BASE), "seen again at 50");
        assertEquals(MacTable.NONE, table.lookup(BASE + 3));
        assertEquals(1, table.lookup(BASE + 4));
    }

    @Test
    void shouldForgetOnlyThatPortWhenPortIsRemoved() {
        table.learn(BASE + 1, 65_535, 0);
        table.learn(BASE + 2, 65_535, 0);
        table.learn(BASE + 3, 0, 0);
        table.removePort(65_535);
        table.removePort(77);
        assertEquals(1, table.size());
        assertEquals(0, table.lookup(BASE + 3));
        assertEquals(MacTable.NONE, table.lookup(BASE + 1));
    }

    @Test
    void shouldShowEachAddressOnceWhenDumped() {
        for (int i = 0; i < 8; i++) {
            table.learn(BASE + i, i, i);
        }
        table.removePort(4);
        final Set<Long> seen = new HashSet<>();
        for (int entry = table.nextLive(0); entry >= 0; entry = table.nextLive(entry + 1)) {
            assertTrue(seen.add(table.mac(entry)));
            assertEquals(table.mac(entry) - BASE, table.port(entry));
            assertEquals(table.mac(entry) - BASE, table.lastSeenNs(entry));
        }
        assertEquals(7, seen.size());
    }

    @Test
    void shouldWorkWhenLimitIsOne() {
        final MacTable one = new MacTable(1, SEED);
        for (int i = 0; i < 1000; i++) {
            assertEquals(MacLearning.NEW, one.learn(BASE + i, i & 3, i));
            assertEquals(i & 3, one.lookup(BASE + i));
            assertEquals(1, one.size());
        }
    }

    @Test
    void shouldRefuseLimitWhenOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> new MacTable(0, SEED));
        assertThrows(IllegalArgumentException.class, () -> new MacTable(1_000_001, SEED));
    }
}
