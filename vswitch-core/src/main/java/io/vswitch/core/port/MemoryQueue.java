package io.vswitch.core.port;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;

/**
 * The worker's side of a {@link MemoryPort}: a message is six ints of offload request, then the
 * frame.
 */
final class MemoryQueue implements PortQueue, ControlledMessageHandler {
    static final int HEADER_LENGTH = 24;

    private static final int MESSAGE_TYPE = 1;

    private final ManyToOneRingBuffer toSwitch;
    private final ManyToOneRingBuffer fromSwitch;
    private PacketBatch receiving;

    /** {@code toSwitch} is null where nothing is received. */
    MemoryQueue(final ManyToOneRingBuffer toSwitch, final ManyToOneRingBuffer fromSwitch) {
        this.toSwitch = toSwitch;
        this.fromSwitch = fromSwitch;
    }

    static void putHeader(
            final MutableDirectBuffer buffer,
            final int index,
            final int flags,
            final int gsoType,
            final int gsoSize,
            final int headerLength,
            final int checksumStart,
            final int checksumOffset) {
        buffer.putInt(index, flags);
        buffer.putInt(index + 4, gsoType);
        buffer.putInt(index + 8, gsoSize);
        buffer.putInt(index + 12, headerLength);
        buffer.putInt(index + 16, checksumStart);
        buffer.putInt(index + 20, checksumOffset);
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        if (toSwitch == null) {
            return 0;
        }
        receiving = batch;
        return toSwitch.controlledRead(this, limit);
    }

    @Override
    public ControlledMessageHandler.Action onMessage(
            final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        final int frameLength = length - HEADER_LENGTH;
        final PacketPool pool = receiving.pool();
        final int slab = pool.allocate(frameLength);
        if (slab == PacketPool.NONE) {
            return ControlledMessageHandler.Action.ABORT;
        }
        final int offset = pool.frameOffset(slab);
        receiving.buffer().putBytes(offset, buffer, index + HEADER_LENGTH, frameLength);
        final int slot = receiving.append(slab, offset, frameLength);
        receiving.offload(
                slot,
                buffer.getInt(index),
                buffer.getInt(index + 4),
                buffer.getInt(index + 8),
                buffer.getInt(index + 12),
                buffer.getInt(index + 16),
                buffer.getInt(index + 20));
        return ControlledMessageHandler.Action.CONTINUE;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        int sent = 0;
        for (int i = 0; i < count; i++) {
            if (transmit(batch, slots[i])) {
                sent++;
            } else {
                failed.onFailure(slots[i], DropReason.TX_QUEUE_FULL);
            }
        }
        return sent;
    }

    private boolean transmit(final PacketBatch batch, final int slot) {
        final int length = batch.length(slot);
        if (length > fromSwitch.maxMsgLength() - HEADER_LENGTH) {
            return false;
        }
        final int index = fromSwitch.tryClaim(MESSAGE_TYPE, HEADER_LENGTH + length);
        if (index < 0) {
            return false;
        }
        final AtomicBuffer buffer = fromSwitch.buffer();
        putHeader(
                buffer,
                index,
                batch.offloadFlags(slot),
                batch.gsoType(slot),
                batch.gsoSize(slot),
                batch.headerLength(slot),
                batch.checksumStart(slot),
                batch.checksumOffset(slot));
        buffer.putBytes(index + HEADER_LENGTH, batch.buffer(), batch.offset(slot), length);
        fromSwitch.commit(index);
        return true;
    }

    @Override
    public int fileDescriptor() {
        return NO_FILE_DESCRIPTOR;
    }
}
