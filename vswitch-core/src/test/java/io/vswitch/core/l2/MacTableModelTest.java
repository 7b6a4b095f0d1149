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
        private int location;
        private long seen;
        private boolean pinned;

        int port() {
            return Location.port(location);
        }
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
        final int location = Location.of(port, random.nextInt(3) * 0x7fff);
        final long mac = BASE + random.nextInt(80);
        if (choice < 84) {
            learn(table, mac, location, limit, now);
        } else if (choice < 87) {
            pin(table, mac, location, limit);
        } else if (choice < 90) {
            final Known known = model.get(mac);
            assertEquals(known != null && known.pinned, table.unpin(mac));
            model.values().removeIf(each -> each == known && known.pinned);
        } else if (choice < 97) {
            table.expire(now, 60, limit);
            model.values().removeIf(known -> !known.pinned && now - known.seen >= 60);
        } else if (choice < 98) {
            table.removePort(port);
            model.values().removeIf(known -> known.port() == port);
        } else if (choice == 98) {
            final long learned = model.values().stream().filter(known -> !known.pinned).count();
            assertEquals(learned, table.flush());
            model.values().removeIf(known -> !known.pinned);
        }
        for (int i = 0; i < 80; i++) {
            final Known known = model.get(BASE + i);
            assertEquals(known == null ? MacTable.NONE : known.location, table.lookup(BASE + i));
        }
    }

    private void learn(
            final MacTable table,
            final long mac,
            final int location,
            final int limit,
            final int now) {
        final Known known = model.get(mac);
        final MacLearning result = table.learn(mac, location, now);
        if (known == null) {
            final boolean full = model.values().stream().filter(k -> k.pinned).count() == limit;
            assertEquals(full ? MacLearning.REFUSED : MacLearning.NEW, result);
            if (!full) {
                add(table, mac, location, limit).seen = now;
            }
        } else if (known.location == location) {
            assertEquals(MacLearning.REFRESHED, result);
            known.seen = now;
        } else {
            assertEquals(known.pinned ? MacLearning.REFUSED : MacLearning.MOVED, result);
            known.seen = known.pinned ? known.seen : now;
            known.location = known.pinned ? known.location : location;
        }
    }

    private void pin(final MacTable table, final long mac, final int location, final int limit) {
        final long pins = model.values().stream().filter(known -> known.pinned).count();
        final Known known = model.get(mac);
        assertEquals(known != null || pins < limit, table.pin(mac, location, 0));
        if (known != null) {
            known.location = location;
            known.pinned = true;
        } else if (pins < limit) {
            add(table, mac, location, limit).pinned = true;
        }
    }

    private Known add(final MacTable table, final long mac, final int location, final int limit) {
        if (model.size() == limit) {
            evictAsTableDid(table);
        }
        final Known added = new Known();
        added.location = location;
        model.put(mac, added);
        return added;
    }

    private void evictAsTableDid(final MacTable table) {
        final Map<Integer, Integer> counts = new HashMap<>();
        model.values().stream()
                .filter(known -> !known.pinned)
                .forEach(known -> counts.merge(known.port(), 1, Integer::sum));
        final int most = counts.values().stream().max(Comparator.naturalOrder()).orElseThrow();
        final long gone =
                model.keySet().stream()
                        .filter(mac -> table.lookup(mac) == MacTable.NONE)
                        .findFirst()
                        .orElseThrow();
        final Known victim = model.remove(gone);
        assertEquals(
                most, counts.get(victim.port()), "evicted from a port that is not the largest");
        assertTrue(
                model.values().stream()
                        .filter(known -> !known.pinned && known.port() == victim.port())
                        .noneMatch(known -> known.seen < victim.seen),
                "an older one of that port stays");
    }

    private Map<Long, Integer> answers() {
        final Map<Long, Integer> answers = new HashMap<>();
        model.forEach((mac, known) -> answers.put(mac, known.location));
        return answers;
    }

    private boolean changed(final Map<Long, Integer> before) {
        return before.entrySet().stream()
                .anyMatch(
                        was -> {
                            final Known known = model.get(was.getKey());
                            return known == null || known.location != was.getValue();
                        });
    }
}
