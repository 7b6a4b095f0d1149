package io.vswitch.ctl.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Changed copies of immutable collections; stateless, any thread. */
final class Copies {
    private Copies() {}

    static <V> SortedMap<String, V> put(
            final SortedMap<String, V> map, final String key, final V value) {
        final SortedMap<String, V> copy = new TreeMap<>(map);
        copy.put(key, value);
        return Collections.unmodifiableSortedMap(copy);
    }

    static <V> SortedMap<String, V> remove(final SortedMap<String, V> map, final String key) {
        final SortedMap<String, V> copy = new TreeMap<>(map);
        copy.remove(key);
        return Collections.unmodifiableSortedMap(copy);
    }
}
