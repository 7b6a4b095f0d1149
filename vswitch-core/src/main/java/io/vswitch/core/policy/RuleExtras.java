package io.vswitch.core.policy;

import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.reply.Answer;

/**
 * What a rule does with each packet of its flows besides deciding it; immutable.
 *
 * @param limit how much of them passes, or null.
 * @param meter where those that passed are counted, or null.
 * @param audit true: the rule decides nothing, its packets are kept for a reader.
 * @param answer what it answers in the place of the receiver, or null.
 */
public record RuleExtras(RateLimit limit, MeterCounter meter, boolean audit, Answer answer) {
    /** Nothing. */
    public static final RuleExtras NONE = new RuleExtras(null, null, false, null);
}
