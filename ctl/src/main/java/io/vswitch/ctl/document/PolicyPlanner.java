package io.vswitch.ctl.document;

import io.vswitch.core.policy.Direction;
import io.vswitch.ctl.document.Document.GroupEntry;
import io.vswitch.ctl.document.Document.LayerEntry;
import io.vswitch.ctl.document.Document.RuleEntry;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.RulesChange;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what leads from the layers a port has to those of its entry; one per port. */
final class PolicyPlanner {
    private final Plan plan;
    private final PolicySet policy;
    private final String port;
    private final Place place;
    private final Set<String> ports;

    /**
     * A planner for one port.
     *
     * @param ports the names that rules may redirect or mirror to.
     */
    PolicyPlanner(
            final Plan plan, final PolicySet policy, final Place place, final Set<String> ports) {
        this.ports = ports;
        this.plan = plan;
        this.policy = policy;
        this.port = policy.port();
        this.place = place;
    }

    void layers(final List<LayerEntry> wanted) {
        final Map<String, Layer> before = new HashMap<>();
        policy.layers().forEach(layer -> before.put(layer.name(), layer));
        for (final LayerEntry entry : wanted) {
            layer(before.remove(entry.layer().name()), entry);
        }
        for (final Layer layer : policy.layers()) {
            if (before.containsKey(layer.name())) {
                plan.removed("layer " + port + " " + layer.name(), text(layer));
                plan.step(new PolicyChange.DeleteLayer(port, layer.name()), place);
            }
        }
    }

    private void layer(final Layer before, final LayerEntry entry) {
        final Layer layer = entry.layer();
        final String what = "layer " + port + " " + layer.name();
        final boolean same = layer.equals(before);
        if (before == null) {
            plan.added(what, text(layer));
        } else if (!same) {
            plan.changed(what, text(before), text(layer));
            plan.step(new PolicyChange.DeleteLayer(port, layer.name()), entry.place());
        }
        if (!same) {
            plan.step(
                    new PolicyChange.AddLayer(
                            port,
                            layer.name(),
                            layer.priority(),
                            defaultAction(layer),
                            layer.stateful(),
                            layer.owner()),
                    entry.place());
        }
        groups(entry, before != null, same);
    }

    /**
     * The groups of a layer.
     *
     * @param had the port has the layer now.
     * @param kept the layer stays with what it has: else its groups are made anew.
     */
    private void groups(final LayerEntry entry, final boolean had, final boolean kept) {
        final String layer = entry.layer().name();
        final List<Group> old = had ? policy.groups(layer) : List.of();
        final Map<String, Group> before = new HashMap<>();
        old.forEach(group -> before.put(group.name(), group));
        for (final GroupEntry group : entry.groups()) {
            group(before.remove(group.group().name()), group, kept);
        }
        for (final Group group : old) {
            if (before.containsKey(group.name())) {
                plan.removed(what(group), text(group));
                if (kept) {
                    plan.step(
                            new PolicyChange.DeleteGroup(port, layer, group.name()), entry.place());
                }
            }
        }
    }

    private void group(final Group before, final GroupEntry entry, final boolean layerKept) {
        final Group group = entry.group();
        final boolean same = group.equals(before);
        if (before == null) {
            plan.added(what(group), text(group));
        } else if (!same) {
            plan.changed(what(group), text(before), text(group));
        }
        final boolean kept = same && layerKept;
        if (before != null && !same && layerKept) {
            plan.step(
                    new PolicyChange.DeleteGroup(port, group.layer(), group.name()), entry.place());
        }
        if (!kept) {
            plan.step(
                    new PolicyChange.AddGroup(
                            port,
                            group.layer(),
                            group.name(),
                            direction(group),
                            group.priority(),
                            group.where().isEmpty() ? null : group.where().toString()),
                    entry.place());
        }
        rules(entry, before != null, kept);
    }

    private void rules(final GroupEntry entry, final boolean had, final boolean kept) {
        final Group group = entry.group();
        final List<Rule> old = had ? policy.rules(group.layer(), group.name()) : List.of();
        final Map<String, Rule> before = new HashMap<>();
        final List<String> remove = new ArrayList<>();
        for (final Rule rule : old) {
            before.put(rule.id(), rule);
            if (!entry.rules().containsKey(rule.id())) {
                plan.removed(what(group, rule), text(rule));
                remove.add(rule.id());
            }
        }
        final List<RulesChange.Line> add = new ArrayList<>();
        for (final RuleEntry ruleEntry : entry.rules().values()) {
            final Rule rule = ruleEntry.rule();
            if (differs(group, before.get(rule.id()), ruleEntry)) {
                if (before.containsKey(rule.id())) {
                    remove.add(rule.id());
                }
                add.add(new RulesChange.Line(rule.id(), rule.priority(), rule.text()));
            } else if (!kept) {
                add.add(new RulesChange.Line(rule.id(), rule.priority(), rule.text()));
            }
        }
        if (!add.isEmpty() || kept && !remove.isEmpty()) {
            plan.step(
                    new RulesChange(
                            port, group.layer(), group.name(), kept ? remove : List.of(), add),
                    entry.place());
        }
    }

    private boolean differs(final Group group, final Rule before, final RuleEntry entry) {
        final Rule rule = entry.rule();
        for (final String target : rule.body().ports()) {
            if (!ports.contains(target)) {
                throw entry.place().refuse(Names.unknown("port", target, ports).getMessage());
            }
        }
        if (before == null) {
            plan.added(what(group, rule), text(rule));
            return true;
        }
        if (text(rule).equals(text(before))) {
            return false;
        }
        plan.changed(what(group, rule), text(before), text(rule));
        return true;
    }

    private String what(final Group group) {
        return "group " + port + " " + group.layer() + "." + group.name();
    }

    private String what(final Group group, final Rule rule) {
        return "rule " + port + " " + group.layer() + "." + group.name() + " " + rule.id();
    }

    static String defaultAction(final Layer layer) {
        return layer.defaultVerdict() == Verdict.ALLOW ? "allow" : "block";
    }

    static String direction(final Group group) {
        return group.direction() == Direction.INBOUND ? "in" : "out";
    }

    private static String text(final Layer layer) {
        return "priority "
                + layer.priority()
                + ", default "
                + defaultAction(layer)
                + (layer.stateful() ? ", stateful" : "")
                + (layer.owner() == null ? "" : ", owner " + layer.owner());
    }

    private static String text(final Group group) {
        return "direction "
                + direction(group)
                + ", priority "
                + group.priority()
                + (group.where().isEmpty() ? "" : ", where " + group.where());
    }

    private static String text(final Rule rule) {
        return "priority " + rule.priority() + ", " + rule.text();
    }
}
