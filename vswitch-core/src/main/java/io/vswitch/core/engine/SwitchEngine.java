package io.vswitch.core.engine;

import io.vswitch.core.counters.CountersFile;
import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.Port;
import io.vswitch.core.view.CaptureSpec;
import io.vswitch.core.view.CapturedPacket;
import io.vswitch.core.view.ConnectionInfo;
import io.vswitch.core.view.DropLog;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.FlowInfo;
import io.vswitch.core.view.MacInfo;
import io.vswitch.core.view.PortConnections;
import io.vswitch.core.view.PortInfo;
import io.vswitch.core.view.PortStats;
import io.vswitch.core.view.WorkerInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * The switch behind {@link VirtualSwitch}: assembles workers and conductor, and hands requests to
 * who serves them.
 */
final class SwitchEngine implements ManualSwitch {
    private final AtomicReference<SwitchSnapshot> published =
            new AtomicReference<>(SwitchSnapshot.EMPTY);
    private final Set<Port> gonePorts = ConcurrentHashMap.newKeySet();
    private final CountersFile countersFile;
    private final Conductor conductor;
    private final List<Worker> workers;
    private final WorkerQueries queries;
    private final SwitchChanges changes;
    private final List<AgentRunner> runners = new ArrayList<>();

    private final PortBooks books;
    private final Waiter waiter;

    /**
     * @param manual true: no threads, the caller runs cycles.
     */
    SwitchEngine(final SwitchContext context, final boolean manual) {
        waiter = new Waiter(manual ? this::cycle : null);
        countersFile = new CountersFile(context.countersFile());
        conductor = new Conductor(published, countersFile, waiter);
        workers = newWorkers(context);
        books = new PortBooks(countersFile, workers.size(), published);
        Learning.connect(workers.stream().map(Worker::learning).toList());
        conductor.workers(workers);
        changes = new SwitchChanges(conductor, books, gonePorts, workers.size());
        queries = new WorkerQueries(workers, published, waiter);
        if (!manual) {
            start(context.busySpin());
        }
    }

    /** The first one keeps the connections of all. */
    private List<Worker> newWorkers(final SwitchContext context) {
        final List<Worker> made = new ArrayList<>();
        for (int i = 0; i < context.workers(); i++) {
            final Worker keeper = i == 0 ? null : made.get(0);
            made.add(new Worker(i, context, keeper, published, gonePorts::add, this::onError));
        }
        return List.copyOf(made);
    }

    private void start(final boolean busySpin) {
        for (final Worker worker : workers) {
            final IdleStrategy idle =
                    busySpin ? BusySpinIdleStrategy.INSTANCE : new AdaptiveIdleStrategy(worker);
            runners.add(new AgentRunner(idle, this::onError, null, worker));
        }
        runners.add(new AgentRunner(conductor.idleStrategy(), this::onError, null, conductor));
        runners.forEach(runner -> AgentRunner.startOnThread(runner, Waiter::daemonThread));
    }

    @Override
    public int cycle() {
        waiter.requireOpen();
        int work = conductor.doWork();
        for (int i = 0; i < workers.size(); i++) {
            work += workers.get(i).doWork();
        }
        return work;
    }

    @Override
    public int slabsInUse() {
        return workers.stream().mapToInt(worker -> worker.pool().inUse()).sum();
    }

    private void onError(final Throwable error) {
        if (!countersFile.errorLog().record(error)) {
            error.printStackTrace();
        }
    }

    @Override
    public void addNetwork(final NetworkConfig network) {
        changes.addNetwork(network);
    }

    @Override
    public void removeNetwork(final String name) {
        changes.removeNetwork(name);
    }

    @Override
    public int addPort(
            final Port port,
            final String network,
            final PortPolicy policy,
            final boolean enabled,
            final PortGuards guards) {
        return changes.addPort(port, network, policy, enabled, guards);
    }

    @Override
    public void removePort(final String name) {
        changes.removePort(name);
    }

