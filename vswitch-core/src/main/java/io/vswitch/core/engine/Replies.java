package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.reply.ReplyBuilder;
import io.vswitch.core.reply.ReplyCheck;

/**
 * Drops packets and, where the reason calls for it, answers their sender through the port they came
 * from. An answer walks no rules; in the books it is one more copy made of the packet. Owned by the
 * worker.
 */
final class Replies {
    private final PacketBatch batch;
    private final Drops drops;
    private final Egress egress;
    private final ReplyBuilder builder;

    Replies(final PacketBatch batch, final Drops drops, final Egress egress) {
        this.batch = batch;
        this.drops = drops;
        this.egress = egress;
        this.builder = new ReplyBuilder(batch.pool());
    }

    /** Drops a packet, still as it was received. */
    void drop(
            final WorkerPort from,
            final WorkerPort at,
            final DropReason reason,
            final RuleRef rule,
            final int slot,
            final long nowNs) {
        if (reason != DropReason.REJECTED
                && reason != DropReason.TTL_EXCEEDED
                && reason != DropReason.EXCEEDS_MTU) {
            drops.drop(at, reason, rule, batch, slot);
            return;
        }
        try {
            // built first: an error in here must find the packet not yet counted
            final boolean answered = build(from, at, reason, slot, nowNs);
            drops.drop(at, reason, rule, batch, slot);
            if (answered) {
                drops.replicated(1);
                egress.sendReply(from, builder.reply());
            }
        } finally {
            builder.reply().releaseAll();
        }
    }

    private boolean build(
            final WorkerPort from,
            final WorkerPort at,
            final DropReason reason,
            final int slot,
            final long nowNs) {
        if (!ReplyCheck.isAnswerable(batch, slot)
                || reason == DropReason.EXCEEDS_MTU && !ReplyCheck.isUnfragmentable(batch, slot)
                || !from.replyBudget.take(nowNs)) {
            return false;
        }
        if (reason == DropReason.EXCEEDS_MTU) {
            return builder.tooBig(batch, slot, at.mtu());
        }
        return reason == DropReason.REJECTED
                ? builder.prohibited(batch, slot)
                : builder.ttlExceeded(batch, slot);
    }
}
