package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;

/** What a compiled rule does; immutable, allocates nothing. */
interface CompiledAction {
    CompiledAction ALLOW = (fields, decision, targets) -> {};
    CompiledAction BLOCK = (fields, decision, targets) -> decision.drop(DropReason.POLICY_BLOCKED);

    CompiledAction ANSWER = (fields, decision, targets) -> decision.drop(DropReason.ANSWERED);

    CompiledAction REJECT = (fields, decision, targets) -> decision.reject();

    /**
     * Acts on a packet; a drop in the decision ends the walk.
     *
     * @param targets port ids by the index of their name, -1 for a port that doesn't exist.
     */
    void apply(HeaderFields fields, PolicyDecision decision, int[] targets);

    /** Leaves through the port whose name has this index. */
    static CompiledAction redirect(final int target) {
        return (fields, decision, targets) -> {
            if (targets[target] < 0) {
                decision.drop(DropReason.DESTINATION_GONE);
            } else {
                decision.redirect(targets[target]);
            }
        };
    }
}
