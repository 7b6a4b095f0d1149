package io.vswitch.rules;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import java.util.Arrays;

/** A layer's groups of one direction, ready to be evaluated; immutable. */
final class CompiledLayer {
    final Layer layer;

    /** 0 when stateless; else unique at the port and the same in every generation. */
    final int number;

    private final CompiledGroup[] groups;
    private final boolean audits;

    CompiledLayer(final Layer layer, final int number, final CompiledGroup[] groups) {
        this.layer = layer;
        this.number = number;
        this.groups = groups;
        this.audits = Arrays.stream(groups).anyMatch(group -> group.audits.length > 0);
    }

    /** True when the layer drops a packet that this rule, or none (null), decides. */
    boolean blocks(final CompiledRule rule) {
        return rule == null
                ? layer.defaultVerdict() == Verdict.BLOCK
                : rule.rule.body().action().isDrop();
    }

    /** Notes the audit rules that match, whatever decides; allocates nothing without a trace. */
    void audit(
            final Direction direction,
            final HeaderFields fields,
            final PolicyDecision decision,
            final int[] targets,
            final PolicyTrace trace) {
        for (int i = 0; audits && i < groups.length; i++) {
            final CompiledGroup group = groups[i];
            for (int j = 0; j < group.audits.length; j++) {
                if (group.audits(j, fields)) {
                    note(group.audits[j], direction, decision, targets, trace);
                }
            }
        }
    }

    private void note(
            final CompiledRule rule,
            final Direction direction,
            final PolicyDecision decision,
            final int[] targets,
            final PolicyTrace trace) {
        rule.takePart(decision, targets);
        if (trace != null) {
            trace.layer(
                    direction,
                    layer.name(),
                    rule.ref.group(),
                    rule.rule.id() + ": " + rule.rule.text(),
                    "audit");
        }
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
