package io.vswitch.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.packet.FlowKey;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private static final long SEED = 42;

    private final FlowTable table = new FlowTable(1024, SEED);
    private final long[] key = new long[FlowKey.WORDS];

    @AfterEach
    void close() {
        table.close();
    }

    private void key(final long number) {
        java.util.Arrays.fill(key, 0);
        key[0] = number * 0x1_0001;
        key[4] = number;
    }

    private int insert(final long number, final long nowNs) {
        key(number);
        return table.insert(key, 0, table.hash(key, 0), nowNs);
    }

    private int find(final long number) {
        key(number);
        return table.find(key, 0, table.hash(key, 0));
    }

    @Test
    void shouldKeepStateWhenFlowIsFoundAgain() {
        final int entry = insert(7, 100);
        table.decide(entry, 3, 4, 5, 6);
        table.count(entry, 60, 110);
        table.count(entry, 1500, 120);

        assertEquals(entry, find(7));
        assertEquals(2, table.packets(entry));
        assertEquals(1560, table.bytes(entry));
        assertEquals(100, table.createdNs(entry));
        assertEquals(120, table.lastUsedNs(entry));
        assertEquals(3, table.generation(entry));
        assertEquals(4, table.verdict(entry));
        assertEquals(5, table.egress(entry));
        assertEquals(6, table.macEpoch(entry));
        assertEquals(7, table.keyWord(entry, 4));
    }

    @Test
    void shouldMissWhenAnyWordDiffers() {
        insert(7, 0);
        for (int word = 0; word < FlowKey.WORDS; word++) {
            key(7);
            final long hash = table.hash(key, 0);
            key[word] ^= 1;
            assertEquals(FlowTable.NONE, table.find(key, 0, hash), "word " + word);
            assertNotEquals(hash, table.hash(key, 0), "hash must depend on word " + word);
        }
    }

    @Test
    void shouldHoldEveryFlowWhenFilledToCapacity() {
        for (int i = 1; i <= table.capacity(); i++) {
            insert(i, i);
        }
        assertEquals(0, table.evictions());
        for (int i = 1; i <= table.capacity(); i++) {
            assertNotEquals(FlowTable.NONE, find(i));
        }
    }

    @Test
    void shouldEvictAndBalanceBooksWhenOverfilled() {
        for (int i = 1; i <= 10_000; i++) {
            insert(i, i);
            assertNotEquals(FlowTable.NONE, find(i));
        }
        assertEquals(table.capacity(), table.size());
        assertEquals(10_000 - table.capacity(), table.evictions());
        assertEquals(
                table.inserted(),
                table.size() + table.removed() + table.expired() + table.evictions());
    }

    @Test
    void shouldEvictLeastRecentlyUsedOfBucketsWhenTheyAreFull() {
        final long sameHash = 0x1234_5678_9abc_def0L;
        for (int i = 0; i <= FlowIndex.CANDIDATES; i++) {
            key(i);
            final int entry = table.insert(key, 0, sameHash, 100 + i);
            if (i == FlowIndex.CANDIDATES - 1) {
                key(0);
                table.count(table.find(key, 0, sameHash), 60, 200);
            }
            key(i);
            assertEquals(entry, table.find(key, 0, sameHash));
        }
        key(1);
        assertEquals(FlowTable.NONE, table.find(key, 0, sameHash));
        for (int i = 0; i <= FlowIndex.CANDIDATES; i++) {
            key(i);
            assertTrue(i == 1 || table.find(key, 0, sameHash) != FlowTable.NONE, "flow " + i);
        }
        assertEquals(1, table.evictions());
    }

    @Test
    void shouldShowEachFlowOnceWhenDumpIsSpreadOverChanges() {
        for (int i = 1; i <= 500; i++) {
            insert(i, 0);
        }
        final Set<Long> seen = new HashSet<>();
        for (int entry = 0; entry < table.span(); entry++) {
            assertTrue(!table.isLive(entry) || seen.add(table.keyWord(entry, 4)));
            if (entry % 3 == 0 && entry < 500) {
                table.remove(find(500 - entry / 3));
                insert(1000 + entry, 0);
            }
        }
        for (long stayed = 1; stayed <= 500 - 200; stayed++) {
            assertTrue(seen.contains(stayed), "flow " + stayed);
        }
    }

    @Test
    void shouldExpireIdleFlowsOnlyWhenSwept() {
        for (int i = 1; i <= 100; i++) {
            insert(i, i);
        }
        assertEquals(0, table.expire(110, 100, 0));
        int gone = 0;
        for (int i = 0; i < 10; i++) {
            gone += table.expire(110, 100, 10);
        }
        assertEquals(10, gone);
        assertEquals(FlowTable.NONE, find(10));
        assertNotEquals(FlowTable.NONE, find(11));
        assertEquals(90, table.size());
    }

    @Test
    void shouldRefuseCapacityWhenOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> new FlowTable(1023, SEED));
        assertThrows(IllegalArgumentException.class, () -> new FlowTable((1 << 24) + 1, SEED));
    }
}
