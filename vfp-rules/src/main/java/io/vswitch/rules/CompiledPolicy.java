package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.Translation;
import java.util.Arrays;

/** The compiled layers of one port; immutable, evaluated by any number of threads at once. */
final class CompiledPolicy implements PortPolicy {
    private final CompiledLayer[] outbound;
    private final CompiledLayer[] inbound;
    private final int[] targets;
    private final Translation[] translations;
    private final Encapsulation[] encapsulations;
    private final boolean looksAtFlags;
    private final int[] statefulLayers;

    /**
     * @param outbound layers in the order outbound packets walk them.
     * @param inbound layers in the order inbound packets walk them.
     * @param targets ids of the ports that redirects name, -1 for one that doesn't exist.
     * @param translations that rules number, see {@link CompiledNat}.
     * @param encapsulations that rules number, see {@link CompiledEncap}.
     */
    CompiledPolicy(
            final CompiledLayer[] outbound,
            final CompiledLayer[] inbound,
            final int[] targets,
            final Translation[] translations,
            final Encapsulation[] encapsulations,
            final boolean looksAtFlags) {
        this.outbound = outbound;
        this.inbound = inbound;
        this.targets = targets;
        this.translations = translations;
        this.encapsulations = encapsulations;
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
    public String layerName(final int number) {
        return Arrays.stream(outbound)
                .filter(layer -> layer.number == number)
                .map(layer -> layer.layer.name())
                .findFirst()
                .orElse(null);
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
            final int done =
                    layer.number == 0 || decision.state() == null
                            ? StatefulWalk.UNDECIDED
                            : StatefulWalk.walk(
                                    layer,
                                    opposite[walked.length - 1 - i],
                                    rule,
                                    direction,
                                    fields,
                                    decision,
                                    translations);
            if (done == StatefulWalk.REPLY) {
                traceReply(trace, direction, layer.layer);
                continue;
            }
            apply(layer, rule, done, fields, decision);
            if (trace != null) {
                final String why = PolicyText.translated(rule, done, fields, decision);
                trace(trace, direction, layer.layer, rule, why, decision.dropReason());
            }
            if (decision.isDropped()) {
                return;
            }
        }
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
            final int done,
            final HeaderFields fields,
            final PolicyDecision decision) {
        if (rule != null) {
            rule.takePart(decision, targets);
            rule.note(fields);
        }
        if (done != StatefulWalk.UNDECIDED) {
            return;
        }
        if (rule != null && rule.action instanceof CompiledEncap) {
            ((CompiledEncap) rule.action).apply(fields, decision, encapsulations);
        } else if (rule != null) {
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
            final String why,
            final DropReason drop) {
        if (rule == null) {
            final boolean byDefault = drop == null || drop == DropReason.LAYER_DEFAULT;
            final String outcome =
                    byDefault ? "default " + layer.defaultVerdict() : "dropped, " + drop.text();
            trace.layer(direction, layer.name(), null, null, outcome);
            return;
        }
        final String action = rule.rule.body().action().toString();
        final boolean failed = drop != null && !rule.rule.body().action().isDrop();
        final String outcome = failed ? action + ": dropped, " + drop.text() : action + why;
        trace.layer(
                direction,
                layer.name(),
                rule.ref.group(),
                rule.rule.id() + ": " + rule.rule.text(),
                outcome);
    }
}
