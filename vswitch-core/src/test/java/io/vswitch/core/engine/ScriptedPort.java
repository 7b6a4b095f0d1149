package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.TransmitFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A port of one queue that does what a test tells it: delivers frames with any offload request,
 * keeps what is sent to it, fails on demand. Used by the thread that runs the cycles.
 */
class ScriptedPort implements Port, PortQueue {
    /** One frame with its offload request, fields as in virtio_net_hdr. */
    record Frame(byte[] bytes, int flags, int gsoType, int gsoSize, int csumStart, int csumOffset) {
        static Frame plain(final DirectBuffer frame) {
            final byte[] bytes = new byte[frame.capacity()];
            frame.getBytes(0, bytes);
            return new Frame(bytes, 0, 0, 0, 0, 0);
        }

        UnsafeBuffer buffer() {
            return new UnsafeBuffer(bytes);
        }
    }

    final List<Frame> sent = new ArrayList<>();
    private final Queue<Frame> toReceive = new ArrayDeque<>();
    private final String name;
    private final int offloads;
    private final int mtu;
    RuntimeException receiveThrows;
    RuntimeException transmitThrows;
    DropReason transmitFails;

    /** What it hands over is refused for this reason. */
    DropReason receiveRefuses;

    boolean gone;
    boolean closed;

    /** False: frames sent to it are only counted. */
    boolean isRecording = true;

    long sentCount;
    int descriptor = NO_FILE_DESCRIPTOR;

    ScriptedPort(final String name) {
        this(name, 1500, 0);
    }

    ScriptedPort(final String name, final int mtu, final int offloads) {
        this.name = name;
        this.mtu = mtu;
        this.offloads = offloads;
    }

    void deliver(final DirectBuffer frame) {
        deliver(Frame.plain(frame));
    }

    void deliver(final Frame frame) {
        toReceive.add(frame);
    }

    @Override
    public int receive(final PacketBatch batch, final int limit) {
        if (gone) {
            return GONE;
        }
        int count = 0;
        while (count < limit && !toReceive.isEmpty() && append(batch, toReceive.peek())) {
            batch.refuse(batch.count() - 1, receiveRefuses);
            toReceive.remove();
            count++;
        }
        if (receiveThrows != null) {
            throw receiveThrows;
        }
        return count;
    }

    private static boolean append(final PacketBatch batch, final Frame frame) {
        final PacketPool pool = batch.pool();
        final int slab = pool.allocate(frame.bytes.length);
        if (slab == PacketPool.NONE) {
            return false;
        }
        final int offset = pool.frameOffset(slab);
        batch.buffer().putBytes(offset, frame.bytes);
        final int slot = batch.append(slab, offset, frame.bytes.length);
        batch.offload(
                slot,
                frame.flags,
                frame.gsoType,
                frame.gsoSize,
                0,
                frame.csumStart,
                frame.csumOffset);
        return true;
    }

    @Override
    public int transmit(
            final PacketBatch batch,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        if (transmitThrows != null) {
            throw transmitThrows;
        }
        for (int i = 0; i < count; i++) {
            if (transmitFails != null) {
                failed.onFailure(slots[i], transmitFails);
            } else {
                sentCount++;
                if (isRecording) {
                    sent.add(frame(batch, slots[i]));
                }
            }
        }
        return transmitFails == null ? count : 0;
    }

    private static Frame frame(final PacketBatch batch, final int slot) {
        final byte[] bytes = new byte[batch.length(slot)];
        batch.buffer().getBytes(batch.offset(slot), bytes);
        return new Frame(
                bytes,
                batch.offloadFlags(slot),
                batch.gsoType(slot),
                batch.gsoSize(slot),
                batch.checksumStart(slot),
                batch.checksumOffset(slot));
    }

    @Override
    public int fileDescriptor() {
        return descriptor;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PortKind kind() {
        return PortKind.MEMORY;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int offloads() {
        return offloads;
    }

    @Override
    public int queueCount() {
        return 64;
    }

    @Override
    public PortQueue queue(final int worker) {
        return this;
    }

    @Override
    public void close() {
        closed = true;
    }
}
