package io.vswitch.core.engine;

import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.ConnectionInfo;
import io.vswitch.core.view.DropLog;
import io.vswitch.core.view.DroppedPacket;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.FlowInfo;
import io.vswitch.core.view.MacInfo;
import io.vswitch.core.view.PortConnections;
import io.vswitch.core.view.WorkerInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;

/**
 * Asks workers for what only they may read; called from any thread, answered on the workers' own.
 */
final class WorkerQueries {
    private static final int SUBMIT_ATTEMPTS = 10_000;

    private final List<Worker> workers;
    private final AtomicReference<SwitchSnapshot> published;
    private final Waiter waiter;
    private final CopyOnWriteArrayList<CaptureSession> captures = new CopyOnWriteArrayList<>();

    WorkerQueries(
            final List<Worker> workers,
            final AtomicReference<SwitchSnapshot> published,
            final Waiter waiter) {
        this.workers = workers;
        this.published = published;
        this.waiter = waiter;
    }

    /** Asks one worker something it can answer at once. */
    <T> T ask(final Worker worker, final Function<Worker, T> question) {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        submit(
                worker,
                self -> {
                    try {
                        answer.complete(question.apply(self));
                    } catch (final RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                    return true;
                });
        return waiter.await(answer);
    }

    List<Worker> workers() {
        return workers;
    }

    private void submit(final Worker worker, final WorkerCommand command) {
        for (int i = 0; i < SUBMIT_ATTEMPTS; i++) {
            waiter.requireOpen();
            if (worker.submit(command)) {
                return;
            }
            Thread.yield();
        }
        throw new SwitchException("worker " + worker.index() + " takes no more requests");
    }

    long buffered() {
        return workers.stream().mapToLong(worker -> ask(worker, Worker::buffered)).sum();
    }

    List<WorkerInfo> workerInfo() {
        return workers.stream().map(worker -> ask(worker, Worker::info)).toList();
    }

    List<FlowInfo> flows(
            final Predicate<FlowInfo> filter, final Comparator<FlowInfo> order, final int limit) {
        final List<FlowInfo> flows = new ArrayList<>();
        for (final Worker worker : workers) {
            final int wanted = order == null ? limit - flows.size() : limit;
            final FlowDump dump = new FlowDump(filter, order, wanted);
            submit(worker, dump);
            flows.addAll(waiter.await(dump.result()));
        }
        if (order != null) {
            flows.sort(order);
        }
        return flows.size() > limit ? List.copyOf(flows.subList(0, limit)) : flows;
    }

    List<ConnectionInfo> connections(final Predicate<ConnectionInfo> filter, final int limit) {
        final List<ConnectionInfo> found = new ArrayList<>();
        for (final Worker worker : workers) {
            final ConnectionDump dump = new ConnectionDump(filter, limit - found.size());
            submit(worker, dump);
            found.addAll(waiter.await(dump.result()));
        }
        return found;
    }

    Map<Integer, PortConnections> portConnections() {
        final Map<Integer, PortConnections> sums = new HashMap<>();
        for (final Worker worker : workers) {
            ask(worker, WorkerReport::connections)
                    .forEach((port, own) -> sums.merge(port, own, PortConnections::plus));
        }
        return sums;
    }

    long removeFlows(final Predicate<FlowInfo> filter) {
        long removed = 0;
        for (final Worker worker : workers) {
            final FlowKill kill = new FlowKill(filter);
            submit(worker, kill);
            removed += waiter.await(kill.result());
        }
        return removed;
    }

    List<MacInfo> macs(final NetworkState network) {
        final MacDump dump = new MacDump(network, published.getAcquire());
        submit(workers.get(0), dump);
        return waiter.await(dump.result());
    }

    Explanation explain(
            final String port,
            final int remote,
            final DirectBuffer frame,
            final int offset,
            final int length,
            final Map<String, PortPolicy> policies) {
        final Function<Worker, Explanation> question =
                self -> new Explainer(self, policies).explain(port, remote, frame, offset, length);
        // the first worker has the connections of all
        final Explanation answer = ask(workers.get(0), question);
        for (int i = 1; i < workers.size() && !answer.cached(); i++) {
            final Explanation other = ask(workers.get(i), question);
            if (other.cached()) {
                return answer.withFlowOf(other);
            }
        }
        return answer;
    }

    DropLog lastDrops(final int limit) {
        return last(limit, worker -> worker.drops().last());
    }

    DropLog lastAudited(final int limit) {
        return last(limit, worker -> worker.drops().audits());
    }

    private DropLog last(final int limit, final Function<Worker, DropRing> ring) {
        final List<DroppedPacket> packets = new ArrayList<>();
        long passedOver = 0;
        for (final Worker worker : workers) {
            packets.addAll(
                    ask(worker, self -> ring.apply(self).read(limit, self.nowNs(), self.index())));
            passedOver += ask(worker, self -> ring.apply(self).passedOver());
        }
        packets.sort(Comparator.comparingLong(DroppedPacket::ageMs));
        final DroppedText text = new DroppedText();
        return new DropLog(packets.stream().limit(limit).map(text::describe).toList(), passedOver);
    }

    void addCapture(final CaptureSession session) {
        captures.add(session);
        publishCaptures();
    }

    /** No worker writes to the session afterwards. */
    void removeCapture(final CaptureSession session) {
        captures.remove(session);
        publishCaptures();
    }

    private void publishCaptures() {
        for (final Worker worker : workers) {
            ask(
                    worker,
                    self -> {
                        // taken when the worker takes it: of two changes at once, the one that
                        // reaches the worker last must not bring back an older list
                        self.drops().captures(captures.toArray(new CaptureSession[0]));
                        return null;
                    });
        }
    }

    /** Makes rule counters exact as of now. */
    void foldCounters() {
        for (final Worker worker : workers) {
            final CounterFold fold = new CounterFold();
            submit(worker, fold);
            waiter.await(fold.result());
        }
    }
}
