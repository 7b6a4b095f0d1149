package io.vswitch.rules;

import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.RuleRef;

/**
 * A rule as the packet path checks it: values under masks over seven packed words and the metadata,
 * port ranges beside them. Immutable, shared by all compiled generations that hold the rule.
 *
 * <pre>
 *   word 0   destination MAC (48) | EtherType (16)
 *   word 1   source MAC (48)      | outer VLAN (16)
 *   word 2   14 zero | later fragment (1) | IP (1) | TCP flags (8) | protocol (8)
 *            | source port (16) | destination port (16)
 *   source address high, low; destination address high, low
 * </pre>
 */
final class CompiledRule {
    static final long LATER_FRAGMENT = 1L << 49;
    static final long IS_IP = 1L << 48;
    static final int FLAGS_SHIFT = 40;
    static final int PROTOCOL_SHIFT = 32;
    static final int SOURCE_PORT_SHIFT = 16;

    final Rule rule;
    final int priority;
    final RuleRef ref;
    final PackedMatch match;
    final CompiledAction action;
    final boolean terminating;

    /** What it notes for later layers, or null. */
    private final MetaMatch meta;

    /** Index of the port that gets a copy, or -1. */
    final int mirror;

    CompiledRule(
            final Rule rule,
            final RuleRef ref,
            final CompiledAction action,
            final int mirror,
            final TagSet tags) {
        this.rule = rule;
        this.priority = rule.priority();
        this.ref = ref;
        this.match = PackedMatch.of(rule.body().conditions(), tags);
        this.action = action;
        this.mirror = mirror;
        this.terminating = rule.body().terminating();
        this.meta = rule.body().options().meta();
    }

    /** The same rule, and the same counters, with the addresses its tags have now. */
    CompiledRule with(final TagSet tags) {
        return new CompiledRule(rule, ref, action, mirror, tags);
    }

    static long word0(final HeaderFields fields) {
        return fields.destinationMac << 16 | fields.etherType;
    }

    static long word1(final HeaderFields fields) {
        return fields.sourceMac << 16 | fields.outerVlan;
    }

    static long word2(final HeaderFields fields) {
        return (fields.fragment == FlowKey.FRAGMENT_LATER ? LATER_FRAGMENT : 0)
                | (fields.isIpv4() || fields.isIpv6() ? IS_IP : 0)
                | (long) fields.tcpFlags << FLAGS_SHIFT
                | (long) fields.protocol << PROTOCOL_SHIFT
                | (long) fields.sourcePort << SOURCE_PORT_SHIFT
                | fields.destinationPort;
    }

    /** Notes that the rule took part, and its mirror. */
    void takePart(final PolicyDecision decision, final int[] targets) {
        decision.matched(ref);
        if (mirror >= 0) {
            decision.mirror(targets[mirror]);
        }
    }

    /** Notes what later layers may ask for. */
    void note(final HeaderFields fields) {
        if (meta != null) {
            fields.metadata = meta.setIn(fields.metadata);
        }
    }

    /** Decides nothing. */
    boolean isAudit() {
        return ref.extras().audit();
    }

    /** Comes before the other in the order of evaluation. */
    boolean isBefore(final CompiledRule other) {
        return priority != other.priority
                ? priority < other.priority
                : rule.compareTo(other.rule) < 0;
    }
}
