package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.view.CaptureSpec;
import io.vswitch.core.view.CapturedPacket;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.agrona.ErrorHandler;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * One running capture: workers copy packets into a ring, the conductor drains it into the sink. A
 * full ring costs the capture packets (counted), never the workers time.
 *
 * <pre>
 *   message: epoch ns (8) | port id (4) | flags: 1 received (4) | drop ordinal or -1 (4) | original length (4)
 *            | captured length (4) | rule name length (4) | frame | rule name (ASCII)
 * </pre>
 */
final class CaptureSession {
    private static final int HEADER = 32;
    private static final int RING_BYTES = 8 << 20;
    private static final int MAX_RULE_NAME = 200;
    private static final DropReason[] REASONS = DropReason.values();

    private final CaptureSpec spec;
    private final int portId;
    private final CapturedPacket sink;
    private final IntFunction<String> portNames;
    private final ManyToOneRingBuffer ring;
    private final AtomicLong missed = new AtomicLong();
    private final ErrorHandler errors;

    /** The sink threw: it is asked no more; conductor's thread. */
    private boolean isBroken;

    /**
     * @param portId the port to capture, or -1 for all.
     * @param portNames names of port ids; conductor's thread.
     */
    CaptureSession(
            final CaptureSpec spec,
            final int portId,
            final CapturedPacket sink,
            final IntFunction<String> portNames,
            final ErrorHandler errors) {
        this.spec = spec;
        this.portId = portId;
        this.sink = sink;
        this.portNames = portNames;
        this.errors = errors;
        this.ring =
                new ManyToOneRingBuffer(
                        new UnsafeBuffer(
                                ByteBuffer.allocateDirect(
                                        RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    /** A worker received these slots from a port. */
    void onReceived(final int port, final PacketBatch batch, final int first) {
        if (wants(port, false)) {
            for (int slot = first; slot < batch.count(); slot++) {
                record(port, true, null, null, batch, slot);
            }
        }
    }

    /** A worker is about to send these slots to a port. */
    void onSent(final int port, final PacketBatch batch, final int[] slots, final int count) {
        if (wants(port, false)) {
            for (int i = 0; i < count; i++) {
                record(port, false, null, null, batch, slots[i]);
            }
        }
    }

    /** A worker drops a packet that came from {@code from}, at {@code at}. */
    void onDropped(
            final int from,
            final int at,
            final DropReason reason,
            final RuleRef rule,
            final PacketBatch batch,
            final int slot) {
        if (spec.dropsOnly() && (portId < 0 || portId == at || portId == from)) {
            record(at, at == from, reason, rule, batch, slot);
        }
    }

    private boolean wants(final int port, final boolean drop) {
        return spec.dropsOnly() == drop && (portId < 0 || portId == port);
    }

    private void record(
            final int port,
            final boolean received,
            final DropReason reason,
            final RuleRef rule,
            final PacketBatch batch,
            final int slot) {
        final int captured = Math.min(batch.length(slot), spec.snapLength());
        final String name = rule == null ? "" : rule.toString();
        final int nameLength = Math.min(name.length(), MAX_RULE_NAME);
        final int index = ring.tryClaim(1, HEADER + captured + nameLength);
        if (index < 0) {
            missed.incrementAndGet();
            return;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index, SystemEpochNanoClock.INSTANCE.nanoTime());
        buffer.putInt(index + 8, port);
        buffer.putInt(index + 12, received ? 1 : 0);
        buffer.putInt(index + 16, reason == null ? -1 : reason.ordinal());
        buffer.putInt(index + 20, batch.length(slot));
        buffer.putInt(index + 24, captured);
        buffer.putInt(index + 28, nameLength);
        buffer.putBytes(index + HEADER, batch.buffer(), batch.offset(slot), captured);
        buffer.putStringWithoutLengthAscii(index + HEADER + captured, name, 0, nameLength);
        ring.commit(index);
    }

    /** Moves captured packets to the sink; conductor's thread. */
    int drain(final int limit) {
        return ring.read((type, buffer, index, length) -> deliver(buffer, index), limit);
    }

    private void deliver(final MutableDirectBuffer buffer, final int index) {
        if (isBroken) {
            missed.incrementAndGet();
            return;
        }
        try {
            toSink(buffer, index);
        } catch (final RuntimeException e) {
            isBroken = true;
            missed.incrementAndGet();
            errors.onError(e);
        }
    }

    private void toSink(final MutableDirectBuffer buffer, final int index) {
        final int reason = buffer.getInt(index + 16);
        final int captured = buffer.getInt(index + 24);
        final int nameLength = buffer.getInt(index + 28);
        sink.onPacket(
                buffer.getLong(index),
                portNames.apply(buffer.getInt(index + 8)),
                buffer.getInt(index + 12) == 1,
                reason < 0 ? null : REASONS[reason],
                nameLength == 0
                        ? null
                        : buffer.getStringWithoutLengthAscii(index + HEADER + captured, nameLength),
                buffer,
                index + HEADER,
                captured,
                buffer.getInt(index + 20));
    }

    long missed() {
        return missed.get();
    }
}
