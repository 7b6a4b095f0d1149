package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.TransmitFailure;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Copies frames between two ports on a thread of its own until closed; its results may be read
 * after {@link #close}.
 */
final class CopyLoop implements AutoCloseable, TransmitFailure {
    private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Frames after which no call is made for the first time. */
    private static final int WARM_UP_FRAMES = 500;

    /**
     * What the JVM itself allocates on the thread when it replaces compiled code, once in thousands
     * of frames (208 bytes seen); one object per frame would be more than a hundred times that.
     */
    private static final long JVM_BYTES = 512;

    final long[] failures = new long[DropReason.values().length];
    long received;
    long sent;
    long superFrames;
    int largestGsoSize;
    int longestFrame;
    volatile boolean gone;

    /** Bytes the loop allocated after the warm-up; -1 when it got no further. */
    private long allocatedBytes = -1;

    private int slabsHeld = -1;

    private final PacketPool pool = new PacketPool(256, 128);
    private final PacketBatch batch = new PacketBatch(pool);
    private final int[] slots = new int[PacketBatch.CAPACITY];
    private final PortQueue[] queues;
    private final EpollPoller poller;
    private final Thread thread;
    private volatile boolean running = true;

    CopyLoop(final Port left, final Port right) {
        this(left, right, new EpollPoller());
    }

    /** Takes over the poller. */
    CopyLoop(final Port left, final Port right, final EpollPoller poller) {
        this.poller = poller;
        queues = new PortQueue[] {left.queue(0), right.queue(0)};
        for (int i = 0; i < slots.length; i++) {
            slots[i] = i;
        }
        poller.wakeUp(); // So that the one at the end isn't the first, which links the call.
        thread = new Thread(this::loop, "copy-loop");
        thread.start();
    }

    private void loop() {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        final int[] tokens = new int[2];
        poller.add(queues[0], 0);
        poller.add(queues[1], 1);
        long measuredFrom = 0;
        while (running) {
            final int ready = poller.poll(tokens, WAIT_NS);
            for (int i = 0; i < ready; i++) {
                copy(tokens[i]);
            }
            if (measuredFrom == 0 && received > WARM_UP_FRAMES) {
                threads.getCurrentThreadAllocatedBytes();
                measuredFrom = threads.getCurrentThreadAllocatedBytes();
            }
        }
        if (measuredFrom != 0) {
            allocatedBytes = threads.getCurrentThreadAllocatedBytes() - measuredFrom;
        }
        slabsHeld = pool.inUse();
    }

    private void copy(final int from) {
        final int count = queues[from].receive(batch, PacketBatch.CAPACITY);
        if (count == PortQueue.GONE) {
            gone = true;
            poller.remove(queues[from]);
            return;
        }
        received += count;
        for (int slot = 0; slot < count; slot++) {
            if (batch.gsoType(slot) != 0) {
                superFrames++;
                largestGsoSize = Math.max(largestGsoSize, batch.gsoSize(slot));
            }
            longestFrame = Math.max(longestFrame, batch.length(slot));
        }
        sent += queues[1 - from].transmit(batch, slots, count, this);
        batch.releaseAll();
    }

    @Override
    public void onFailure(final int slot, final DropReason reason) {
        failures[reason.ordinal()]++;
    }

    /**
     * Fails unless the books balance, every slab is back, and the way of a packet allocated
     * nothing.
     */
    void check() {
        assertEquals(received, sent + failed());
        assertEquals(0, slabsHeld);
        assertTrue(
                allocatedBytes >= 0 && allocatedBytes <= JVM_BYTES,
                () -> "allocated " + allocatedBytes + " bytes in " + received + " frames");
    }

    private long failed() {
        long sum = 0;
        for (final long count : failures) {
            sum += count;
        }
        return sum;
    }

    @Override
    public void close() {
        running = false;
        poller.wakeUp();
        try {
            thread.join();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
        poller.close();
    }
}
