package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;

/** A rule that encapsulates, by its number in the list of the policy; immutable. */
final class CompiledEncap implements CompiledAction {
    private final int index;

    CompiledEncap(final int index) {
        this.index = index;
    }

    void apply(
            final HeaderFields fields, final PolicyDecision decision, final Encapsulation[] list) {
        if (index >= list.length || list[index] == null) {
            apply(fields, decision, (int[]) null);
        } else {
            list[index].apply(fields, decision);
        }
    }

    /** Where nothing is resolved, there is no way. */
    @Override
    public void apply(
            final HeaderFields fields, final PolicyDecision decision, final int[] targets) {
        decision.drop(DropReason.DESTINATION_GONE);
    }
}
