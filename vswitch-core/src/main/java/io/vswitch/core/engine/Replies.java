package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.reply.Answer;
import io.vswitch.core.reply.EchoReply;
import io.vswitch.core.reply.NeighbourReply;
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
    private final Neighbours neighbours;
    private final ReplyBuilder builder;
    private final NeighbourReply neighbour;
    private final EchoReply echo;
    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;

    Replies(
            final PacketBatch batch,
            final Drops drops,
            final Egress egress,
            final Neighbours neighbours) {
        this.neighbours = neighbours;
        this.batch = batch;
        this.drops = drops;
        this.egress = egress;
        this.builder = new ReplyBuilder(batch.pool());
        this.neighbour = new NeighbourReply(batch.pool());
        this.echo = new EchoReply(batch.pool());
    }

    void onSnapshot(final SwitchSnapshot next) {
        snapshot = next;
    }

    /** Drops a packet, still as it was received. */
    void drop(
            final WorkerPort from,
            final WorkerPort at,
            final DropReason reason,
            final RuleRef rule,
            final int slot,
            final long nowNs) {
        if (reason == DropReason.ANSWERED) {
            answer(from, at, rule, slot, nowNs);
            return;
        }
        if (!isAnswered(reason)) {
            drops.drop(at, reason, rule, batch, slot);
            return;
        }
        try {
            // built first: an error in here must find the packet not yet counted
            final boolean answered = build(from, at, reason, slot, nowNs);
            drops.drop(at, reason, rule, batch, slot);
            if (answered) {
                drops.replicated(1);
                egress.sendReply(from, builder.reply(), slot);
            }
        } finally {
            builder.reply().releaseAll();
        }
    }

    /**
     * Answers a packet that was to go to everybody, and asks for an address that is known; what
     * comes out of a tunnel was for the endpoint to answer, unless it asks for the router.
     *
     * @return true when it was answered, and so dropped.
     */
    boolean answered(final WorkerPort from, final int slot) {
        final long mac = wanted(from, slot);
        if (mac != 0) {
            answerNeighbour(from, null, slot, mac);
        }
        return mac != 0;
    }

    private long wanted(final WorkerPort from, final int slot) {
        final NeighbourTable known = neighbours.table(from.state.networkId());
        final long mac = known == null ? 0 : NeighbourReply.wanted(known, batch, slot);
        if (mac == 0 || from.state.port().kind() != PortKind.TUNNEL) {
            return mac;
        }
        final Router router = snapshot.network(from.state.networkId()).router();
        return router != null && router.mac() == mac ? mac : 0;
    }

    private void answerNeighbour(
            final WorkerPort from, final RuleRef rule, final int slot, final long mac) {
        try {
            final boolean built = mac != 0 && neighbour.build(batch, slot, mac);
            drops.drop(from, DropReason.ANSWERED, rule, batch, slot);
            if (built) {
                drops.replicated(1);
                egress.sendReply(from, neighbour.reply(), slot);
            }
        } finally {
            neighbour.reply().releaseAll();
        }
    }

    /** A packet to the router itself: it answers pings, and who asks whether it is still there. */
    private void answerForRouter(
            final WorkerPort from, final RuleRef rule, final int slot, final long nowNs) {
        if (!EchoReply.asks(batch, slot)) {
            answerNeighbour(from, rule, slot, wanted(from, slot));
            return;
        }
        try {
            final boolean built = from.replyBudget.take(nowNs) && echo.build(batch, slot);
            drops.drop(from, DropReason.ANSWERED, rule, batch, slot);
            if (built) {
                drops.replicated(1);
                egress.sendReply(from, echo.reply(), slot);
            }
        } finally {
            echo.reply().releaseAll();
        }
    }

    private static boolean isAnswered(final DropReason reason) {
        return reason == DropReason.REJECTED
                || reason == DropReason.NO_BACKEND
                || reason == DropReason.NAT_ENDED
                || reason == DropReason.TTL_EXCEEDED
                || reason == DropReason.EXCEEDS_MTU;
    }

    /** A rule has the packet end here; its sender is answered, as often as the port may be. */
    private void answer(
            final WorkerPort from,
            final WorkerPort at,
            final RuleRef rule,
            final int slot,
            final long nowNs) {
        final Answer answer = rule == null || rule.extras() == null ? null : rule.extras().answer();
        if (answer == null) {
            answerForRouter(from, rule, slot, nowNs);
            return;
        }
        final boolean isEcho = answer.kind() == Answer.Kind.ECHO;
        final PacketBatch reply = isEcho ? echo.reply() : neighbour.reply();
        try {
            final boolean asks =
                    isEcho ? EchoReply.asks(batch, slot) : NeighbourReply.asks(batch, slot);
            final boolean answered =
                    asks
                            && from.replyBudget.take(nowNs)
                            && (isEcho
                                    ? echo.build(batch, slot)
                                    : neighbour.build(batch, slot, answer.mac()));
            drops.drop(at, DropReason.ANSWERED, rule, batch, slot);
            if (answered) {
                drops.replicated(1);
                egress.sendReply(from, reply, slot);
            }
        } finally {
            reply.releaseAll();
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
        return reason == DropReason.TTL_EXCEEDED
                ? builder.ttlExceeded(batch, slot)
                : builder.prohibited(batch, slot);
    }
}
