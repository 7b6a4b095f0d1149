package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.packet.PacketBatch;
import org.agrona.ErrorHandler;

/**
 * Sends a packet whose way out nobody knows, or that is for all, to every other port of its
 * network. Floods are not cached: each copy walks the inbound layers of its own port. Owned by the
 * worker.
 */
final class Flood {
    private final Pipeline pipeline;
    private final PacketBatch batch;
    private final Decision decision;
    private final Egress egress;
    private final Replies replies;
    private final Extras extras;
    private final Drops drops;
    private final ErrorHandler errors;
    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;
    private WorkerPort[] ports = {};

    Flood(
            final Pipeline pipeline,
            final PacketBatch batch,
            final Decision decision,
            final Egress egress,
            final Replies replies,
            final Extras extras,
            final Drops drops,
            final ErrorHandler errors) {
        this.pipeline = pipeline;
        this.batch = batch;
        this.decision = decision;
        this.egress = egress;
        this.replies = replies;
        this.extras = extras;
        this.drops = drops;
        this.errors = errors;
    }

    void onSnapshot(final SwitchSnapshot next, final WorkerPort[] workerPorts) {
        snapshot = next;
        ports = workerPorts;
    }

    /** Sends copies of a packet of this port, which the outbound layers let pass. */
    void send(final WorkerPort from, final int slot, final long nowNs) {
        final Verdict outbound = pipeline.countRules(slot, false);
        if (outbound.extras() != null && !extras.run(outbound, from, from, slot, true, nowNs)) {
            return;
        }
        if (replies.answered(from, slot)) {
            return;
        }
        batch.remote(slot, PacketBatch.NO_REMOTE);
        int copies = 0;
        for (final int id : snapshot.network(from.state.networkId()).members()) {
            final WorkerPort to = ports[id];
            if (id != from.id && to.state.enabled() && !to.gone) {
                copies++;
                sendSafelyTo(from, to, slot, nowNs);
            }
        }
        if (copies == 0) {
            drops.drop(from, DropReason.NO_DESTINATION, null, batch, slot);
        }
        drops.replicated(copies - 1);
    }

    /** An unexpected error in the layers of one port costs that port its copy, nobody else. */
    private void sendSafelyTo(
            final WorkerPort from, final WorkerPort to, final int slot, final long nowNs) {
        try {
            sendTo(from, to, slot, nowNs);
        } catch (final RuntimeException e) {
            drops.drop(to, DropReason.INTERNAL_ERROR, null, batch, slot);
            errors.onError(e);
        }
    }

    private void sendTo(
            final WorkerPort from, final WorkerPort to, final int slot, final long nowNs) {
        final boolean goesOn = decision.inboundCopy(to.id) && decision.keepConnections();
        final Transposition change = goesOn ? decision.copyTransposition() : null;
        final Verdict verdict = pipeline.countRules(slot, change != null);
        if (verdict.extras() != null && !extras.run(verdict, from, to, slot, true, nowNs)) {
            return;
        }
        if (goesOn && decision.remote() != PacketBatch.NO_REMOTE) {
            // others of the network have no use for it
            batch.remote(slot, decision.remote());
        }
        if (!goesOn && decision.dropReason() == DropReason.ANSWERED) {
            replies.drop(from, to, DropReason.ANSWERED, verdict.lastRule(), slot, nowNs);
        } else if (!goesOn) {
            drops.drop(to, decision.dropReason(), verdict.lastRule(), batch, slot);
        } else if (change == null) {
            egress.offer(to, slot);
        } else {
            egress.sendCopy(to, slot, change);
        }
    }
}
