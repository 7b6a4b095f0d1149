package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.Translation;

/** A rule that translates connections, which its stateful layer does; immutable. */
final class CompiledNat implements CompiledAction {
    private final Translation translation;
    private final int index;

    /** A translation that is the same in every generation. */
    CompiledNat(final Translation translation) {
        this.translation = translation;
        this.index = 0;
    }

    /** A translation of the policy's list, which may change with its pool. */
    CompiledNat(final int index) {
        this.translation = null;
        this.index = index;
    }

    Translation translation(final Translation[] list) {
        return translation == null ? list[index] : translation;
    }

    /** Where there are no connections, none can be translated. */
    @Override
    public void apply(
            final HeaderFields fields, final PolicyDecision decision, final int[] targets) {
        decision.drop(DropReason.NAT_NO_CONNECTION);
    }
}
