package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyState;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.policy.PortPolicy;
import java.util.Arrays;

/** The compiled layers of one port; immutable, evaluated by any number of threads at once. */
final class CompiledPolicy implements PortPolicy {
    private final CompiledLayer[] outbound;
    private final CompiledLayer[] inbound;
    private final int[] targets;
    private final boolean looksAtFlags;
    private final int[] statefulLayers;

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
        this.statefulLayers =
                Arrays.stream(outbound)
                        .mapToInt(l -> l.number)
                        .filter(n -> n != 0)
                        .sorted()
                        .toArray();
    }

    @Override
    public boolean dependsOnTcpFlags() {
        return looksAtFlags;
    }

    @Override
    public int[] statefulLayers() {
        return statefulLayers;
    }

    @Override
    public void evaluate(
            final Direction direction,
            final HeaderFields fields,
            final PolicyDecision decision,
            final PolicyTrace trace) {
        final boolean out = direction == Direction.OUTBOUND;
        final CompiledLayer[] walked = out ? outbound : inbound;
        final CompiledLayer[] opposite = out ? inbound : outbound;
        for (int i = 0; i < walked.length; i++) {
            final CompiledLayer layer = walked[i];
            layer.audit(direction, fields, decision, targets, trace);
            final CompiledRule rule = layer.find(fields);
            if (layer.number != 0
                    && decision.state() != null
                    && isReply(
                            layer,
                            opposite[walked.length - 1 - i],
                            rule,
                            direction,
                            fields,
                            decision.state())) {
                traceReply(trace, direction, layer.layer);
                continue;
            }
            apply(layer, rule, fields, decision);
            if (trace != null) {
                trace(trace, direction, layer.layer, rule, decision.dropReason());
            }
            if (decision.isDropped()) {
                return;
            }
        }
    }

    /**
     * Asks the connections of a stateful layer, and tells them of what its rules allow.
     *
     * @param back the layer as packets of the other direction meet it.
     * @param rule that decides without them, or null.
     * @return true when the packet passes, whatever the rules say: it is a reply, and the rules
     *     still allow what it replies to.
     */
    private static boolean isReply(
            final CompiledLayer layer,
            final CompiledLayer back,
            final CompiledRule rule,
            final Direction direction,
            final HeaderFields fields,
            final PolicyState state) {
        final int found = state.find(layer.number, direction, fields);
        if (layer.blocks(rule)) {
            return found == PolicyState.REVERSE && isStillAllowed(back, state);
        }
        if (found == PolicyState.NEW && rule != null) {
            state.open();
        } else if (found >= PolicyState.FORWARD) {
            state.keep();
        }
        return false;
    }

    private static boolean isStillAllowed(final CompiledLayer back, final PolicyState state) {
        final CompiledRule rule = back.find(state.opener());
        final boolean allowed = rule != null && !back.blocks(rule);
        if (allowed) {
            state.keep();
        }
        return allowed;
    }

    private static void traceReply(
            final PolicyTrace trace, final Direction direction, final Layer layer) {
        if (trace != null) {
            trace.layer(direction, layer.name(), null, null, "allow, reply of a connection");
        }
    }

    private void apply(
            final CompiledLayer layer,
            final CompiledRule rule,
            final HeaderFields fields,
            final PolicyDecision decision) {
        if (rule != null) {
            rule.takePart(decision, targets);
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
