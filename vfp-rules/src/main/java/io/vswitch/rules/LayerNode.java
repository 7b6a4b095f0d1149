package io.vswitch.rules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A layer with its groups in the order they are visited; immutable. */
final class LayerNode implements Comparable<LayerNode> {
    private final Layer layer;
    private final List<GroupNode> groups;

    LayerNode(final Layer layer, final List<GroupNode> groups) {
        this.layer = layer;
        this.groups = groups;
    }

    Layer layer() {
        return layer;
    }

    List<GroupNode> groups() {
        return groups;
    }

    /** The group, or null. */
    GroupNode group(final String name) {
        for (final GroupNode node : groups) {
            if (node.group().name().equals(name)) {
                return node;
            }
        }
        return null;
    }

    List<String> groupNames() {
        return groups.stream().map(node -> node.group().name()).toList();
    }

    /**
     * This layer with one group more, or with {@code node} in the place of the group of its name.
     */
    LayerNode with(final GroupNode node) {
        final List<GroupNode> changed = new ArrayList<>(without(node.group().name()).groups);
        changed.add(node);
        Collections.sort(changed);
        return new LayerNode(layer, List.copyOf(changed));
    }

    LayerNode without(final String group) {
        return new LayerNode(
                layer, groups.stream().filter(node -> !node.group().name().equals(group)).toList());
    }

    @Override
    public int compareTo(final LayerNode other) {
        final int order = Integer.compare(layer.priority(), other.layer.priority());
        return order != 0 ? order : layer.name().compareTo(other.layer.name());
    }
}
