package io.vswitch.core.view;

import io.vswitch.core.policy.Direction;

/** One layer's decision in an {@link Explanation}; group and rule are null when no rule matched. */
public record LayerStep(
        String port,
        Direction direction,
        String layer,
        String group,
        String rule,
        String outcome) {}
