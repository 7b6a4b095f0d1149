package io.vswitch.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A group with its rules, by id, and what names they use; immutable. An edit costs O(log n) and
 * shares all it doesn't concern with the node it came from, so what differs between two nodes is
 * found without looking at the rest.
 */
final class GroupNode implements Comparable<GroupNode> {
    private static final String TAG = "@";
    private static final String PORT = ">";
    private static final String POOL = "#";
    private static final String BALANCER = "%";
    private static final String SPACE = "^";

    /** Of every rule that encapsulates; no space is called so. */
    private static final String ENCAP = "^^";

    private final Group group;
    private final SortedTree<String, Rule> rules;
    private final SortedTree<Use, Rule> uses;

    /**
     * A rule that uses a name.
     *
     * @param name of a tag, a port or a pool, with a mark before it.
     */
    private record Use(String name, String id) {
        static final Comparator<Use> ORDER =
                Comparator.comparing(Use::name).thenComparing(Use::id, Rule::compareIds);

        @Override
        public String toString() {
            return name + ' ' + id;
        }
    }

    GroupNode(final Group group) {
        this(group, SortedTree.empty(Rule::compareIds), SortedTree.empty(Use.ORDER));
    }

    private GroupNode(
            final Group group,
            final SortedTree<String, Rule> rules,
            final SortedTree<Use, Rule> uses) {
        this.group = group;
        this.rules = rules;
        this.uses = uses;
    }

    Group group() {
        return group;
    }

    int size() {
        return rules.size();
    }

    /** The rule of this id, or null. */
    Rule rule(final String id) {
        return rules.get(id);
    }

    /** The last id that doesn't come behind this one, or null. */
    String floor(final String id) {
        return rules.floor(id);
    }

    /** Rules by id. */
    SortedTree<String, Rule> rules() {
        return rules;
    }

    /** Rules in the order of evaluation. */
    List<Rule> inOrder() {
        final List<Rule> sorted = new ArrayList<>(rules.size());
        rules.forEach((id, rule) -> sorted.add(rule));
        sorted.sort(null);
        return List.copyOf(sorted);
    }

    List<String> ids() {
        final List<String> ids = new ArrayList<>(rules.size());
        rules.forEach((id, rule) -> ids.add(id));
        return ids;
    }

    /** With this rule, in the place of the one of its id if there is one. */
    GroupNode with(final Rule rule) {
        SortedTree<Use, Rule> used = withoutUses(rules.get(rule.id()));
        for (final String name : names(rule)) {
            used = used.with(new Use(name, rule.id()), rule);
        }
        return new GroupNode(group, rules.with(rule.id(), rule), used);
    }

    GroupNode without(final String id) {
        return new GroupNode(group, rules.without(id), withoutUses(rules.get(id)));
    }

    private SortedTree<Use, Rule> withoutUses(final Rule rule) {
        SortedTree<Use, Rule> left = uses;
        for (final String name : rule == null ? Set.<String>of() : names(rule)) {
            left = left.without(new Use(name, rule.id()));
        }
        return left;
    }

    /** With many rules more, each of an id of its own that isn't here yet. */
    GroupNode withAll(final Collection<Rule> added) {
        final TreeMap<String, Rule> byId = new TreeMap<>(Rule::compareIds);
        final TreeMap<Use, Rule> byName = new TreeMap<>(Use.ORDER);
        for (final Rule rule : added) {
            byId.put(rule.id(), rule);
            names(rule).forEach(name -> byName.put(new Use(name, rule.id()), rule));
        }
        return new GroupNode(
                group,
                rules.withAll(tree(Rule::compareIds, byId)),
                uses.withAll(tree(Use.ORDER, byName)));
    }

    private static <K> SortedTree<K, Rule> tree(
            final Comparator<K> order, final TreeMap<K, Rule> sorted) {
        return SortedTree.of(
                order, new ArrayList<>(sorted.keySet()), new ArrayList<>(sorted.values()));
    }

