package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.RuleRef;
import java.util.Arrays;

/**
 * What is done to the packets of all flows that took the same path through the rules: dropped, or
 * rewritten and sent on. Owned by one worker, which counts here and folds the counts into the
 * rules' own counters.
 */
final class Verdict {
    private final DropReason dropReason;
    private final boolean rewrites;
    private final boolean plain;
    private final long senderMac;
    private final RuleRef[] rules;
    private final VerdictExtras extras;
    private final MeterCounter[] meters;
    private long packets;
    private long bytes;
    private long refusedPackets;
    private long refusedBytes;

    Verdict(
            final DropReason dropReason,
            final boolean rewrites,
            final long senderMac,
            final RuleRef[] rules,
            final VerdictExtras extras) {
        this.dropReason = dropReason;
        this.rewrites = rewrites;
        this.senderMac = senderMac;
        this.rules = rules;
        this.extras = extras;
        this.plain = dropReason == null && extras == null;
        this.meters =
                dropReason != null
                        ? new MeterCounter[0]
                        : Arrays.stream(rules)
                                .map(rule -> rule.extras().meter())
                                .filter(meter -> meter != null)
                                .distinct()
                                .toArray(MeterCounter[]::new);
    }

    /** Nothing but the cached change, if any, stands between a packet and its port. */
    boolean isPlain() {
        return plain;
    }

    /** What is done with each packet besides, or null. */
    VerdictExtras extras() {
        return extras;
    }

    /** Why packets are dropped, or null. */
    DropReason dropReason() {
        return dropReason;
    }

    /** Whether headers change; each flow has its own change. */
    boolean rewrites() {
        return rewrites;
    }

    /** The sender's MAC as its network sees it, when the outbound layers rewrite it; else 0. */
    long senderMac() {
        return senderMac;
    }

    RuleRef[] rules() {
        return rules;
    }

    /**
     * The rule that decided last, or null: a layer's default isn't the deed of a rule before it.
     */
    RuleRef lastRule() {
        if (dropReason == DropReason.LAYER_DEFAULT) {
            return null;
        }
        for (int i = rules.length - 1; i >= 0; i--) {
            if (!rules[i].extras().audit()) {
                return rules[i];
            }
        }
        return null;
    }

    /** A packet that was counted is dropped for a rate limit. */
    void refuse(final int lengthBytes) {
        refusedPackets++;
        refusedBytes += lengthBytes;
    }

    void count(final int lengthBytes) {
        packets++;
        bytes += lengthBytes;
    }

    /** Moves the counts to the rules. */
    void fold() {
        if (packets == 0) {
            return;
        }
        for (final RuleRef rule : rules) {
            rule.add(packets, bytes);
        }
        for (final MeterCounter meter : meters) {
            meter.add(packets - refusedPackets, bytes - refusedBytes);
        }
        packets = 0;
        bytes = 0;
        refusedPackets = 0;
        refusedBytes = 0;
    }

    boolean matches(
            final DropReason reason,
            final boolean changes,
            final long sender,
            final RuleRef[] path,
            final int pathLength) {
        return dropReason == reason
                && senderMac == sender
                && rules.length == pathLength
                && Arrays.equals(rules, 0, pathLength, path, 0, pathLength)
                && rewrites == changes;
    }
}
