package io.vswitch.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class FlowTableScaleTest {
    private static final int MILLION = 1_000_000;
    private static final long SEED = 42;

    private final long[] keys = new long[PacketBatch.CAPACITY * FlowKey.WORDS];
    private final long[] hashes = new long[PacketBatch.CAPACITY];
    private final int[] entries = new int[PacketBatch.CAPACITY];
    private int missed;

    private void writeKeys(final int first) {
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            keys[i * FlowKey.WORDS + 3] = (first + i) & 0xffffL;
            keys[i * FlowKey.WORDS + 4] = (first + i) >>> 16;
        }
    }

    private void insert(final FlowTable table, final int flows) {
        for (int first = 0; first < flows; first += PacketBatch.CAPACITY) {
            writeKeys(first);
            table.hashAll(keys, PacketBatch.CAPACITY, hashes);
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                table.insert(keys, i * FlowKey.WORDS, hashes[i], first);
            }
        }
    }

    private void lookUp(final FlowTable table, final int flows) {
        for (int first = 0; first < flows; first += PacketBatch.CAPACITY) {
            writeKeys(first);
            table.hashAll(keys, PacketBatch.CAPACITY, hashes);
            table.lookup(keys, hashes, PacketBatch.CAPACITY, entries);
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                if (entries[i] == FlowTable.NONE) {
                    missed++;
                } else {
                    table.count(entries[i], 60, first);
                }
            }
        }
    }

    @Test
    void shouldBeEmptyWhenMillionFlowsExpired() {
        try (FlowTable table = new FlowTable(MILLION, SEED)) {
            insert(table, MILLION);
            assertEquals(MILLION, table.size());
            assertEquals(0, table.evictions());
            lookUp(table, MILLION);
            assertEquals(0, missed);
            int calls = 0;
            while (table.size() > 0) {
                table.expire(2L * MILLION, MILLION, 1000);
                assertTrue(++calls <= MILLION / 1000 + 1, "one round is enough");
            }
            assertEquals(MILLION, table.expired());
            assertEquals(0, table.span());
            lookUp(table, 1 << 16);
            assertEquals(1 << 16, missed);
        }
    }

    @Test
    void shouldAllocateNothingWhenWarm() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        try (FlowTable table = new FlowTable(1 << 16, SEED)) {
            cycle(table);
            final long before = threads.getThreadAllocatedBytes(thread);
            cycle(table);
            final long allocated = threads.getThreadAllocatedBytes(thread) - before;
            assertTrue(allocated < 4096, allocated + " bytes in 1 M lookups and 128 k insertions");
        }
    }

    /** Insertions with and without eviction, 1 M lookups, a sweep. */
    private void cycle(final FlowTable table) {
        insert(table, 1 << 17);
        for (int i = 0; i < 16; i++) {
            lookUp(table, 1 << 16);
        }
        table.expire(Long.MAX_VALUE / 2, 1, table.capacity());
        assertEquals(0, table.size());
    }

    @Test
    void shouldWorkWhenTableIsLargerThanTwoGigabytes() {
        try (FlowTable table = new FlowTable(FlowTable.MAX_CAPACITY, SEED)) {
            insert(table, 1 << 16);
            lookUp(table, 1 << 16);
            assertEquals(0, missed);
            assertEquals(1 << 24, table.capacity());
        }
    }
}