    @Override
    public void enablePort(final String name, final boolean enabled) {
        changes.enablePort(name, enabled);
    }

    @Override
    public void guards(final String name, final PortGuards guards) {
        changes.guards(name, guards);
    }

    @Override
    public void policy(final String port, final PortPolicy policy) {
        changes.policies(List.of(port), List.of(policy));
    }

    @Override
    public void policies(final List<String> ports, final List<PortPolicy> policies) {
        changes.policies(ports, policies);
    }

    @Override
    public long generation() {
        return workers.stream().mapToLong(Worker::generation).min().orElse(0);
    }

    @Override
    public List<PortInfo> ports() {
        return PortViews.of(published.getAcquire(), gonePorts, books);
    }

    @Override
    public List<String> networks() {
        return PortViews.networks(published.getAcquire());
    }

    @Override
    public PortStats totals() {
        return books.totals();
    }

    @Override
    public void syncRuleCounters() {
        queries.foldCounters();
    }

    @Override
    public long buffered() {
        return queries.buffered();
    }

    @Override
    public List<WorkerInfo> workerInfo() {
        return queries.workerInfo();
    }

    @Override
    public List<FlowInfo> flows(
            final Predicate<FlowInfo> filter, final Comparator<FlowInfo> order, final int limit) {
        return queries.flows(filter, order, limit);
    }

    @Override
    public Map<Integer, PortConnections> portConnections() {
        return queries.portConnections();
    }

    @Override
    public List<ConnectionInfo> connections(
            final Predicate<ConnectionInfo> filter, final int limit) {
        return queries.connections(filter, limit);
    }

    @Override
    public long removeFlows(final Predicate<FlowInfo> filter) {
        return queries.removeFlows(filter);
    }

    @Override
    public DropLog lastDrops(final int limit) {
        return queries.lastDrops(limit);
    }

    @Override
    public DropLog lastAudited(final int limit) {
        return queries.lastAudited(limit);
    }

    @Override
    public List<MacInfo> macs(final String network) {
        return queries.macs(SwitchChanges.requireNetwork(published.getAcquire(), network));
    }

    @Override
    public void routers(final List<RouterConfig> routers) {
        changes.routers(routers);
    }

    @Override
    public Mappings mappings(final String network) {
        SwitchChanges.requireNetwork(published.getAcquire(), network);
        return new WorkerMappings(network, queries);
    }

    @Override
    public Explanation explain(
            final String port,
            final int remote,
            final DirectBuffer frame,
            final int offset,
            final int length,
            final Map<String, PortPolicy> policies) {
        SwitchChanges.requirePort(published.getAcquire(), port);
        return queries.explain(port, remote, frame, offset, length, policies);
    }

    @Override
    public Capture capture(final CaptureSpec spec, final CapturedPacket sink) {
        final SwitchSnapshot current = published.getAcquire();
        final int portId =
                spec.port() == null ? -1 : SwitchChanges.requirePort(current, spec.port()).id();
        final CaptureSession session =
                new CaptureSession(
                        spec,
                        portId,
                        sink,
                        id -> published.getAcquire().portName(id),
                        this::onError);
        conductor.startCapture(session);
        queries.addCapture(session);
        return new Capture() {
            @Override
            public long missed() {
                return session.missed();
            }

            @Override
            public void close() {
                if (waiter.isOpen()) {
                    queries.removeCapture(session);
                    conductor.endCapture(session);
                }
            }
        };
    }

    @Override
    public synchronized void close() {
        if (!waiter.isOpen()) {
            return;
        }
        waiter.close();
        // the first worker has what the others use
        Collections.reverse(runners.subList(0, Math.min(runners.size(), workers.size())));
        CloseHelper.closeAll(runners);
        if (runners.isEmpty()) {
            workers.forEach(Worker::onClose);
            conductor.onClose();
        }
        final SwitchSnapshot last = published.getAcquire();
        for (int id = 0; id < last.portLimit(); id++) {
            if (last.port(id) != null) {
                last.port(id).port().close();
            }
        }
    }
}
