package io.vswitch.ctl.state;

import java.util.List;

/** A change of a port's layers, groups or rules; immutable. */
public sealed interface PolicyChange extends Change {
    /** Largest priority of a layer, group or rule; the smallest is 0. */
    int MAX_PRIORITY = 1_000_000;

    /** The port whose layers change. */
    String port();

    private static void checkPriority(final String what, final int priority) {
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw Refusal.usage(
                    "priority %d of %s; allowed are 0 to %d"
                            .formatted(priority, what, MAX_PRIORITY));
        }
    }

    /** One layer more. */
    record AddLayer(String port, LayerSpec layer) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort target = state.port(port);
            final String name = Names.checkLabel("layer", layer.name());
            checkPriority("layer '" + name + "'", layer.priority());
            if (!List.of("allow", "block").contains(layer.defaultAction())) {
                throw Refusal.usage(
                        "layer '%s': default '%s'; allowed are allow and block"
                                .formatted(name, layer.defaultAction()));
            }
            if (target.find(name) != null) {
                throw Refusal.failure(
                        "layer '%s' of port '%s' is there already".formatted(name, port));
            }
            return state.with(target.with(new DesiredLayer(layer, List.of())));
        }
    }

    /** One layer less, with its groups. */
    record DeleteLayer(String port, String layer) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort target = state.port(port);
            target.layer(layer);
            return state.with(target.without(layer));
        }
    }

    /** One group more. */
    record AddGroup(String port, String layer, GroupSpec group) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort target = state.port(port);
            final DesiredLayer parent = target.layer(layer);
            final String name = Names.checkLabel("group", group.name());
            checkPriority("group '" + name + "'", group.priority());
            if (group.direction() == null) {
                throw Refusal.usage("group '" + name + "': direction is missing; allowed: in, out");
            }
            if (parent.find(name) != null) {
                throw Refusal.failure(
                        "group '%s.%s' of port '%s' is there already".formatted(layer, name, port));
            }
            return state.with(target.with(parent.with(new DesiredGroup(group, List.of()))));
        }
    }

    /** One group less, with its rules. */
    record DeleteGroup(String port, String layer, String group) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort target = state.port(port);
            final DesiredLayer parent = target.layer(layer);
            parent.group(port, group);
            return state.with(target.with(parent.without(group)));
        }
    }

    /**
     * One rule more.
     *
     * @param id null in a request: the next free number.
     * @param priority null in a request: {@link #DEFAULT_PRIORITY}.
     */
    record AddRule(
            String port, String layer, String group, String id, Integer priority, String text)
            implements PolicyChange {
        /** Priority of a layer, group or rule unless told otherwise. */
        public static final int DEFAULT_PRIORITY = 100;

        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort target = state.port(port);
            final DesiredLayer parent = target.layer(layer);
            final DesiredGroup place = parent.group(port, group);
            Names.checkLabel("rule", id);
            checkPriority("rule '" + id + "'", priority);
            if (place.has(id)) {
                throw Refusal.failure(
                        "rule '%s' of port '%s' %s.%s is there already"
                                .formatted(id, port, layer, group));
            }
            final RuleSpec rule = new RuleSpec(id, priority, text);
            return state.with(target.with(parent.with(place.withRule(rule))));
        }
    }

    /** One rule less. */
    record DeleteRule(String port, String layer, String group, String id) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort target = state.port(port);
            final DesiredLayer parent = target.layer(layer);
            final DesiredGroup place = parent.group(port, group);
            if (!place.has(id)) {
                throw Names.unknown(
                        "rule of port '%s' %s.%s called".formatted(port, layer, group),
                        id,
                        place.rules().stream().map(RuleSpec::id).toList());
            }
            return state.with(target.with(parent.with(place.withoutRule(id))));
        }
    }
}
