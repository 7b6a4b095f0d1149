package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.port.PortKind;

/**
 * Does what rules do with a packet besides deciding it, while it is still as it was received. Owned
 * by the worker.
 */
final class Extras {
    private final PacketBatch batch;
    private final Drops drops;
    private final Egress egress;
    private WorkerPort[] ports = {};

    Extras(final PacketBatch batch, final Drops drops, final Egress egress) {
        this.batch = batch;
        this.drops = drops;
        this.egress = egress;
    }

    void ports(final WorkerPort[] all) {
        ports = all;
    }

    /**
     * Notes and mirrors the packet, then takes its tokens.
     *
     * @param to the port that its verdict names.
     * @param flooded it may leave through any port, {@code to} aside.
     * @return false when a limit is used up: the packet is dropped.
     */
    boolean run(
            final Verdict verdict,
            final WorkerPort from,
            final WorkerPort to,
            final int slot,
            final boolean flooded,
            final long nowNs) {
        final VerdictExtras extras = verdict.extras();
        for (final RuleRef rule : extras.audits) {
            drops.audited(to, rule, batch, slot);
        }
        for (final int id : extras.mirrors) {
            mirror(id, from, slot, flooded || verdict.rewrites() || id == to.id);
        }
        if (verdict.dropReason() != null) {
            return true;
        }
        for (int i = 0; i < extras.limited.length; i++) {
            if (!extras.limiters[i].take(batch.length(slot), nowNs)) {
                final RuleRef rule = extras.limited[i];
                verdict.refuse(batch.length(slot));
                rule.addLimited(1);
                final WorkerPort at = rule.port().equals(from.state.name()) ? from : to;
                drops.drop(at, DropReason.RATE_LIMITED, rule, batch, slot);
                return false;
            }
        }
        return true;
    }

    /**
     * A copy that can't be sent is lost, and counted as dropped; the packet itself goes on.
     *
     * @param changes the packet itself will be another, or leave through this port as well: else
     *     both are one, and go with the burst.
     */
    private void mirror(
            final int id, final WorkerPort from, final int slot, final boolean changes) {
        final WorkerPort to = id >= 0 && id < ports.length ? ports[id] : null;
        drops.replicated(1);
        if (to == null || to.gone) {
            drops.drop(from, DropReason.DESTINATION_GONE, null, batch, slot);
        } else if (!to.state.enabled()) {
            drops.drop(to, DropReason.PORT_DISABLED, null, batch, slot);
        } else if (!changes && to.state.port().kind() != PortKind.TUNNEL) {
            egress.offer(to, slot);
        } else {
            egress.sendAside(to, slot);
        }
    }
}
