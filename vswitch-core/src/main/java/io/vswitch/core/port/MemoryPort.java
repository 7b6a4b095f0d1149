package io.vswitch.core.port;

import io.vswitch.core.packet.PacketPool;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * A port in this JVM's memory, for tests, benchmarks and embedding: {@link #send} gives frames to
 * the switch from any thread, {@link #receive} takes what the switch sent to it, one thread at a
 * time. Worker 0 receives from it, or the first few workers, each through a queue of its own; every
 * worker sends to it.
 */
public final class MemoryPort implements Port {
    private static final int MESSAGE_TYPE = 1;
    private static final int MAX_WORKERS = 64;

    private final String name;
    private final int mtu;
    private final int offloads;
    private final ManyToOneRingBuffer[] toSwitch;
    private final ManyToOneRingBuffer fromSwitch;
    private final MemoryQueue[] queues = new MemoryQueue[MAX_WORKERS];
    private final AtomicReferenceArray<Runnable> wakeUps;
    private volatile boolean closed;

    /** Takes a frame that the switch sent; must not keep the buffer. */
    @FunctionalInterface
    public interface FrameHandler {
        void onFrame(DirectBuffer buffer, int offset, int length);
    }

    /** A port of MTU 1500, without offloads, with room for 1 MiB of frames each way. */
    public MemoryPort(final String name) {
        this(name, 1500, 0, 1 << 20);
    }

    /**
     * @param mtu largest network-layer packet, bytes.
     * @param offloads TAKES flags of {@link io.vswitch.core.packet.Offload}.
     * @param ringBytes room each way, bytes, rounded up to a power of two; a frame takes at most an
     *     eighth of it.
     */
    public MemoryPort(final String name, final int mtu, final int offloads, final int ringBytes) {
        this(name, mtu, offloads, ringBytes, 1);
    }

    /**
     * @param receivers how many workers receive from it, each through a queue of its own.
     */
    public MemoryPort(
            final String name,
            final int mtu,
            final int offloads,
            final int ringBytes,
            final int receivers) {
        this.name = name;
        this.mtu = mtu;
        this.offloads = offloads;
        this.toSwitch = new ManyToOneRingBuffer[receivers];
        Arrays.setAll(toSwitch, i -> ring(ringBytes));
        this.wakeUps = new AtomicReferenceArray<>(receivers);
        this.fromSwitch = ring(ringBytes);
        for (int i = 0; i < MAX_WORKERS; i++) {
            queues[i] = new MemoryQueue(i < receivers ? toSwitch[i] : null, fromSwitch);
        }
    }

    private static ManyToOneRingBuffer ring(final int bytes) {
        final int capacity =
                BitUtil.findNextPositivePowerOfTwo(bytes) + RingBufferDescriptor.TRAILER_LENGTH;
        return new ManyToOneRingBuffer(new UnsafeBuffer(ByteBuffer.allocateDirect(capacity)));
    }

    /** Gives a whole array to the switch, as the other {@code send} does; any thread. */
    public boolean send(final byte[] frame) {
        return send(new UnsafeBuffer(frame), 0, frame.length);
    }

    /**
     * Gives a frame to the switch; any thread.
     *
     * @return false when the port is full or closed, or the frame longer than {@link
     *     PacketPool#LARGE_CAPACITY} or an eighth of the port's room: nothing was taken.
     */
    public boolean send(final DirectBuffer frame, final int offset, final int length) {
        return send(frame, offset, length, 0, 0, 0, 0, 0, 0);
    }

    /** Gives a frame to one of the workers that receive, as the other {@code send} does. */
    public boolean sendTo(
            final int worker, final DirectBuffer frame, final int offset, final int length) {
        final int index = claim(worker, length);
        if (index < 0) {
            return false;
        }
        MemoryQueue.putHeader(toSwitch[worker].buffer(), index, 0, 0, 0, 0, 0, 0);
        commit(worker, index, frame, offset, length);
        return true;
    }

    /**
     * Gives a frame to the switch with an offload request, fields as in virtio_net_hdr; any thread.
     */
    public boolean send(
            final DirectBuffer frame,
            final int offset,
            final int length,
            final int flags,
            final int gsoType,
            final int gsoSize,
            final int headerLength,
            final int checksumStart,
            final int checksumOffset) {
        final int index = claim(0, length);
        if (index < 0) {
            return false;
        }
        MemoryQueue.putHeader(
                toSwitch[0].buffer(),
                index,
                flags,
                gsoType,
                gsoSize,
                headerLength,
                checksumStart,
                checksumOffset);
        commit(0, index, frame, offset, length);
        return true;
    }

    /** Room for a frame in the ring to a worker; negative for none. */
    private int claim(final int worker, final int length) {
        final ManyToOneRingBuffer ring = toSwitch[worker];
        if (closed
                || length > PacketPool.LARGE_CAPACITY
                || length > ring.maxMsgLength() - MemoryQueue.HEADER_LENGTH) {
            return -1;
        }
        return ring.tryClaim(MESSAGE_TYPE, MemoryQueue.HEADER_LENGTH + length);
    }

    private void commit(
            final int worker,
            final int index,
            final DirectBuffer frame,
            final int offset,
            final int length) {
        final ManyToOneRingBuffer ring = toSwitch[worker];
        ring.buffer().putBytes(index + MemoryQueue.HEADER_LENGTH, frame, offset, length);
        ring.commit(index);
        final Runnable wakeUp = wakeUps.get(worker);
        if (wakeUp != null) {
            wakeUp.run();
        }
    }

    /**
     * Takes what the switch sent; one thread at a time.
     *
     * @return frames handled, at most {@code limit}.
     */
    public int receive(final FrameHandler handler, final int limit) {
        return fromSwitch.read(
                (type, buffer, index, length) ->
                        handler.onFrame(
                                buffer,
                                index + MemoryQueue.HEADER_LENGTH,
                                length - MemoryQueue.HEADER_LENGTH),
                limit);
    }

    /**
     * A copy of the next frame that the switch sends; one thread at a time.
     *
     * @param timeoutMs longest wait for it, milliseconds.
     * @return null when none came.
     */
    public byte[] receive(final long timeoutMs) {
        final byte[][] frame = new byte[1][];
        final FrameHandler copy =
                (buffer, offset, length) -> {
                    frame[0] = new byte[length];
                    buffer.getBytes(offset, frame[0]);
                };
        final long startNs = System.nanoTime();
        while (receive(copy, 1) == 0 && System.nanoTime() - startNs < timeoutMs * 1_000_000) {
            Thread.yield();
        }
        return frame[0];
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
        return MAX_WORKERS;
    }

    @Override
    public PortQueue queue(final int worker) {
        return queues[worker];
    }

    @Override
    public void attached(final int worker, final Runnable wakeUpWorker) {
        if (worker < wakeUps.length()) {
            wakeUps.set(worker, wakeUpWorker);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** True when the switch has taken every frame that was sent. */
    public boolean isDrained() {
        return Arrays.stream(toSwitch).allMatch(ring -> ring.size() == 0);
    }
}
