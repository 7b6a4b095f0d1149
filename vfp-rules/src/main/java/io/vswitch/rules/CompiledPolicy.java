package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.policy.PortPolicy;

/** The compiled layers of one port; immutable, evaluated by any number of threads at once. */
final class CompiledPolicy implements PortPolicy {
    private final CompiledLayer[] outbound;
    private final CompiledLayer[] inbound;
    private final int[] targets;
    private final boolean looksAtFlags;

    /**
     * @param outbound layers in the order outbound packets walk them.
     * @param inbound layers in the order inbound packets walk them.
     * @param targets ids of the ports that redirects name, -1 for one that doesn't exist.
     */
    CompiledPolicy(
            final CompiledLayer[] outbound,
            final CompiledLayer[] inbound,
            final int[] targets,
            final boolean looksAtFlags) {
        this.outbound = outbound;
        this.inbound = inbound;
        this.targets = targets;
        this.looksAtFlags = looksAtFlags;
    }

    @Override
    public boolean dependsOnTcpFlags() {
        return looksAtFlags;
    }

    @Override
    public void evaluate(
            final Direction direction,
            final HeaderFields fields,
            final PolicyDecision decision,
            final PolicyTrace trace) {
        for (final CompiledLayer layer : direction == Direction.OUTBOUND ? outbound : inbound) {
            final CompiledRule rule = layer.find(fields);
            apply(layer, rule, fields, decision);
            if (trace != null) {
                trace(trace, direction, layer.layer, rule, decision.dropReason());
            }
            if (decision.isDropped()) {
                return;
            }
        }
    }

    private void apply(
            final CompiledLayer layer,
            final CompiledRule rule,
            final HeaderFields fields,
            final PolicyDecision decision) {
        if (rule != null) {
            decision.matched(rule.ref);
            rule.action.apply(fields, decision, targets);
        } else if (layer.layer.defaultVerdict() == Verdict.BLOCK) {
            decision.drop(DropReason.LAYER_DEFAULT);
        }
    }

    private static void trace(
            final PolicyTrace trace,
            final Direction direction,
            final Layer layer,
            final CompiledRule rule,
            final DropReason drop) {
        if (rule == null) {
            trace.layer(direction, layer.name(), null, null, "default " + layer.defaultVerdict());
            return;
        }
        final String action = rule.rule.body().action().toString();
        final boolean failed =
                drop != null && drop != DropReason.POLICY_BLOCKED && drop != DropReason.REJECTED;
        final String outcome = failed ? action + ": dropped, " + drop.text() : action;
        trace.layer(
                direction,
                layer.name(),
                rule.ref.group(),
                rule.rule.id() + ": " + rule.rule.text(),
                outcome);
    }
}
