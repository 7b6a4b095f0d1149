package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All tags of a switch; immutable. A change makes a new set that shares the addresses of every tag
 * it doesn't concern, or throws {@link SwitchException} with one line.
 */
public final class TagSet {
    /** No tags. */
    public static final TagSet EMPTY = new TagSet(new TreeMap<>());

    /** Most prefixes of a tag, with those of the tags in it. */
    public static final int MAX_PREFIXES = 65_536;

    /** Most tags inside each other. */
    public static final int MAX_LEVELS = 16;

    private final TreeMap<String, Node> nodes;

    /**
     * A tag with all it stands for.
     *
     * @param level 1 for a tag of prefixes only, else one more than the highest inside.
     */
    private record Node(Tag tag, AddressSet addresses, int level) {}

    private TagSet(final TreeMap<String, Node> nodes) {
        this.nodes = nodes;
    }

    /** All tags, each behind those it refers to. */
    public List<Tag> tags() {
        return nodes.values().stream()
                .sorted(Comparator.comparingInt(Node::level))
                .map(Node::tag)
                .toList();
    }

    /** Names, sorted. */
    public Set<String> names() {
        return Collections.unmodifiableSet(nodes.keySet());
    }

    /** The tag of this name. */
    public Tag tag(final String name) {
        return node(name).tag();
    }

    /** What a tag stands for, with the tags in it: disjoint prefixes, sorted. */
    public List<IpPrefix> prefixes(final String name) {
        return node(name).addresses().prefixes();
    }

    AddressSet addresses(final String name) {
        return node(name).addresses();
    }

    private Node node(final String name) {
        final Node node = nodes.get(name);
        if (node == null) {
            throw new SwitchException(
                    "no tag '"
                            + Names.printable(name)
                            + "'"
                            + Names.hint(Names.printable(name), nodes.keySet()));
        }
        return node;
    }

    /** Refuses names of which there is no tag. */
    public void check(final Collection<String> names) {
        names.forEach(this::node);
    }

    /** One tag more. */
    public TagSet with(final Tag tag) {
        if (nodes.containsKey(tag.name())) {
            throw new SwitchException("tag '" + tag.name() + "' is there already");
        }
        return put(tag);
    }

    /** Other members for a tag. */
    public TagSet withReplaced(final Tag tag) {
        node(tag.name());
        return put(tag);
    }

    /** One tag less; refused while another refers to it. */
    public TagSet without(final String name) {
        node(name);
        for (final Node user : nodes.values()) {
            if (user.tag().members().tags().contains(name)) {
                throw new SwitchException(
                        "tag '"
                                + name
                                + "' is used by tag '"
                                + user.tag().name()
                                + "'; replace or delete that first");
            }
        }
        final TreeMap<String, Node> rest = new TreeMap<>(nodes);
        rest.remove(name);
        return new TagSet(rest);
    }

    private TagSet put(final Tag tag) {
        final Set<String> affected = dependants(tag.name());
        for (final String inner : tag.members().tags()) {
            if (affected.contains(inner)) {
                throw new SwitchException(
                        "tag '" + tag.name() + "': @" + inner + " makes it part of itself");
            }
        }
        check(tag.members().tags());
        final Map<String, Tag> open = new HashMap<>();
        affected.stream().filter(nodes::containsKey).forEach(n -> open.put(n, nodes.get(n).tag()));
        open.put(tag.name(), tag);
        final TreeMap<String, Node> done = new TreeMap<>(nodes);
        done.keySet().removeAll(affected);
        open.keySet().forEach(name -> resolve(name, open, done));
        return new TagSet(done);
    }

    /** This tag and all that have it inside, at any level. */
    private Set<String> dependants(final String name) {
        final Set<String> found = new HashSet<>(Set.of(name));
        int before = 0;
        while (before < found.size()) {
            before = found.size();
            for (final Node node : nodes.values()) {
                if (node.tag().members().tags().stream().anyMatch(found::contains)) {
                    found.add(node.tag().name());
                }
            }
        }
        return found;
    }

    private Node resolve(
            final String name, final Map<String, Tag> open, final Map<String, Node> done) {
        final Node known = done.get(name);
        if (known != null) {
            return known;
        }
        final Tag tag = open.get(name);
        final List<IpPrefix> all = new ArrayList<>(tag.members().prefixes());
        int level = 1;
        for (final String inner : tag.members().tags()) {
            final Node node = resolve(inner, open, done);
            all.addAll(node.addresses().prefixes());
            level = Math.max(level, node.level() + 1);
            checkBounds(name, all.size(), level);
        }
        checkBounds(name, all.size(), level);
        final AddressSet next = AddressSet.of(all);
        final Node old = nodes.get(name);
        final boolean same = old != null && old.addresses().prefixes().equals(next.prefixes());
        final Node node = new Node(tag, same ? old.addresses() : next, level);
        done.put(name, node);
        return node;
    }

    private static void checkBounds(final String name, final int prefixes, final int level) {
        if (prefixes > MAX_PREFIXES) {
            throw new SwitchException(
                    "tag '"
                            + name
                            + "': more than "
                            + MAX_PREFIXES
                            + " prefixes with those of the tags in it");
        }
        if (level > MAX_LEVELS) {
            throw new SwitchException(
                    "tag '" + name + "': more than " + MAX_LEVELS + " tags inside each other");
        }
    }

    /** Names of the tags that stand for other addresses than in {@code before}, or are new. */
    public Set<String> changedSince(final TagSet before) {
        final Set<String> changed = new HashSet<>();
        if (before == this) {
            return changed;
        }
        for (final Node node : nodes.values()) {
            final Node old = before.nodes.get(node.tag().name());
            if (old == null || old.addresses() != node.addresses()) {
                changed.add(node.tag().name());
            }
        }
        return changed;
    }
}
