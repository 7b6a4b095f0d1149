package io.vswitch.rules;

import io.vswitch.core.policy.Direction;

/**
 * A set of rules for one direction inside a layer; immutable.
 *
 * @param layer name of its layer.
 * @param name unique in its layer, 1 to 63 characters.
 * @param direction of the packets it looks at.
 * @param priority 0 to 1,000,000; groups are visited from the lowest to the highest, equal ones by
 *     name.
 */
public record Group(String layer, String name, Direction direction, int priority) {
    public Group {
        Names.check("layer", layer);
        Names.check("group", name);
        Names.checkPriority("group", name, priority);
    }
}
