package io.vswitch.ctl.state;

import io.vswitch.core.policy.Direction;
import io.vswitch.rules.Conditions;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.RuleSyntaxException;
import io.vswitch.rules.Verdict;
import java.util.function.UnaryOperator;

/** A change of a port's layers, groups or rules; immutable. */
public sealed interface PolicyChange extends Change
        permits PolicyChange.AddLayer,
                PolicyChange.DeleteLayer,
                PolicyChange.AddGroup,
                PolicyChange.DeleteGroup,
                PolicyChange.AddRule,
                PolicyChange.DeleteRule,
                RulesChange {
    /** Priority of a layer, group or rule unless told otherwise. */
    int DEFAULT_PRIORITY = 100;

    /** The port whose layers change. */
    String port();

    /** The layer that changes. */
    String layer();

    private static DesiredState change(
            final DesiredState state, final String port, final UnaryOperator<PolicySet> change) {
        final DesiredPort target = state.port(port);
        return state.with(target.with(change.apply(target.policy())));
    }

    /**
     * One layer more.
     *
     * @param stateful true, or null for a layer without connections, as all were once.
     * @param owner who alone may change it from then on, or null.
     */
    record AddLayer(
            String port,
            String layer,
            int priority,
            String defaultAction,
            Boolean stateful,
            String owner)
            implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            Names.checkLabel("layer", layer);
            Names.checkPriority("layer '" + layer + "'", priority);
            if (owner != null) {
                Names.checkLabel("owner", owner);
            }
            return change(
                    state,
                    port,
                    p ->
                            p.withLayer(
                                    new Layer(
                                            layer,
                                            priority,
                                            verdict(),
                                            Boolean.TRUE.equals(stateful),
                                            owner)));
        }

        private Verdict verdict() {
            return switch (String.valueOf(defaultAction)) {
                case "allow" -> Verdict.ALLOW;
                case "block" -> Verdict.BLOCK;
                default ->
                        throw Refusal.usage(
                                "layer '%s': default '%s'; allowed are allow and block"
                                        .formatted(layer, defaultAction));
            };
        }
    }

    /** One layer less, with its groups. */
    record DeleteLayer(String port, String layer) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return change(state, port, p -> p.withoutLayer(layer));
        }
    }

    /**
     * One group more.
     *
     * @param direction in or out.
     * @param where conditions of the group, as text; null for none.
     */
    record AddGroup(
            String port, String layer, String group, String direction, int priority, String where)
            implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            Names.checkLabel("group", group);
            Names.checkPriority("group '" + group + "'", priority);
            final Conditions conditions = conditions();
            state.tags().check(conditions.tags());
            final Group added = new Group(layer, group, parse(), priority, conditions);
            return change(state, port, p -> p.withGroup(added));
        }

        private Conditions conditions() {
            try {
                return Group.where(where);
            } catch (RuleSyntaxException e) {
                throw Refusal.usage("group '" + group + "': " + e.getMessage());
            }
        }

        private Direction parse() {
            return switch (String.valueOf(direction)) {
                case "in" -> Direction.INBOUND;
                case "out" -> Direction.OUTBOUND;
                default ->
                        throw Refusal.usage(
                                "group '%s': direction '%s'; allowed are in and out"
                                        .formatted(group, direction));
            };
        }
    }

    /** One group less, with its rules. */
    record DeleteGroup(String port, String layer, String group) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return change(state, port, p -> p.withoutGroup(layer, group));
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
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final DesiredPort target = state.port(port);
            Names.checkLabel("rule", id);
            Names.checkPriority("rule '" + id + "'", priority);
            final Rule rule = parse();
            RuleReferences.check(state, port, rule);
            return state.with(target.with(target.policy().withRule(layer, group, rule)));
        }

        private Rule parse() {
            try {
                return Rule.of(id, priority, text);
            } catch (RuleSyntaxException e) {
                throw Refusal.usage(e.getMessage());
            }
        }

        /** The same with what a request may leave out. */
        public AddRule complete(final UnaryOperator<String> freeId) {
            return new AddRule(
                    port,
                    layer,
                    group,
                    id == null ? freeId.apply(group) : id,
                    priority == null ? Integer.valueOf(DEFAULT_PRIORITY) : priority,
                    text);
        }
    }

    /** One rule less. */
    record DeleteRule(String port, String layer, String group, String id) implements PolicyChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            return change(state, port, p -> p.withoutRule(layer, group, id));
        }
    }
}
