package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class SortedTreeTest {
    private static final int KEYS = 60;
    private static final int STEPS = 200;
    private static final int MANY = 100_000;

    private static SortedTree<String, Integer> empty() {
        return SortedTree.empty(Rule::compareIds);
    }

    private static Map<String, Integer> contents(final SortedTree<String, Integer> tree) {
        final Map<String, Integer> contents = new LinkedHashMap<>();
        tree.forEach(contents::put);
        return contents;
    }

    private static SortedTree<String, Integer> tree(final TreeMap<String, Integer> map) {
        return SortedTree.of(
                Rule::compareIds, new ArrayList<>(map.keySet()), new ArrayList<>(map.values()));
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void shouldHoldWhatASortedMapHoldsWhenEdited(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final TreeMap<String, Integer> map = new TreeMap<>(Rule::compareIds);
        SortedTree<String, Integer> tree = empty();
        SortedTree<String, Integer> before = tree;
        Map<String, Integer> mapBefore = new TreeMap<>(map);
        for (int step = 0; step < STEPS; step++) {
            final String key = (random.nextBoolean() ? "" : "r") + random.nextInt(KEYS);
            if (random.nextInt(5) == 0) {
                final TreeMap<String, Integer> more = new TreeMap<>(Rule::compareIds);
                random.ints(random.nextInt(20), 0, KEYS).forEach(k -> more.put("" + k, k * 7));
                tree = tree.withAll(tree(more));
                map.putAll(more);
            } else if (random.nextInt(5) < 2) {
                tree = tree.without(key);
                map.remove(key);
            } else {
                tree = tree.with(key, step);
                map.put(key, step);
            }
            check(tree, map, key);
            if (random.nextInt(4) == 0) {
                checkDifference(before, mapBefore, tree, map);
                before = tree;
                mapBefore = new LinkedHashMap<>(map);
            }
        }
    }

    private static void check(
            final SortedTree<String, Integer> tree,
            final TreeMap<String, Integer> map,
            final String key) {
        assertEquals(new ArrayList<>(map.entrySet()), new ArrayList<>(contents(tree).entrySet()));
        assertEquals(map.size(), tree.size());
        assertEquals(map.get(key), tree.get(key));
        assertEquals(map.floorKey(key), tree.floor(key));
        final List<String> tail = new ArrayList<>();
        tree.forEachFrom(key, k -> tail.add(k) && tail.size() < 3);
        assertEquals(map.tailMap(key).keySet().stream().limit(3).toList(), tail);
        assertEquals(contents(tree), contents(tree.map((k, v) -> v)));
    }

    private static void checkDifference(
            final SortedTree<String, Integer> before,
            final Map<String, Integer> mapBefore,
            final SortedTree<String, Integer> tree,
            final Map<String, Integer> map) {
        final Map<String, Integer> led = new TreeMap<>(Rule::compareIds);
        led.putAll(mapBefore);
        tree.compare(
                before,
                (key, old, now) -> {
                    assertEquals(led.get(key), old);
                    led.remove(key);
                    if (now != null) {
                        led.put(key, now);
                    }
                });
        assertEquals(map, led);
        assertEquals(mapBefore, contents(before), "the tree before has changed");
    }

    @Test
    void shouldLookAtLittleWhenLittleDiffers() {
        SortedTree<String, Integer> tree = empty();
        final TreeMap<String, Integer> sorted = new TreeMap<>(Rule::compareIds);
        for (int i = 0; i < MANY; i++) {
            sorted.put("" + i, i);
        }
        tree = tree.withAll(tree(sorted));
        final int[] looks = {0};
        final SortedTree<String, Integer> counting =
                SortedTree.of(
                        (a, b) -> {
                            looks[0]++;
                            return Rule.compareIds(a, b);
                        },
                        new ArrayList<>(sorted.keySet()),
                        new ArrayList<>(sorted.values()));
        final SortedTree<String, Integer> changed =
                counting.with("500x", 1).without("70000").with("70001", 2);
        looks[0] = 0;
        final List<String> found = new ArrayList<>();
        changed.compare(counting, (key, before, after) -> found.add(key));
        assertEquals(List.of("70000", "70001", "500x"), found);
        assertTrue(looks[0] < 2_000, looks[0] + " comparisons for 3 differences");
        assertNull(changed.get("70000"));
        assertEquals(MANY, changed.size());
    }
}
