package io.vswitch.ctl.state;

import io.vswitch.core.policy.Direction;

/**
 * Desired settings of a group; immutable.
 *
 * @param priority groups of a layer and direction are walked in ascending order.
 */
public record GroupSpec(String name, Direction direction, int priority) {}
