package io.vswitch.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random operations against a map that does the same the slow way, with honest hashes and with
 * colliding ones.
 */
class FlowTableModelTest {
    private static final int KEYS = 3000;
    private static final long IDLE = 40;

    private final long[] keys = new long[PacketBatch.CAPACITY * FlowKey.WORDS];
    private final long[] hashes = new long[PacketBatch.CAPACITY];
    private final int[] entries = new int[PacketBatch.CAPACITY];
    private final int[] numbers = new int[PacketBatch.CAPACITY];

    /** Key number to time of last use. */
    private final Map<Integer, Long> model = new HashMap<>();

    private LongUnaryOperator distort;
    private FlowTable table;
    private Random random;

    @Property(tries = 40)
    void shouldAgreeWithModelWhenOperationsAreRandom(@ForAll final long seed) {
        run(seed, LongUnaryOperator.identity());
    }

    @Property(tries = 40)
    void shouldAgreeWithModelWhenTagsAreEqual(@ForAll final long seed) {
        run(seed, hash -> hash & 0xffff_ffffL);
    }

    @Property(tries = 40)
    void shouldAgreeWithModelWhenAllFlowsFallIntoFewBuckets(@ForAll final long seed) {
        run(seed, hash -> hash & 3L << 32 | hash & 3);
    }

    private void run(final long seed, final LongUnaryOperator distortion) {
        random = new Random(seed);
        distort = distortion;
        model.clear();
        try (FlowTable fresh = new FlowTable(FlowTable.MIN_CAPACITY, seed)) {
            table = fresh;
            table.onRemoval(entry -> assertTrue(model.remove(number(entry)) != null));
            for (int now = 1; now <= 400; now++) {
                burst(now);
                if (random.nextInt(4) == 0) {
                    expire(now);
                }
                assertEquals(model.size(), table.size());
                assertEquals(
                        table.inserted(),
                        table.size() + table.removed() + table.expired() + table.evictions());
            }
            dump();
        }
    }

    private void burst(final long now) {
        final int count = 1 + random.nextInt(PacketBatch.CAPACITY);
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextInt(KEYS) * random.nextInt(100) / 100;
            writeKey(numbers[i], i * FlowKey.WORDS);
        }
        table.hashAll(keys, count, hashes);
        for (int i = 0; i < count; i++) {
            hashes[i] = distort.applyAsLong(hashes[i]);
        }
        table.lookup(keys, hashes, count, entries);
        for (int i = 0; i < count; i++) {
            hit(i, now);
        }
        for (int i = 0; i < count; i++) {
            if (entries[i] == FlowTable.NONE) {
                miss(i, now);
            }
        }
    }

    private void hit(final int i, final long now) {
        assertEquals(model.containsKey(numbers[i]), entries[i] != FlowTable.NONE);
        if (entries[i] != FlowTable.NONE) {
            assertEquals(numbers[i], number(entries[i]));
            assertEquals(model.get(numbers[i]), table.lastUsedNs(entries[i]));
            table.count(entries[i], 100, now);
            assertEquals(table.packets(entries[i]) * 100, table.bytes(entries[i]));
            model.put(numbers[i], now);
        }
    }

    private void miss(final int i, final long now) {
        final int at = i * FlowKey.WORDS;
        final int found = table.find(keys, at, hashes[i]);
        assertEquals(model.containsKey(numbers[i]), found != FlowTable.NONE);
        if (found != FlowTable.NONE) {
            if (random.nextInt(3) == 0) {
                table.remove(found);
            }
            return;
        }
        final int entry = table.insert(keys, at, hashes[i], now);
        assertNull(model.put(numbers[i], now));
        assertEquals(entry, table.find(keys, at, hashes[i]));
        assertEquals(0, table.packets(entry));
    }

    private void expire(final long now) {
        final long oldest = now - IDLE;
        final Set<Integer> idle = new HashSet<>();
        model.forEach(
                (number, used) -> {
                    if (used <= oldest) {
                        idle.add(number);
                    }
                });
        assertEquals(idle.size(), table.expire(now, IDLE, table.capacity()));
        idle.forEach(number -> assertTrue(!model.containsKey(number)));
    }

    private void dump() {
        final Set<Integer> seen = new HashSet<>();
        for (int entry = 0; entry < table.span(); entry++) {
            assertTrue(!table.isLive(entry) || seen.add(number(entry)));
        }
        assertEquals(model.keySet(), seen);
        assertNotEquals(0, seen.size());
    }

    private int number(final int entry) {
        return (int) table.keyWord(entry, 7);
    }

    private void writeKey(final int number, final int at) {
        for (int word = 0; word < FlowKey.WORDS; word++) {
            keys[at + word] = word == 7 ? number : number % (word + 2);
        }
    }
}
