package io.vswitch.core.engine;

import io.vswitch.core.counters.CountersFile;
import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.Port;
import io.vswitch.core.view.CaptureSpec;
import io.vswitch.core.view.CapturedPacket;
import io.vswitch.core.view.DropLog;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.FlowInfo;
import io.vswitch.core.view.MacInfo;
import io.vswitch.core.view.PortInfo;
import io.vswitch.core.view.PortStats;
import io.vswitch.core.view.WorkerInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * The switch behind {@link VirtualSwitch}: assembles workers and conductor, and turns requests into
 * changes of theirs.
 */
final class SwitchEngine implements ManualSwitch {
    private static final Runnable NOTHING = () -> {};

    private final AtomicReference<SwitchSnapshot> published =
            new AtomicReference<>(SwitchSnapshot.EMPTY);
    private final Set<Port> gonePorts = ConcurrentHashMap.newKeySet();
    private final CountersFile countersFile;
    private final Conductor conductor;
    private final List<Worker> workers;
    private final WorkerQueries queries;
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
        workers =
                IntStream.range(0, context.workers())
                        .mapToObj(
                                i ->
                                        new Worker(
                                                i,
                                                context,
                                                published,
                                                gonePorts::add,
                                                this::onError))
                        .toList();
        books = new PortBooks(countersFile, workers.size(), published);
        Learning.connect(workers.stream().map(Worker::learning).toList());
        conductor.workers(workers);
        queries = new WorkerQueries(workers, published, waiter);
        if (!manual) {
            start(context.busySpin());
        }
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
        conductor.change(
                current -> {
                    if (current.network(network.name()) != null) {
                        throw new SwitchException(
                                "network '" + network.name() + "' exists already");
                    }
                    return current.withNetwork(network);
                },
                NOTHING);
    }

    @Override
    public void removeNetwork(final String name) {
        conductor.change(
                current -> {
                    final NetworkState network = requireNetwork(current, name);
                    if (network.members().length > 0) {
                        throw new SwitchException(
                                "network '"
                                        + name
                                        + "' still has "
                                        + network.members().length
                                        + " port(s), the first is '"
                                        + current.port(network.members()[0]).name()
                                        + "'; remove them first");
                    }
                    return current.withoutNetwork(network.id());
                },
                NOTHING);
    }

    private static NetworkState requireNetwork(final SwitchSnapshot current, final String name) {
        final NetworkState network = current.network(name);
        if (network == null) {
            throw new SwitchException("unknown network '" + name + "'");
        }
        return network;
    }

    private static PortState requirePort(final SwitchSnapshot current, final String name) {
        final PortState port = current.port(name);
        if (port == null) {
            throw new SwitchException("unknown port '" + name + "'");
        }
        return port;
    }

    @Override
    public int addPort(
            final Port port,
            final String network,
            final PortPolicy policy,
            final boolean enabled,
            final PortGuards guards) {
        final int[] id = new int[1];
        conductor.change(
                current -> {
                    final PortState added = newPort(current, port, network, policy);
                    final PortState state = added.withEnabled(enabled).withGuards(guards);
                    id[0] = state.id();
                    return current.withPort(state);
                },
                NOTHING);
        return id[0];
    }

    private PortState newPort(
            final SwitchSnapshot current,
            final Port port,
            final String network,
            final PortPolicy policy) {
        if (current.port(port.name()) != null) {
            throw new SwitchException("port '" + port.name() + "' exists already");
        }
        if (port.queueCount() < workers.size()) {
            throw new SwitchException(
                    "port '"
                            + port.name()
                            + "' has "
                            + port.queueCount()
                            + " queue(s); the switch has "
                            + workers.size()
                            + " workers and needs one for each");
        }
        requireStateless(port.name(), policy);
        final int networkId =
                network == null ? PortState.NO_NETWORK : requireNetwork(current, network).id();
        for (int i = 0; i < workers.size(); i++) {
            // what this throws refuses the port; a worker could only log it
            port.queue(i);
        }
        return new PortState(
                current.freePortId(),
                port,
                networkId,
                policy,
                true,
                books.open(port.name()),
                PortGuards.NONE);
    }

    @Override
    public void removePort(final String name) {
        final PortState[] removed = new PortState[1];
        conductor.change(
                current -> {
                    removed[0] = requirePort(current, name);
                    books.leave(removed[0]);
                    return current.withoutPort(removed[0].id());
                },
                () -> retire(removed[0]));
    }

    /** Runs on the conductor's thread when no worker uses the port any more. */
    private void retire(final PortState port) {
        books.retire(port);
        gonePorts.remove(port.port());
        port.port().close();
    }

    @Override
    public void enablePort(final String name, final boolean enabled) {
        conductor.change(
                current -> current.withPort(requirePort(current, name).withEnabled(enabled)),
                NOTHING);
    }

    @Override
    public void guards(final String name, final PortGuards guards) {
        conductor.change(
                current -> current.withPort(requirePort(current, name).withGuards(guards)),
                NOTHING);
    }

    @Override
    public void policy(final String port, final PortPolicy policy) {
        policies(List.of(port), List.of(policy));
    }

    @Override
    public void policies(final List<String> ports, final List<PortPolicy> policies) {
        conductor.change(
                current -> {
                    for (int i = 0; i < ports.size(); i++) {
                        requireStateless(ports.get(i), policies.get(i));
                    }
                    final List<PortState> changed = new ArrayList<>(ports.size());
                    for (int i = 0; i < ports.size(); i++) {
                        changed.add(requirePort(current, ports.get(i)).withPolicy(policies.get(i)));
                    }
                    return current.withPolicies(changed);
                },
                NOTHING);
    }

    /** A connection's two directions may be at two workers, which share nothing. */
    private void requireStateless(final String port, final PortPolicy policy) {
        if (workers.size() > 1 && policy.statefulLayers().length > 0) {
            throw new SwitchException(
                    "port '"
                            + port
                            + "' has a stateful layer; the switch has "
                            + workers.size()
                            + " workers, and stateful layers need it to have 1");
        }
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
        return queries.macs(requireNetwork(published.getAcquire(), network));
    }

    @Override
    public Mappings mappings(final String network) {
        requireNetwork(published.getAcquire(), network);
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
        requirePort(published.getAcquire(), port);
        return queries.explain(port, remote, frame, offset, length, policies);
    }

    @Override
    public Capture capture(final CaptureSpec spec, final CapturedPacket sink) {
        final SwitchSnapshot current = published.getAcquire();
        final int portId = spec.port() == null ? -1 : requirePort(current, spec.port()).id();
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
