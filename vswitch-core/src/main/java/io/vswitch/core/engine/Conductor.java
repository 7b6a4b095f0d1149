package io.vswitch.core.engine;

import io.vswitch.core.counters.CountersFile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemEpochClock;

/**
 * The control thread: makes every change of the snapshot, publishes it, and lets a change's caller
 * go on when all workers run it. It also drains captures and keeps the counters file's heartbeat.
 * Other threads reach it through {@link #change}.
 */
final class Conductor implements Agent {
    private static final long HEARTBEAT_MS = 200;
    private static final long ACTIVE_PARK_NS = 50_000;
    private static final long IDLE_PARK_NS = 100_000_000;
    private static final int CAPTURE_BURST = 256;

    private final AtomicReference<SwitchSnapshot> published;
    private final CountersFile countersFile;
    private final Waiter waiter;
    private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
    private final List<CaptureSession> captures = new CopyOnWriteArrayList<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private List<Worker> workers = new ArrayList<>();
    private long nextHeartbeatMs;
    private volatile Thread thread;

    /** Something to do when every worker runs a generation. */
    private record Waiting(long generation, Runnable then) {}

    Conductor(
            final AtomicReference<SwitchSnapshot> published,
            final CountersFile countersFile,
            final Waiter waiter) {
        this.published = published;
        this.countersFile = countersFile;
        this.waiter = waiter;
    }

    /** The workers to wait for; before the conductor starts. */
    void workers(final List<Worker> all) {
        workers = all;
    }

    @Override
    public String roleName() {
        return "vswitch-conductor";
    }

    @Override
    public void onStart() {
        thread = Thread.currentThread();
    }

    @Override
    public int doWork() {
        int work = runRequests() + completeWaiting();
        // an iterator per cycle would be garbage per cycle
        if (!captures.isEmpty()) {
            work += drainCaptures();
        }
        final long nowMs = SystemEpochClock.INSTANCE.time();
        if (nowMs >= nextHeartbeatMs) {
            nextHeartbeatMs = nowMs + HEARTBEAT_MS;
            countersFile.heartbeat(nowMs);
        }
        return work;
    }

    private int drainCaptures() {
        int count = 0;
        for (final CaptureSession capture : captures) {
            count += capture.drain(CAPTURE_BURST);
        }
        return count;
    }

    /** Captures end with the switch: their sinks see what the workers captured last. */
    @Override
    public void onClose() {
        captures.forEach(Conductor::drainAll);
    }

    private static void drainAll(final CaptureSession session) {
        while (session.drain(CAPTURE_BURST) > 0) {
            Thread.onSpinWait();
        }
    }

    private int runRequests() {
        int count = 0;
        for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
            request.run();
            count++;
        }
        return count;
    }

    private int completeWaiting() {
        int count = 0;
        for (Waiting next = waiting.peek();
                next != null && isRunBy(next.generation());
                next = waiting.peek()) {
            waiting.remove();
            next.then().run();
            count++;
        }
        return count;
    }

    private boolean isRunBy(final long generation) {
        for (final Worker worker : workers) {
            if (worker.generation() < generation) {
                return false;
            }
        }
        return true;
    }

    /** A change of the snapshot; runs on the conductor's thread. */
    @FunctionalInterface
    interface Change {
        /**
         * @return the next snapshot, or the current one to change nothing.
         * @throws SwitchException to refuse.
         */
        SwitchSnapshot apply(SwitchSnapshot current);
    }

    /**
     * Makes a change and waits until every worker runs it; any other thread.
     *
     * @param afterwards runs on the conductor's thread when every worker runs the change, before
     *     the caller goes on.
     */
    void change(final Change change, final Runnable afterwards) {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        request(
                () -> {
                    try {
                        final SwitchSnapshot next = change.apply(published.getPlain());
                        publish(next);
                        waiting.add(
                                new Waiting(next.generation(), () -> complete(done, afterwards)));
                    } catch (final RuntimeException | Error e) {
                        done.completeExceptionally(e);
                    }
                });
        waiter.await(done);
    }

    private static void complete(final CompletableFuture<Void> done, final Runnable afterwards) {
        try {
            afterwards.run();
            done.complete(null);
        } catch (final RuntimeException e) {
            done.completeExceptionally(e);
        }
    }

    private void publish(final SwitchSnapshot next) {
        // release: a worker that takes the snapshot sees everything it refers to
        published.setRelease(next);
        for (final Worker worker : workers) {
            worker.wakeUp();
        }
    }

    /** Runs something on the conductor's thread, later; any thread. */
    void request(final Runnable request) {
        requests.add(request);
        LockSupport.unpark(thread);
    }

    void startCapture(final CaptureSession session) {
        captures.add(session);
    }

    /** Ends a capture: the sink has seen everything afterwards. */
    void endCapture(final CaptureSession session) {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        request(
                () -> {
                    drainAll(session);
                    captures.remove(session);
                    done.complete(null);
                });
        waiter.await(done);
    }

    /**
     * How the conductor waits: shortly while a worker or a capture is expected, long otherwise; a
     * request wakes it.
     */
    IdleStrategy idleStrategy() {
        return new IdleStrategy() {
            @Override
            public void idle(final int workCount) {
                if (workCount == 0) {
                    idle();
                }
            }

            @Override
            public void idle() {
                if (requests.isEmpty()) {
                    LockSupport.parkNanos(
                            waiting.isEmpty() && captures.isEmpty()
                                    ? IDLE_PARK_NS
                                    : ACTIVE_PARK_NS);
                }
            }

            @Override
            public void reset() {
                // no state
            }
        };
    }
}
