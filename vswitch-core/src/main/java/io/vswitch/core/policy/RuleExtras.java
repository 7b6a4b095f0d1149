package io.vswitch.core.policy;

import io.vswitch.core.guard.RateLimit;

/**
 * What a rule does with each packet of its flows besides deciding it; immutable.
 *
 * @param limit how much of them passes, or null.
 * @param meter where those that passed are counted, or null.
 * @param audit true: the rule decides nothing, its packets are kept for a reader.
 */
public record RuleExtras(RateLimit limit, MeterCounter meter, boolean audit) {
    /** Nothing. */
    public static final RuleExtras NONE = new RuleExtras(null, null, false);
}
