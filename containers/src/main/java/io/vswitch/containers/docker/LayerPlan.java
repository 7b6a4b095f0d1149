package io.vswitch.containers.docker;

import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.RulesChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rules that a port's layer is to have, in a group for each direction; immutable. The layer is
 * stateful and lets pass what no rule mentions.
 *
 * @param layer its name.
 */
record LayerPlan(
        String layer, int priority, List<RulesChange.Line> in, List<RulesChange.Line> out) {
    /** Owner of the layers: nobody else changes them. */
    static final String OWNER = "engine";

    /** The layer of this name among those of a port, or null. */
    static Views.Layer find(final Views.Policy policy, final String layer) {
        return policy.layers().stream()
                .filter(l -> l.name().equals(layer))
                .findFirst()
                .orElse(null);
    }

    boolean isEmpty() {
        return in.isEmpty() && out.isEmpty();
    }

    /**
     * What makes the port's layer so; nothing when it is. Rules are changed in place, so that
     * connections outlive it.
     *
     * @param texts how the switch writes rules that were written otherwise.
     */
    List<Change> changes(final Views.Policy policy, final Map<String, String> texts) {
        final List<Change> changes = new ArrayList<>();
        final Views.Layer has = find(policy, layer);
        if (isEmpty()) {
            if (has != null) {
                changes.add(new PolicyChange.DeleteLayer(policy.port(), layer));
            }
            return changes;
        }
        if (has == null) {
            changes.add(
                    new PolicyChange.AddLayer(
                            policy.port(), layer, priority, "allow", true, OWNER));
        }
        group(changes, policy.port(), has, "in", in, texts);
        group(changes, policy.port(), has, "out", out, texts);
        return changes;
    }

    private void group(
            final List<Change> changes,
            final String port,
            final Views.Layer has,
            final String name,
            final List<RulesChange.Line> wanted,
            final Map<String, String> texts) {
        final Views.Group group =
                has == null
                        ? null
                        : has.groups().stream()
                                .filter(g -> g.name().equals(name))
                                .findFirst()
                                .orElse(null);
        if (group == null) {
            changes.add(
                    new PolicyChange.AddGroup(
                            port, layer, name, name, PolicyChange.DEFAULT_PRIORITY, null));
        }
        final Map<String, Views.Rule> there =
                group == null
                        ? Map.of()
                        : group.rules().stream()
                                .collect(Collectors.toMap(Views.Rule::id, Function.identity()));
        final List<RulesChange.Line> add =
                wanted.stream().filter(rule -> !isSame(rule, there.get(rule.id()), texts)).toList();
        final List<String> remove =
                there.values().stream()
                        .filter(
                                rule ->
                                        wanted.stream()
                                                .noneMatch(
                                                        line ->
                                                                line.id().equals(rule.id())
                                                                        && isSame(
                                                                                line, rule, texts)))
                        .map(Views.Rule::id)
                        .toList();
        if (!add.isEmpty() || !remove.isEmpty()) {
            changes.add(new RulesChange(port, layer, name, remove, add));
        }
    }

    private static boolean isSame(
            final RulesChange.Line line, final Views.Rule rule, final Map<String, String> texts) {
        return rule != null
                && rule.priority() == line.priority()
                && rule.text().equals(texts.getOrDefault(line.text(), line.text()));
    }

    /** Learns how the switch writes the rules, once it has them. */
    void learn(final Views.Policy policy, final Map<String, String> texts) {
        final Views.Layer has = find(policy, layer);
        if (has == null) {
            return;
        }
        for (final Views.Group group : has.groups()) {
            for (final RulesChange.Line line : group.name().equals("in") ? in : out) {
                group.rules().stream()
                        .filter(rule -> rule.id().equals(line.id()))
                        .forEach(rule -> texts.put(line.text(), rule.text()));
            }
        }
    }
}
