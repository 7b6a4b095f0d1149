package io.vswitch.rules;

import io.vswitch.core.policy.Direction;

/**
 * A set of rules for one direction inside a layer; immutable. A packet that doesn't meet the
 * group's conditions skips it.
 *
 * @param layer name of its layer.
 * @param name unique in its layer, 1 to 63 characters.
 * @param direction of the packets it looks at.
 * @param priority 0 to 1,000,000; groups are visited from the lowest to the highest, equal ones by
 *     name.
 * @param where none for every packet.
 */
public record Group(
        String layer, String name, Direction direction, int priority, Conditions where) {
    public Group {
        Names.check("layer", layer);
        Names.check("group", name);
        Names.checkPriority("group", name, priority);
        final RuleCheck.Problem problem = RuleCheck.problem(where);
        if (problem != null) {
            throw new RuleSyntaxException(
                    "group '" + name + "': " + problem.label() + " " + problem.text());
        }
    }

    /** A group for every packet of the direction. */
    public Group(
            final String layer, final String name, final Direction direction, final int priority) {
        this(layer, name, direction, priority, Conditions.none());
    }

    /**
     * Reads the conditions of a group.
     *
     * @param text as in a rule; null or empty for none.
     * @throws RuleSyntaxException with one line that says where the text is wrong.
     */
    public static Conditions where(final String text) {
        if (text == null || text.isBlank()) {
            return Conditions.none();
        }
        try {
            return new RuleParser(text).parseConditions();
        } catch (final RuleSyntaxException bad) {
            throw new RuleSyntaxException(bad.getMessage().replaceFirst("^rule", "where"));
        }
    }
}