    private static Set<String> names(final Rule rule) {
        final Set<String> names = new TreeSet<>();
        rule.body().conditions().tags().forEach(tag -> names.add(TAG + tag));
        rule.body().ports().forEach(port -> names.add(PORT + port));
        if (rule.body().action() instanceof Action.Nat nat && nat.spec().pool() != null) {
            names.add(POOL + nat.spec().pool());
        }
        if (rule.body().action() instanceof Action.Balance) {
            names.add(BALANCER + ((Action.Balance) rule.body().action()).balancer());
        }
        if (rule.body().action() instanceof Action.Encap encap) {
            names.add(ENCAP);
            if (encap.spec().space() != null) {
                names.add(SPACE + encap.spec().space());
            }
        }
        return names;
    }

    /** Ids of the rules that name this tag. */
    List<String> usersOfTag(final String tag) {
        final List<String> ids = new ArrayList<>();
        forEachUse(
                TAG + tag,
                id -> {
                    ids.add(id);
                    return true;
                });
        return ids;
    }

    private void forEachUse(final String name, final Predicate<String> wanted) {
        uses.forEachFrom(
                new Use(name, ""), use -> use.name().equals(name) && wanted.test(use.id()));
    }

    private String firstUser(final String name) {
        final List<String> first = new ArrayList<>(1);
        forEachUse(name, id -> !first.add(id));
        return first.isEmpty() ? null : first.get(0);
    }

    /** What names one of these tags, the group or a rule, or null. */
    String userOfTag(final String port, final Collection<String> tags) {
        final String place = port + " " + group.layer() + "." + group.name();
        if (group.where().tags().stream().anyMatch(tags::contains)) {
            return "group '" + place + "'";
        }
        for (final String tag : tags) {
            final String id = firstUser(TAG + tag);
            if (id != null) {
                return "rule '" + place + " " + id + "'";
            }
        }
        return null;
    }

    /** A rule that redirects or mirrors to this port, as LAYER.GROUP ID, or null. */
    String redirectTo(final String port) {
        return place(firstUser(PORT + port));
    }

    /** A rule that gives connections to this load balancer, as LAYER.GROUP ID, or null. */
    String balanceTo(final String balancer) {
        return place(firstUser(BALANCER + balancer));
    }

    private String place(final String id) {
        return id == null ? null : group.layer() + "." + group.name() + " " + id;
    }

    /** A rule that translates to this pool, as rule 'PORT LAYER.GROUP ID', or null. */
    String userOfPool(final String port, final String pool) {
        final String id = firstUser(POOL + pool);
        return id == null
                ? null
                : "rule '%s %s.%s %s'".formatted(port, group.layer(), group.name(), id);
    }

    /** How many rules translate to this pool. */
    int usersOfPool(final String pool) {
        final int[] count = new int[1];
        forEachUse(POOL + pool, id -> ++count[0] > 0);
        return count[0];
    }

    /** A rule that names this mapping space, as LAYER.GROUP ID, or null. */
    String encapBy(final String space) {
        return place(firstUser(SPACE + space));
    }

    /** Whether a rule encapsulates. */
    boolean encapsulates() {
        return firstUser(ENCAP) != null;
    }

    void countSpaces(final Map<String, Integer> counts) {
        count(SPACE, counts);
    }

    void countTags(final Map<String, Integer> counts) {
        count(TAG, counts);
    }

    void countBalancers(final Map<String, Integer> counts) {
        count(BALANCER, counts);
    }

    private void count(final String mark, final Map<String, Integer> counts) {
        uses.forEach(
                (use, rule) -> {
                    if (use.name().startsWith(mark)) {
                        counts.merge(use.name().substring(mark.length()), 1, Integer::sum);
                    }
                });
    }

    @Override
    public int compareTo(final GroupNode other) {
        final int order = Integer.compare(group.priority(), other.group.priority());
        return order != 0 ? order : group.name().compareTo(other.group.name());
    }
}
