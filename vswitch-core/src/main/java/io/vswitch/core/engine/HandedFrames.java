package io.vswitch.core.engine;

import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The ring by which workers hand parsed packets over to the one that keeps connections: written by
 * all others, read by it. Bounded. Packets are copied: so no slab ever leaves its worker.
 *
 * <pre>
 *    0  worker (4)       4  port id (4)        8  generation (8)
 *   16  number (4)      20  remote (4)        24  parse flags (4)
 *   28  network header (4)                    32  transport header, from the frame on; 0: none (4)
 *   36  offload: flags, type, segment size, headers, checksum start and offset (6 x 4)
 *   64  flow key (64)  128  frame
 * </pre>
 */
final class HandedFrames {
    /** Room for 10,000 small frames, or 31 of 64 KiB. */
    private static final int RING_BYTES = 2 * 1024 * 1024;

    private static final int TYPE = 1;
    private static final int WORKER = 0;
    private static final int PORT = 4;
    private static final int GENERATION = 8;
    private static final int NUMBER = 16;
    private static final int REMOTE = 20;
    private static final int PARSE_FLAGS = 24;
    private static final int L3 = 28;
    private static final int L4 = 32;
    private static final int OFFLOAD = 36;
    private static final int KEY = 64;
    private static final int FRAME = KEY + FlowKey.WORDS * Long.BYTES;

    private final ManyToOneRingBuffer ring =
            new ManyToOneRingBuffer(
                    new UnsafeBuffer(
                            ByteBuffer.allocateDirect(
                                    RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));

    /**
     * Hands over one parsed packet; the sender's thread.
     *
     * @param worker index of the sender.
     * @param generation of the snapshot that the sender runs.
     * @param number that the sender knows it by.
     * @return false when the ring is full.
     */
    boolean put(
            final int worker,
            final long generation,
            final int number,
            final int port,
            final PacketBatch batch,
            final int slot) {
        final int length = batch.length(slot);
        final int at = ring.tryClaim(TYPE, FRAME + length);
        if (at <= 0) {
            return false;
        }
        final int start = batch.offset(slot);
        final int l4 = batch.l4Offset(slot);
        final MutableDirectBuffer to = ring.buffer();
        to.putInt(at + WORKER, worker);
        to.putInt(at + PORT, port);
        to.putLong(at + GENERATION, generation);
        to.putInt(at + NUMBER, number);
        to.putInt(at + REMOTE, batch.remote(slot));
        to.putInt(at + PARSE_FLAGS, batch.parseFlags(slot));
        to.putInt(at + L3, batch.l3Offset(slot) - start);
        to.putInt(at + L4, l4 == 0 ? 0 : l4 - start);
        putOffload(to, at + OFFLOAD, batch, slot);
        for (int i = 0; i < FlowKey.WORDS; i++) {
            to.putLong(at + KEY + i * Long.BYTES, batch.keys()[slot * FlowKey.WORDS + i]);
        }
        to.putBytes(at + FRAME, batch.buffer(), start, length);
        ring.commit(at);
        return true;
    }

    private static void putOffload(
            final MutableDirectBuffer to, final int at, final PacketBatch batch, final int slot) {
        to.putInt(at, batch.offloadFlags(slot));
        to.putInt(at + 4, batch.gsoType(slot));
        to.putInt(at + 8, batch.gsoSize(slot));
        to.putInt(at + 12, batch.headerLength(slot));
        to.putInt(at + 16, batch.checksumStart(slot));
        to.putInt(at + 20, batch.checksumOffset(slot));
    }

    /** Packets read, at most {@code limit}; the receiver's thread. */
    int read(final ControlledMessageHandler handler, final int limit) {
        return ring.controlledRead(handler, limit);
    }

    /** True when there is nothing to read. */
    boolean isEmpty() {
        return ring.consumerPosition() == ring.producerPosition();
    }

    static int worker(final DirectBuffer message, final int at) {
        return message.getInt(at + WORKER);
    }

    static int port(final DirectBuffer message, final int at) {
        return message.getInt(at + PORT);
    }

    static long generation(final DirectBuffer message, final int at) {
        return message.getLong(at + GENERATION);
    }

    static int number(final DirectBuffer message, final int at) {
        return message.getInt(at + NUMBER);
    }

    static int frameLength(final int messageLength) {
        return messageLength - FRAME;
    }

    /** Appends the packet of a message, in a slab of the batch's pool, as it was parsed. */
    static int append(
            final DirectBuffer message,
            final int at,
            final int messageLength,
            final PacketBatch batch,
            final int slab) {
        final int start = batch.pool().frameOffset(slab);
        final int length = frameLength(messageLength);
        batch.buffer().putBytes(start, message, at + FRAME, length);
        final int slot = batch.append(slab, start, length);
        batch.remote(slot, message.getInt(at + REMOTE));
        final int l4 = message.getInt(at + L4);
        batch.parsed(
                slot,
                start + message.getInt(at + L3),
                l4 == 0 ? 0 : start + l4,
                message.getInt(at + PARSE_FLAGS));
        final int offload = at + OFFLOAD;
        batch.offload(
                slot,
                message.getInt(offload),
                message.getInt(offload + 4),
                message.getInt(offload + 8),
                message.getInt(offload + 12),
                message.getInt(offload + 16),
                message.getInt(offload + 20));
        for (int i = 0; i < FlowKey.WORDS; i++) {
            batch.keys()[slot * FlowKey.WORDS + i] = message.getLong(at + KEY + i * Long.BYTES);
        }
        return slot;
    }
}
