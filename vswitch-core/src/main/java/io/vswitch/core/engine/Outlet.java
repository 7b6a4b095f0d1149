package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.packet.PacketBatch;

/**
 * Does with a packet what its verdict says: sends it, changed or not, or drops it. Owned by the
 * worker.
 */
final class Outlet {
    private final PacketBatch batch;
    private final Egress egress;
    private final Replies replies;
    private final Extras extras;

    Outlet(
            final PacketBatch batch,
            final Egress egress,
            final Replies replies,
            final Extras extras) {
        this.batch = batch;
        this.egress = egress;
        this.replies = replies;
        this.extras = extras;
    }

    /**
     * @param to port that the verdict names.
     * @param change of headers, or null.
     * @param remote tunnel endpoint behind the port.
     */
    void forward(
            final Verdict verdict,
            final WorkerPort from,
            final WorkerPort to,
            final int slot,
            final Transposition change,
            final int remote,
            final long nowNs) {
        if (verdict.isPlain() || passes(verdict, from, to, slot, nowNs)) {
            send(verdict, from, to, slot, change, remote, nowNs);
        }
    }

    private boolean passes(
            final Verdict verdict,
            final WorkerPort from,
            final WorkerPort to,
            final int slot,
            final long nowNs) {
        if (verdict.extras() != null && !extras.run(verdict, from, to, slot, false, nowNs)) {
            return false;
        }
        if (verdict.dropReason() != null) {
            replies.drop(from, to, verdict.dropReason(), verdict.lastRule(), slot, nowNs);
        }
        return verdict.dropReason() == null;
    }

    private void send(
            final Verdict verdict,
            final WorkerPort from,
            final WorkerPort to,
            final int slot,
            final Transposition change,
            final int remote,
            final long nowNs) {
        if (!to.takesFreely(batch, slot)) {
            final DropReason reason = to.egressRefusal(batch, slot, nowNs);
            if (reason != null) {
                replies.drop(from, to, reason, null, slot, nowNs);
                return;
            }
        }
        if (change != null) {
            final DropReason reason = change.apply(batch, slot);
            if (reason != null) {
                replies.drop(from, from, reason, verdict.lastRule(), slot, nowNs);
                return;
            }
        }
        batch.remote(slot, remote);
        egress.enqueue(to, slot);
    }
}
