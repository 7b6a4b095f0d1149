package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;

/** A layer's groups of one direction, ready to be evaluated; immutable. */
final class CompiledLayer {
    final Layer layer;

    /** 0 when stateless; else unique at the port and the same in every generation. */
    final int number;

    private final CompiledGroup[] groups;

    CompiledLayer(final Layer layer, final int number, final CompiledGroup[] groups) {
        this.layer = layer;
        this.number = number;
        this.groups = groups;
    }

    /** True when the layer drops a packet that this rule, or none (null), decides. */
    boolean blocks(final CompiledRule rule) {
        return rule == null
                ? layer.defaultVerdict() == Verdict.BLOCK
                : rule.action == CompiledAction.BLOCK || rule.action == CompiledAction.REJECT;
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
