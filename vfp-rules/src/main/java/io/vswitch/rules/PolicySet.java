package io.vswitch.rules;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.policy.PortPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * The layers, groups and rules of one port as its user wrote them; immutable. Every {@code with...}
 * and {@code without...} makes a new set that shares all that didn't change, or throws {@link
 * SwitchException} with one line.
 */
public final class PolicySet {
    private final String port;
    private final List<LayerNode> layers;

    private PolicySet(final String port, final List<LayerNode> layers) {
        this.port = port;
        this.layers = layers;
    }

    /** No layers: everything passes. */
    public static PolicySet of(final String port) {
        return new PolicySet(port, List.of());
    }

    /**
     * What a switch runs, of rules that stay as they are and redirect to no other port; for others
     * keep a {@link PolicyCompiler}.
     */
    public PortPolicy compile() {
        return new PolicyCompiler(port).compile(this, name -> -1);
    }

    /** Name of the port. */
    public String port() {
        return port;
    }

    /** Layers in the order outbound packets walk them. */
    public List<Layer> layers() {
        return layers.stream().map(LayerNode::layer).toList();
    }

    /** The layer of this name. */
    public Layer layer(final String name) {
        return layerNode(name).layer();
    }

    /** The same with one layer alone. */
    public PolicySet only(final String layer) {
        return new PolicySet(port, List.of(layerNode(layer)));
    }

    /** Groups of a layer, both directions, in the order they are visited. */
    public List<Group> groups(final String layer) {
        return layerNode(layer).groups().stream().map(GroupNode::group).toList();
    }

    /** The group of this name. */
    public Group group(final String layer, final String name) {
        return groupNode(layer, name).group();
    }

    /** Rules of a group in the order of evaluation. */
    public List<Rule> rules(final String layer, final String group) {
        return groupNode(layer, group).inOrder();
    }

    /** The rule of this id. */
    public Rule rule(final String layer, final String group, final String id) {
        return existing(groupNode(layer, group), id);
    }

    /** The last id of a group, in the order of ids, that doesn't come behind this one; or null. */
    public String floorId(final String layer, final String group, final String id) {
        return groupNode(layer, group).floor(id);
    }

    /** Rules of all groups. */
    public int ruleCount() {
        return layers.stream()
                .flatMap(node -> node.groups().stream())
                .mapToInt(GroupNode::size)
                .sum();
    }

    /** Adds a layer. */
    public PolicySet withLayer(final Layer layer) {
        if (find(layer.name()) != null) {
            throw new SwitchException(
                    "port '" + port + "' has a layer '" + layer.name() + "' already");
        }
        return replace(new LayerNode(layer, List.of()));
    }

    /** Removes a layer with its groups and rules. */
    public PolicySet withoutLayer(final String name) {
        final LayerNode node = layerNode(name);
        return new PolicySet(port, layers.stream().filter(other -> other != node).toList());
    }

    /** Adds a group to its layer. */
    public PolicySet withGroup(final Group group) {
        final LayerNode node = layerNode(group.layer());
        if (node.layer().stateful() && group.where().meta() != null) {
            throw noMetadata("group '" + group.name() + "'", group.layer());
        }
        if (node.group(group.name()) != null) {
            throw new SwitchException(
                    "layer '"
                            + group.layer()
                            + "' of port '"
                            + port
                            + "' has a group '"
                            + group.name()
                            + "' already");
        }
        return replace(node.with(new GroupNode(group)));
    }

    /** Removes a group with its rules. */
    public PolicySet withoutGroup(final String layer, final String name) {
        final GroupNode node = groupNode(layer, name);
        return replace(layerNode(layer).without(node.group().name()));
    }

    /** Adds a rule. */
    public PolicySet withRule(final String layer, final String group, final Rule rule) {
        final GroupNode node = groupNode(layer, group);
        checkStateful(layer, rule);
        if (node.rule(rule.id()) != null) {
            throw duplicate(node, rule.id());
        }
        return replace(node.with(rule));
    }

    /** Adds many rules, or none when one of them is refused. */
    public PolicySet withRules(
            final String layer, final String group, final Collection<Rule> rules) {
        final GroupNode node = groupNode(layer, group);
        final Set<String> seen = new HashSet<>();
        for (final Rule rule : rules) {
            checkStateful(layer, rule);
            if (node.rule(rule.id()) != null || !seen.add(rule.id())) {
                throw duplicate(node, rule.id());
            }
        }
        return replace(node.withAll(rules));
    }

    /** Puts a rule in the place of the one of the same id. */
    public PolicySet withReplacedRule(final String layer, final String group, final Rule rule) {
        final GroupNode node = groupNode(layer, group);
        checkStateful(layer, rule);
        existing(node, rule.id());
        return replace(node.with(rule));
    }

    /** Removes a rule. */
    public PolicySet withoutRule(final String layer, final String group, final String id) {
        return withoutRules(layer, group, List.of(id));
    }

    /** Removes many rules, or none when one of them isn't there. */
    public PolicySet withoutRules(
            final String layer, final String group, final Collection<String> ids) {
        GroupNode node = groupNode(layer, group);
        for (final String id : ids) {
            existing(node, id);
            node = node.without(id);
        }
        return replace(node);
    }

    /** Whether a group or rule names one of these tags. */
    public boolean usesTag(final Collection<String> tags) {
        return userOfTag(tags) != null;
    }

    /**
     * The first group or rule that names one of these tags, as rule 'PORT LAYER.GROUP ID', or null.
     */
    public String userOfTag(final Collection<String> tags) {
        if (tags.isEmpty()) {
            return null;
        }
        for (final LayerNode layer : layers) {
            for (final GroupNode node : layer.groups()) {
                final String user = node.userOfTag(port, tags);
                if (user != null) {
                    return user;
                }
            }
        }
        return null;
    }

