package io.vswitch.core.engine;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.port.Poller;
import io.vswitch.core.port.PortQueue;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.agrona.ErrorHandler;

/**
 * The receiving side of one worker. Queues with traffic are asked in every cycle; a queue found
 * empty {@link WorkerPort#COLD_AFTER} times in a row is left to the poller, or to the queue that
 * feeds it, so that a cycle doesn't pay a system call per quiet port. Queues with neither are
 * always asked. Owned by the worker, but for {@link #wakeUp}.
 */
final class Receiver implements AutoCloseable {
    private static final int MAX_TOKENS = 64;

    /** While a polled queue has traffic, the others are looked at once in so many cycles. */
    private static final int COLD_CYCLES = 8;

    private final Poller poller;
    private final PacketBatch batch;
    private final Pipeline pipeline;
    private final Worker.PortGoneListener goneListener;
    private final ErrorHandler errors;
    private final int[] tokens = new int[MAX_TOKENS];
    private WorkerPort[] ports = {};
    private WorkerPort[] polled = {};
    private int polledCount;
    private int descriptorlessCount;
    private int cycle;
    private volatile boolean parked;

    Receiver(
            final Poller poller,
            final PacketBatch batch,
            final Pipeline pipeline,
            final Worker.PortGoneListener goneListener,
            final ErrorHandler errors) {
        this.poller = poller;
        this.batch = batch;
        this.pipeline = pipeline;
        this.goneListener = goneListener;
        this.errors = errors;
    }

    /**
     * The worker's ports by id, null where there is none; called before and after a change of them.
     */
    void ports(final WorkerPort[] workerPorts) {
        ports = workerPorts;
        polled = Arrays.copyOf(polled, Math.max(polled.length, workerPorts.length));
    }

    /** A port that can't be waited on is gone from the start; the others don't suffer from it. */
    void attach(final WorkerPort port, final int worker) {
        if (port.isAlwaysPolled()) {
            descriptorlessCount++;
        }
        startPolling(port);
        try {
            port.queue.attached(batch.pool(), () -> startPolling(port));
            if (port.hasDescriptor()) {
                poller.add(port.queue, port.id);
            }
            port.state.port().attached(worker, this::wakeUp);
        } catch (final RuntimeException e) {
            errors.onError(e);
            port.gone = true;
            goneListener.onPortGone(port.state.port());
        }
    }

    void detach(final WorkerPort port) {
        if (port.isAlwaysPolled()) {
            descriptorlessCount--;
        } else if (port.hasDescriptor() && !port.gone) {
            poller.remove(port.queue);
        }
        stopPolling(port);
        port.queue.detached();
    }

    private void startPolling(final WorkerPort port) {
        port.emptyPolls = 0;
        if (!port.isPolled) {
            port.isPolled = true;
            polled[polledCount++] = port;
        }
    }

    private void stopPolling(final WorkerPort port) {
        port.isPolled = false;
        for (int i = 0; i < polledCount; i++) {
            if (polled[i] == port) {
                polled[i] = polled[--polledCount];
                polled[polledCount] = null;
                return;
            }
        }
    }

    /** One cycle over the queues; returns the frames handled. */
    int poll(final long nowNs) {
        int work = 0;
        for (int i = polledCount - 1; i >= 0; i--) {
            final WorkerPort port = polled[i];
            work += receive(port, nowNs) + port.queue.progress();
            if (!port.isHot() && !port.isAlwaysPolled() && port.queue.pendingFrames() == 0) {
                stopPolling(port);
            }
        }
        if (polledCount == descriptorlessCount || ++cycle % COLD_CYCLES == 0) {
            heat(poller.poll(tokens, 0));
        }
        return work;
    }

    private int receive(final WorkerPort port, final long nowNs) {
        final int count = fill(port);
        if (count > 0) {
            port.emptyPolls = 0;
            pipeline.process(port, nowNs);
            return count;
        }
        if (count == PortQueue.GONE) {
            onGone(port);
        }
        port.emptyPolls++;
        return 0;
    }

    /** Frames put into the batch, or {@link PortQueue#GONE}. */
    private int fill(final WorkerPort port) {
        if (port.gone) {
            return 0;
        }
        try {
            return port.queue.receive(batch, PacketBatch.CAPACITY);
        } catch (final RuntimeException e) {
            // frames that were not handed over don't count as received
            batch.releaseAll();
            errors.onError(e);
            return 0;
        }
    }

    private void onGone(final WorkerPort port) {
        port.gone = true;
        if (port.hasDescriptor()) {
            poller.remove(port.queue);
        }
        goneListener.onPortGone(port.state.port());
    }

    private void heat(final int count) {
        for (int i = 0; i < count; i++) {
            final WorkerPort port = tokens[i] < ports.length ? ports[tokens[i]] : null;
            if (port != null && !port.gone) {
                startPolling(port);
            }
        }
    }

    /**
     * Waits until a queue has something, {@link #wakeUp}, or the time is over.
     *
     * @param ready asked once more after everybody can see that the worker waits: true ends the
     *     wait at once.
     */
    void park(final long timeoutNs, final ReadyCheck ready) {
        parked = true;
        try {
            if (!ready.isReady()) {
                heat(poller.poll(tokens, timeoutNs));
            }
        } finally {
            parked = false;
        }
    }

    /** Whether the worker has something to do other than what the poller reports. */
    @FunctionalInterface
    interface ReadyCheck {
        boolean isReady();
    }

    /** Ends a wait; any thread, cheap when the worker doesn't wait. */
    void wakeUp() {
        // What there is to do was stored with release order only. Without the fence that store may
        // wait behind the load of parked, while the worker sets parked and finds nothing to do: it
        // would sleep to the end of its wait.
        VarHandle.fullFence();
        if (parked) {
            poller.wakeUp();
        }
    }

    boolean usesUring() {
        return poller.usesUring();
    }

    @Override
    public void close() {
        poller.close();
    }
}
