package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;

/** A layer's groups of one direction, ready to be evaluated; immutable. */
final class CompiledLayer {
    final Layer layer;
    private final CompiledGroup[] groups;

    CompiledLayer(final Layer layer, final CompiledGroup[] groups) {
        this.layer = layer;
        this.groups = groups;
    }

    /** The rule that wins, or null; allocates nothing. */
    CompiledRule find(final HeaderFields fields) {
        CompiledRule last = null;
        for (final CompiledGroup group : groups) {
            final CompiledRule found = group.find(fields);
            if (found != null) {
                if (found.terminating) {
                    return found;
                }
                last = found;
            }
        }
        return last;
    }
}
