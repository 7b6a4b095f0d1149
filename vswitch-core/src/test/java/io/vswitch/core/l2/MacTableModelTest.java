package io.vswitch.core.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random operations against a map that does the same the slow way. */
class MacTableModelTest {
    private static final long BASE = 0x02_00_00_00_00_00L;

    private static final class Known {
        private int port;
        private long seen;
    }

    private final Map<Long, Known> model = new HashMap<>();

    @Property(tries = 300)
    void shouldAgreeWithModelWhenOperationsAreRandom(
            @ForAll final long seed, @ForAll @IntRange(min = 1, max = 60) final int limit) {
        final MacTable table = new MacTable(limit, seed);
        final Random random = new Random(seed);
        model.clear();
        for (int now = 1; now <= 2000; now++) {
            final int epoch = table.epoch();
            final Map<Long, Integer> before = answers();
            step(table, random, limit, now);
            assertEquals(model.size(), table.size());
            if (changed(before)) {
                assertTrue(table.epoch() != epoch, "epoch stays though an answer changed");
            } else {
                assertEquals(epoch, table.epoch());
            }
        }
    }

    private void step(final MacTable table, final Random random, final int limit, final int now) {
        final int choice = random.nextInt(100);
        final int port = random.nextInt(5) * random.nextInt(5);
        if (choice < 90) {
            learn(table, BASE + random.nextInt(80), port, limit, now);
        } else if (choice < 97) {
            table.expire(now, 60, limit);
            model.values().removeIf(known -> now - known.seen >= 60);
        } else if (choice < 98) {
            table.removePort(port);
            model.values().removeIf(known -> known.port == port);
        }
        for (int i = 0; i < 80; i++) {
            final Known known = model.get(BASE + i);
            assertEquals(known == null ? MacTable.NONE : known.port, table.lookup(BASE + i));
        }
    }

    private void learn(
            final MacTable table, final long mac, final int port, final int limit, final int now) {
        final Known known = model.get(mac);
        final MacLearning result = table.learn(mac, port, now);
        if (known != null) {
            assertEquals(known.port == port ? MacLearning.REFRESHED : MacLearning.MOVED, result);
            known.port = port;
            known.seen = now;
            return;
        }
        assertEquals(MacLearning.NEW, result);
        if (model.size() == limit) {
            evictAsTableDid(table);
        }
        final Known added = new Known();
        added.port = port;
        added.seen = now;
        model.put(mac, added);
    }

    /**
     * Several ports may be the largest: the one that the table chose must be, and its oldest must
     * be gone.
     */
    private void evictAsTableDid(final MacTable table) {
        final Map<Integer, Integer> counts = new HashMap<>();
        model.values().forEach(known -> counts.merge(known.port, 1, Integer::sum));
        final int most = counts.values().stream().max(Comparator.naturalOrder()).orElseThrow();
        final long gone =
                model.keySet().stream()
                        .filter(mac -> table.lookup(mac) == MacTable.NONE)
                        .findFirst()
                        .orElseThrow();
        final Known victim = model.remove(gone);
        assertEquals(most, counts.get(victim.port), "evicted from a port that is not the largest");
        assertTrue(
                model.values().stream()
                        .noneMatch(known -> known.port == victim.port && known.seen < victim.seen),
                "an older one of that port stays");
    }

    private Map<Long, Integer> answers() {
        final Map<Long, Integer> answers = new HashMap<>();
        model.forEach((mac, known) -> answers.put(mac, known.port));
        return answers;
    }

    private boolean changed(final Map<Long, Integer> before) {
        return before.entrySet().stream()
                .anyMatch(
                        was -> {
                            final Known known = model.get(was.getKey());
                            return known == null || known.port != was.getValue();
                        });
    }
}