    /** A rule that redirects or mirrors to this port, as LAYER.GROUP ID, or null. */
    public String redirectTo(final String target) {
        return user(node -> node.redirectTo(target));
    }

    /** A rule that gives connections to this load balancer, as LAYER.GROUP ID, or null. */
    public String balanceTo(final String balancer) {
        return user(node -> node.balanceTo(balancer));
    }

    /** A rule that names this mapping space, as LAYER.GROUP ID, or null. */
    public String encapBy(final String space) {
        return user(node -> node.encapBy(space));
    }

    /** Whether a rule sends packets into tunnels or takes them from there. */
    public boolean encapsulates() {
        return user(node -> node.encapsulates() ? "" : null) != null;
    }

    /** Adds to {@code counts}, by mapping space, the rules that name it. */
    public void countSpaces(final Map<String, Integer> counts) {
        for (final LayerNode layer : layers) {
            layer.groups().forEach(node -> node.countSpaces(counts));
        }
    }

    private String user(final Function<GroupNode, String> found) {
        for (final LayerNode layer : layers) {
            for (final GroupNode node : layer.groups()) {
                final String user = found.apply(node);
                if (user != null) {
                    return user;
                }
            }
        }
        return null;
    }

    /** A rule that translates to this pool, as rule 'PORT LAYER.GROUP ID', or null. */
    public String userOfPool(final String pool) {
        return layers.stream()
                .flatMap(layer -> layer.groups().stream())
                .map(node -> node.userOfPool(port, pool))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** How many rules translate to this pool. */
    public int usersOfPool(final String pool) {
        return layers.stream()
                .flatMap(layer -> layer.groups().stream())
                .mapToInt(node -> node.usersOfPool(pool))
                .sum();
    }

    /** Adds to {@code counts}, by load balancer, the rules that name it. */
    public void countBalancers(final Map<String, Integer> counts) {
        for (final LayerNode layer : layers) {
            layer.groups().forEach(node -> node.countBalancers(counts));
        }
    }

    /** Adds to {@code counts}, by tag, the rules that name it. */
    public void countTags(final Map<String, Integer> counts) {
        for (final LayerNode layer : layers) {
            layer.groups().forEach(node -> node.countTags(counts));
        }
    }

    List<LayerNode> nodes() {
        return layers;
    }

    private PolicySet replace(final GroupNode node) {
        return replace(layerNode(node.group().layer()).with(node));
    }

    private PolicySet replace(final LayerNode node) {
        final List<LayerNode> changed = new ArrayList<>(layers);
        changed.removeIf(other -> other.layer().name().equals(node.layer().name()));
        changed.add(node);
        Collections.sort(changed);
        return new PolicySet(port, List.copyOf(changed));
    }

    private LayerNode find(final String name) {
        for (final LayerNode node : layers) {
            if (node.layer().name().equals(name)) {
                return node;
            }
        }
        return null;
    }

    private LayerNode layerNode(final String name) {
        final LayerNode node = find(name);
        if (node == null) {
            final List<String> names = layers.stream().map(other -> other.layer().name()).toList();
            throw unknown("layer", name, "port '" + port + "'", names);
        }
        return node;
    }

    private GroupNode groupNode(final String layer, final String name) {
        final LayerNode node = layerNode(layer);
        final GroupNode group = node.group(name);
        if (group == null) {
            throw unknown(
                    "group",
                    name,
                    "layer '" + layer + "' of port '" + port + "'",
                    node.groupNames());
        }
        return group;
    }

    private Rule existing(final GroupNode node, final String id) {
        final Rule rule = node.rule(id);
        if (rule == null) {
            throw unknown("rule", id, place(node), node.ids());
        }
        return rule;
    }

    private static boolean translates(final Action action) {
        return action instanceof Action.Nat || action instanceof Action.Balance;
    }

    private void checkStateful(final String layer, final Rule rule) {
        final boolean stateful = layerNode(layer).layer().stateful();
        if (stateful && rule.body().action() instanceof Action.Encap) {
            throw new SwitchException(
                    "rule '%s': layer '%s' of port '%s' is --stateful; encap and decap need one that isn't"
                            .formatted(rule.id(), layer, port));
        }
        if (stateful && rule.body().conditions().meta() != null) {
            throw noMetadata("rule '" + rule.id() + "'", layer);
        }
        if (translates(rule.body().action()) && !stateful) {
            throw new SwitchException(
                    "rule '%s': layer '%s' of port '%s' isn't --stateful, so it can't translate"
                            .formatted(rule.id(), layer, port));
        }
    }

    /** The packet that opened a connection is asked about later, when its metadata is gone. */
    private SwitchException noMetadata(final String what, final String layer) {
        return new SwitchException(
                "%s: layer '%s' of port '%s' is --stateful; meta needs one that isn't"
                        .formatted(what, layer, port));
    }

    private SwitchException duplicate(final GroupNode node, final String id) {
        return new SwitchException(place(node) + " has a rule '" + id + "' already");
    }

    private String place(final GroupNode node) {
        return "group '"
                + node.group().name()
                + "' of layer '"
                + node.group().layer()
                + "' of port '"
                + port
                + "'";
    }

    private static SwitchException unknown(
            final String what, final String name, final String where, final List<String> known) {
        final String shown = Names.printable(name);
        return new SwitchException(
                "no " + what + " '" + shown + "' in " + where + Names.hint(shown, known));
    }
}
