package io.vswitch.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A group with its rules, sorted by id; immutable, an edit copies the array of references. */
final class GroupNode implements Comparable<GroupNode> {
    private static final Rule[] NO_RULES = new Rule[0];

    private final Group group;
    private final Rule[] byId;

    GroupNode(final Group group) {
        this(group, NO_RULES);
    }

    private GroupNode(final Group group, final Rule[] byId) {
        this.group = group;
        this.byId = byId;
    }

    Group group() {
        return group;
    }

    int size() {
        return byId.length;
    }

    /** The rule at this place in the order of ids. */
    Rule rule(final int index) {
        return byId[index];
    }

    /** Index of the rule, or {@code -insertionPoint - 1}. */
    int indexOf(final String id) {
        int low = 0;
        int high = byId.length - 1;
        while (low <= high) {
            final int middle = (low + high) >>> 1;
            final int order = Rule.compareIds(byId[middle].id(), id);
            if (order == 0) {
                return middle;
            }
            low = order < 0 ? middle + 1 : low;
            high = order > 0 ? middle - 1 : high;
        }
        return -low - 1;
    }

    /** Rules in the order of evaluation. */
    List<Rule> inOrder() {
        final Rule[] sorted = byId.clone();
        Arrays.sort(sorted);
        return List.of(sorted);
    }

    List<String> ids() {
        final List<String> ids = new ArrayList<>(byId.length);
        for (final Rule rule : byId) {
            ids.add(rule.id());
        }
        return ids;
    }

    GroupNode insert(final int index, final Rule rule) {
        final Rule[] changed = Arrays.copyOf(byId, byId.length + 1);
        System.arraycopy(byId, index, changed, index + 1, byId.length - index);
        changed[index] = rule;
        return new GroupNode(group, changed);
    }

    GroupNode replace(final int index, final Rule rule) {
        final Rule[] changed = byId.clone();
        changed[index] = rule;
        return new GroupNode(group, changed);
    }

    GroupNode remove(final int index) {
        final Rule[] changed = Arrays.copyOf(byId, byId.length - 1);
        System.arraycopy(byId, index + 1, changed, index, changed.length - index);
        return new GroupNode(group, changed);
    }

    /** Adds many rules at once, each with an id of its own that isn't here yet. */
    GroupNode insertAll(final Collection<Rule> rules) {
        final Map<String, Rule> sorted = new TreeMap<>(Rule::compareIds);
        for (final Rule rule : byId) {
            sorted.put(rule.id(), rule);
        }
        rules.forEach(rule -> sorted.put(rule.id(), rule));
        return new GroupNode(group, sorted.values().toArray(NO_RULES));
    }

    /** What names one of these tags, the group or its first rule by id, or null. */
    String userOfTag(final String port, final Collection<String> tags) {
        final String place = port + " " + group.layer() + "." + group.name();
        if (group.where().tags().stream().anyMatch(tags::contains)) {
            return "group '" + place + "'";
        }
        for (final Rule rule : byId) {
            if (rule.body().conditions().tags().stream().anyMatch(tags::contains)) {
                return "rule '" + place + " " + rule.id() + "'";
            }
        }
        return null;
    }

    void countTags(final Map<String, Integer> counts) {
        for (final Rule rule : byId) {
            rule.body().conditions().tags().forEach(tag -> counts.merge(tag, 1, Integer::sum));
        }
    }

    @Override
    public int compareTo(final GroupNode other) {
        final int order = Integer.compare(group.priority(), other.group.priority());
        return order != 0 ? order : group.name().compareTo(other.group.name());
    }
}
