package io.vswitch.ctl.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

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

    static <E> List<E> add(final List<E> list, final E element) {
        final List<E> copy = new ArrayList<>(list.size() + 1);
        copy.addAll(list);
        copy.add(element);
        return Collections.unmodifiableList(copy);
    }

    static <E> List<E> replace(
            final List<E> list, final Predicate<E> which, final E element) {
        return list.stream().map(e -> which.test(e) ? element : e).toList();
    }

    static <E> List<E> remove(final List<E> list, final Predicate<E> which) {
        return list.stream().filter(e -> !which.test(e)).toList();
    }
}
