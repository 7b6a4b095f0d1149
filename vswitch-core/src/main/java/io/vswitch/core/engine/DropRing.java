package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.TokenBucket;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.view.DroppedPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The last packets that one worker dropped, or that audit rules matched; owned by the worker. Who
 * floods the switch with packets to drop pays a comparison each: at most {@link #PER_SECOND} are
 * kept a second, after a quiet time {@link #CAPACITY} at once. Nothing is allocated after
 * construction but for {@link #read}.
 *
 * <pre>
 *   slot: timeNs (8) | reason (4) | frame length (4) | kept length (4) | - (4) | frame (128)
 * </pre>
 */
final class DropRing {
    /** Packets kept. */
    static final int CAPACITY = 64;

    /** Bytes kept of each. */
    static final int SNAP = 128;

    static final int PER_SECOND = 1_000;

    private static final int REASON = 8;
    private static final int LENGTH = 12;
    private static final int KEPT = 16;
    private static final int FRAME = 24;
    private static final int SLOT = FRAME + SNAP;
    private static final int NO_REASON = -1;
    private static final DropReason[] REASONS = DropReason.values();

    private final UnsafeBuffer slots = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY * SLOT));
    private final String[] ingress = new String[CAPACITY];
    private final String[] ports = new String[CAPACITY];
    private final RuleRef[] rules = new RuleRef[CAPACITY];
    private final TokenBucket budget = new TokenBucket(PER_SECOND, CAPACITY);
    private long kept;
    private long passedOver;

    /** A packet is dropped; without a reason, it is only kept. */
    void onDropped(
            final WorkerPort from,
            final WorkerPort at,
            final DropReason reason,
            final RuleRef rule,
            final PacketBatch batch,
            final int slot,
            final long nowNs) {
        if (!budget.take(nowNs)) {
            passedOver++;
            return;
        }
        final int index = (int) (kept++ & (CAPACITY - 1));
        keep(index, reason, batch, slot, nowNs);
        ingress[index] = from.state.name();
        ports[index] = at.state.name();
        rules[index] = rule;
    }

    private void keep(
            final int index,
            final DropReason reason,
            final PacketBatch batch,
            final int slot,
            final long nowNs) {
        final int at = index * SLOT;
        final int length = batch.length(slot);
        final int bytes = Math.min(length, SNAP);
        slots.putLong(at, nowNs);
        slots.putInt(at + REASON, reason == null ? NO_REASON : reason.ordinal());
        slots.putInt(at + LENGTH, length);
        slots.putInt(at + KEPT, bytes);
        slots.putBytes(at + FRAME, batch.buffer(), batch.offset(slot), bytes);
    }

    /** Drops that were not kept because too many came at once. */
    long passedOver() {
        return passedOver;
    }

    /** The last packets, at most {@code limit}, the latest first, without the text of headers. */
    List<DroppedPacket> read(final int limit, final long nowNs, final int worker) {
        final List<DroppedPacket> packets = new ArrayList<>();
        final long oldest = Math.max(0, kept - Math.min(limit, CAPACITY));
        for (long i = kept - 1; i >= oldest; i--) {
            packets.add(packet((int) (i & (CAPACITY - 1)), nowNs, worker));
        }
        return packets;
    }

    private DroppedPacket packet(final int index, final long nowNs, final int worker) {
        final int at = index * SLOT;
        final int reason = slots.getInt(at + REASON);
        final byte[] frame = new byte[slots.getInt(at + KEPT)];
        slots.getBytes(at + FRAME, frame);
        return new DroppedPacket(
                (nowNs - slots.getLong(at)) / 1_000_000,
                ingress[index],
                ports[index],
                reason == NO_REASON ? null : REASONS[reason],
                rules[index],
                null,
                frame,
                slots.getInt(at + LENGTH),
                worker);
    }
}
