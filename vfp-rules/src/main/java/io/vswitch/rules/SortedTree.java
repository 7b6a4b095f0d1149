package io.vswitch.rules;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * A sorted map that is never changed: an edit makes a new tree and shares with the old one all but
 * the path to the place it changed, so it costs O(log n); immutable, any thread.
 *
 * <p>A treap (Aragon and Seidel, "Randomized search trees", 1989) whose priorities are hashes of
 * the keys: its shape follows from its keys alone, not from the order they came in. So {@link
 * #compare} can walk two trees at once and pass over every part they share; it costs O(m log n) for
 * m differences. The hash is salted at start, so no choice of keys makes the tree deep.
 */
final class SortedTree<K, V> {
    private static final long SALT = ThreadLocalRandom.current().nextLong() | 1;

    private final Comparator<K> order;
    private final Node<K, V> root;

    private static final class Node<K, V> {
        final K key;
        final V value;

        /** Higher ranks are nearer to the root; equal ones by key. */
        final int rank;

        final int size;
        final Node<K, V> left;
        final Node<K, V> right;

        Node(
                final K key,
                final V value,
                final int rank,
                final Node<K, V> left,
                final Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.rank = rank;
            this.left = left;
            this.right = right;
            this.size = 1 + size(left) + size(right);
        }

        Node<K, V> with(final Node<K, V> newLeft, final Node<K, V> newRight) {
            return newLeft == left && newRight == right
                    ? this
                    : new Node<>(key, value, rank, newLeft, newRight);
        }
    }

    /** Told of what differs between two trees, in the order of keys. */
    @FunctionalInterface
    interface Difference<K, V> {
        /**
         * A key with another value.
         *
         * @param before null when the key is new.
         * @param after null when it has gone.
         */
        void onChange(K key, V before, V after);
    }

    private SortedTree(final Comparator<K> order, final Node<K, V> root) {
        this.order = order;
        this.root = root;
    }

    /**
     * No keys.
     *
     * @param order of the keys; those that compare as equal have equal texts.
     */
    static <K, V> SortedTree<K, V> empty(final Comparator<K> order) {
        return new SortedTree<>(order, null);
    }

    /** The tree of these keys, sorted and each once, with the values beside them. */
    static <K, V> SortedTree<K, V> of(
            final Comparator<K> order, final List<K> keys, final List<V> values) {
        final int[] ranks = keys.stream().mapToInt(SortedTree::rank).toArray();
        return new SortedTree<>(order, build(keys, values, ranks, 0, ranks.length));
    }

    private static <K, V> Node<K, V> build(
            final List<K> keys,
            final List<V> values,
            final int[] ranks,
            final int from,
            final int to) {
        if (from == to) {
            return null;
        }
        int top = from;
        for (int i = from + 1; i < to; i++) {
            top = ranks[i] > ranks[top] ? i : top;
        }
        return new Node<>(
                keys.get(top),
                values.get(top),
                ranks[top],
                build(keys, values, ranks, from, top),
                build(keys, values, ranks, top + 1, to));
    }

    /** A hash of the key's text. */
    private static int rank(final Object key) {
        final String text = key.toString();
        long hash = SALT;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * SALT;
            hash ^= hash >>> 29;
        }
        return (int) (hash * SALT >>> 32);
    }

    private static int size(final Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    int size() {
        return size(root);
    }

    /** The value of this key, or null. */
    V get(final K key) {
        Node<K, V> node = root;
        while (node != null) {
            final int side = order.compare(key, node.key);
            if (side == 0) {
                return node.value;
            }
            node = side < 0 ? node.left : node.right;
        }
        return null;
    }

    /** The last key that isn't behind this one, or null. */
    K floor(final K key) {
        K found = null;
        Node<K, V> node = root;
        while (node != null) {
            final boolean isBehind = order.compare(node.key, key) > 0;
            found = isBehind ? found : node.key;
            node = isBehind ? node.left : node.right;
        }
        return found;
    }

    /** All keys from {@code first} on, in order, while they are wanted. */
    void forEachFrom(final K first, final Predicate<K> wanted) {
        walkFrom(root, first, wanted);
    }

    private boolean walkFrom(final Node<K, V> node, final K first, final Predicate<K> wanted) {
        if (node == null) {
            return true;
        }
        if (order.compare(node.key, first) < 0) {
            return walkFrom(node.right, first, wanted);
        }
        return walkFrom(node.left, first, wanted)
                && wanted.test(node.key)
                && walkFrom(node.right, first, wanted);
    }

    void forEach(final BiConsumer<K, V> action) {
        walk(root, action);
    }

    private static <K, V> void walk(final Node<K, V> node, final BiConsumer<K, V> action) {
        if (node != null) {
            walk(node.left, action);
            action.accept(node.key, node.value);
            walk(node.right, action);
        }
    }

    /** The same keys with other values. */
    <W> SortedTree<K, W> map(final BiFunction<K, V, W> change) {
        return new SortedTree<>(order, map(root, change));
    }

    private static <K, V, W> Node<K, W> map(
            final Node<K, V> node, final BiFunction<K, V, W> change) {
        if (node == null) {
            return null;
        }
        final Node<K, W> left = map(node.left, change);
        final W value = change.apply(node.key, node.value);
        return new Node<>(node.key, value, node.rank, left, map(node.right, change));
    }

    /** With this key, or with another value for it. */
    SortedTree<K, V> with(final K key, final V value) {
        return new SortedTree<>(order, insert(root, new Node<>(key, value, rank(key), null, null)));
    }

    private Node<K, V> insert(final Node<K, V> node, final Node<K, V> added) {
        if (node == null) {
            return added;
        }
        final int side = order.compare(added.key, node.key);
        if (side == 0) {
            return added.with(node.left, node.right);
        }
        if (isAbove(added, node)) {
            return added.with(lower(node, added.key), higher(node, added.key));
        }
        return side < 0
                ? node.with(insert(node.left, added), node.right)
                : node.with(node.left, insert(node.right, added));
    }

    private boolean isAbove(final Node<K, V> a, final Node<K, V> b) {
        return a.rank != b.rank ? a.rank > b.rank : order.compare(a.key, b.key) < 0;
    }

    /** The part before this key. */
    private Node<K, V> lower(final Node<K, V> node, final K key) {
        if (node == null) {
            return null;
        }
        return order.compare(node.key, key) < 0
                ? node.with(node.left, lower(node.right, key))
                : lower(node.left, key);
    }

    /** The part behind this key. */
    private Node<K, V> higher(final Node<K, V> node, final K key) {
        if (node == null) {
            return null;
        }
        return order.compare(node.key, key) > 0
                ? node.with(higher(node.left, key), node.right)
                : higher(node.right, key);
    }

    /** Without this key. */
    SortedTree<K, V> without(final K key) {
        return new SortedTree<>(order, remove(root, key));
    }

    private Node<K, V> remove(final Node<K, V> node, final K key) {
        if (node == null) {
            return null;
        }
        final int side = order.compare(key, node.key);
        if (side == 0) {
            return join(node.left, node.right);
        }
        return side < 0
                ? node.with(remove(node.left, key), node.right)
                : node.with(node.left, remove(node.right, key));
    }

    /** Both, of which the first comes before the second. */
    private Node<K, V> join(final Node<K, V> first, final Node<K, V> second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return isAbove(first, second)
                ? first.with(first.left, join(first.right, second))
                : second.with(join(first, second.left), second.right);
    }

    /** With all of another tree of the same order, whose values prevail. */
    SortedTree<K, V> withAll(final SortedTree<K, V> other) {
        return new SortedTree<>(order, unite(root, other.root));
    }

    private Node<K, V> unite(final Node<K, V> old, final Node<K, V> added) {
        if (old == null || added == null) {
            return old == null ? added : old;
        }
        if (order.compare(old.key, added.key) == 0) {
            return added.with(unite(old.left, added.left), unite(old.right, added.right));
        }
        if (isAbove(added, old)) {
            return added.with(
                    unite(lower(old, added.key), added.left),
                    unite(higher(old, added.key), added.right));
        }
        return old.with(
                unite(old.left, lower(added, old.key)), unite(old.right, higher(added, old.key)));
    }

    /** Tells of every key whose value is another object than in {@code before}. */
    void compare(final SortedTree<K, V> before, final Difference<K, V> difference) {
        compare(before.root, root, difference);
    }

    private void compare(
            final Node<K, V> old, final Node<K, V> now, final Difference<K, V> difference) {
        if (old == now) {
            return;
        }
        if (old == null || now != null && isAbove(now, old)) {
            compare(old == null ? null : lower(old, now.key), now.left, difference);
            difference.onChange(now.key, null, now.value);
            compare(old == null ? null : higher(old, now.key), now.right, difference);
        } else if (now == null || isAbove(old, now)) {
            compare(old.left, now == null ? null : lower(now, old.key), difference);
            difference.onChange(old.key, old.value, null);
            compare(old.right, now == null ? null : higher(now, old.key), difference);
        } else {
            compare(old.left, now.left, difference);
            if (old.value != now.value) {
                difference.onChange(now.key, old.value, now.value);
            }
            compare(old.right, now.right, difference);
        }
    }
}
