package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.RuleRef;

/**
 * Where one worker accounts for what it doesn't forward, and shows packets to captures. The port
 * that a drop is counted at is the one whose layers or state refused the packet. Owned by the
 * worker.
 */
final class Drops {
    private static final CaptureSession[] NO_CAPTURES = {};

    private CaptureSession[] captures = NO_CAPTURES;
    private final DropRing last = new DropRing();
    private final DropRing audits = new DropRing();
    private final DropRing misses = new DropRing();
    private WorkerPort from;
    private long nowNs;

    /** The burst that is processed now came from this port. */
    void burstFrom(final WorkerPort port, final long now) {
        from = port;
        nowNs = now;
    }

    /** When the burst came. */
    long nowNs() {
        return nowNs;
    }

    /** The packets that audit rules matched last. */
    DropRing audits() {
        return audits;
    }

    /** A rule that audits matched a packet, still as it was received. */
    void audited(final WorkerPort at, final RuleRef rule, final PacketBatch batch, final int slot) {
        audits.onDropped(from, at, null, rule, batch, slot, nowNs);
    }

    /** The packets whose destination a mapping space didn't know last. */
    DropRing misses() {
        return misses;
    }

    /** A mapping space that a rule names doesn't know where a packet is to go. */
    void missed(final RuleRef rule, final PacketBatch batch, final int slot) {
        misses.onDropped(from, from, DropReason.NO_MAPPING, rule, batch, slot, nowNs);
    }

    /** The packets dropped last. */
    DropRing last() {
        return last;
    }

    void drop(
            final WorkerPort at,
            final DropReason reason,
            final RuleRef rule,
            final PacketBatch batch,
            final int slot) {
        at.counters.dropped(reason);
        last.onDropped(from, at, reason, rule, batch, slot, nowNs);
        if (captures.length != 0) {
            for (final CaptureSession capture : captures) {
                capture.onDropped(from.id, at.id, reason, rule, batch, slot);
            }
        }
    }

    /** A packet of an earlier burst, of this port, is dropped. */
    void dropLate(
            final WorkerPort received,
            final DropReason reason,
            final PacketBatch batch,
            final int slot) {
        final WorkerPort current = from;
        from = received;
        drop(received, reason, null, batch, slot);
        from = current;
    }

    /** Extra copies were made of a packet of this burst. */
    void replicated(final int copies) {
        if (copies > 0) {
            from.counters.replicated(copies);
        }
    }

    void captureReceived(final WorkerPort port, final PacketBatch batch) {
        for (final CaptureSession capture : captures) {
            capture.onReceived(port.id, batch, 0);
        }
    }

    void captureSent(
            final WorkerPort port, final PacketBatch batch, final int[] slots, final int count) {
        for (final CaptureSession capture : captures) {
            capture.onSent(port.id, batch, slots, count);
        }
    }

    void captures(final CaptureSession[] sessions) {
        captures = sessions;
    }
}
