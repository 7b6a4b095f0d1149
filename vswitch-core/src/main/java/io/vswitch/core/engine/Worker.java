package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.port.Port;
import io.vswitch.core.state.ConnectionEvents;
import io.vswitch.core.state.ConnectionTable;
import io.vswitch.core.state.ConnectionTracker;
import io.vswitch.core.view.WorkerInfo;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.jctools.queues.MpscArrayQueue;

/**
 * One packet-forwarding thread: owns its queues, pool, flow table, MAC tables and verdicts, and
 * runs every burst to completion. Other threads reach it through the published snapshot, {@link
 * #submit} and {@link #wakeUp}.
 */
final class Worker implements Agent {
    private static final long PARK_NS = 100_000_000;
    private static final int MAX_COMMANDS = 1024;

    private final int index;
    private final long seed;
    private final AtomicReference<SwitchSnapshot> published;
    private final NanoClock clock;
    private final ErrorHandler errors;
    private final Drops drops = new Drops();
    private final Learning learning = new Learning();
    private final VerdictTable verdicts;
    private final Neighbours neighbours;
    private final Routing routing;
    private final PacketPool pool;
    private final FlowTable flows;
    private final FlowCache cache;
    private final ConnectionTable connections;
    private final ConnectionEvents events;
    private final HandedPackets handed;
    private final Handover handover;
    private final boolean busySpin;
    private final Pipeline pipeline;
    private final Receiver receiver;
    private final WorkerTimers timers;
    private final MpscArrayQueue<WorkerCommand> commands = new MpscArrayQueue<>(MAX_COMMANDS);
    private final AtomicLong generation = new AtomicLong();
    private WorkerCommand current;
    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;
    private WorkerPort[] ports = {};
    private MacTable[] macs = {};

    /** Told by a worker that a port's device has vanished. */
    @FunctionalInterface
    interface PortGoneListener {
        void onPortGone(Port port);
    }

    /**
     * @param keeper of connections for all workers; null: this one is.
     */
    Worker(
            final int index,
            final SwitchContext context,
            final Worker keeper,
            final AtomicReference<SwitchSnapshot> published,
            final PortGoneListener goneListener,
            final ErrorHandler errors) {
        this.index = index;
        this.seed = context.seed();
        this.published = published;
        this.clock = context.clock();
        this.errors = errors;
        this.busySpin = context.busySpin();
        this.verdicts = new VerdictTable(context.workers());
        this.neighbours = new Neighbours(seed);
        this.routing = new Routing(neighbours);
        this.pool = new PacketPool(context.smallSlabs(), context.largeSlabs());
        this.flows = new FlowTable(context.flowCapacity(), seed);
        this.connections = keeper == null ? connections(context) : null;
        this.events = keeper == null ? connections.events() : keeper.events;
        this.cache = new FlowCache(flows, verdicts);
        final PacketBatch batch = new PacketBatch(pool);
        this.pipeline = newPipeline(batch);
        this.handed =
                keeper == null && context.workers() > 1
                        ? pipeline.newHandedPackets(context.workers())
                        : null;
        this.handover = keeper == null ? null : newHandover(batch, keeper);
        pipeline.handsOverBy(handover);
        this.receiver =
                new Receiver(
                        context.pollers() == null ? new ParkingPoller() : context.pollers().get(),
                        batch,
                        pipeline,
                        goneListener,
                        errors);
        this.timers = new WorkerTimers(flows, verdicts, connections, context.flowIdleMs());
    }

    private static ConnectionTable connections(final SwitchContext context) {
        final int capacity = context.connectionCapacity();
        final ConnectionTable table =
                new ConnectionTable(capacity, context.seed(), context.workers() > 1);
        table.liberal(context.tcpLiberal());
        return table;
    }

    private Pipeline newPipeline(final PacketBatch batch) {
        return new Pipeline(
                batch, flows, cache, drops, learning, neighbours, routing, newTracker(), errors);
    }

    private Handover newHandover(final PacketBatch batch, final Worker keeper) {
        return new Handover(index, cache, batch, flows, drops, keeper.handed, keeper::wakeUp);
    }

    @Override
    public String roleName() {
        return "vswitch-worker-" + index;
    }

    @Override
    public int doWork() {
        final int control = takeSnapshot() + runCommands();
        final long nowNs = clock.nanoTime();
        final int work = receiver.poll(nowNs) + learning.drain(nowNs) + exchange(nowNs);
        timers.run(nowNs, snapshot, macs);
        pipeline.fragments().expire(nowNs);
        return control + work;
    }

    private int exchange(final long nowNs) {
        if (handover != null) {
            return handover.drain();
        }
        return handed == null ? 0 : handed.poll(nowNs);
    }

    private int takeSnapshot() {
        final SwitchSnapshot next = published.getAcquire();
        if (next == snapshot) {
            return 0;
        }
        if (connections != null) {
            ConnectionScope.change(connections, snapshot, next);
        }
        updatePorts(next);
        updateNetworks(next);
        snapshot = next;
        learning.onSnapshot(next, macs);
        neighbours.onSnapshot(next);
        routing.onSnapshot(macs);
        pipeline.onSnapshot(next, ports, macs);
        if (handed != null) {
            handed.onSnapshot(next, ports);
        }
        generation.setRelease(next.generation());
        return 1;
    }

    private void updatePorts(final SwitchSnapshot next) {
        final WorkerPort[] updated = Arrays.copyOf(ports, Math.max(ports.length, next.portLimit()));
        receiver.ports(updated);
        for (int id = 0; id < updated.length; id++) {
            final PortState state = next.port(id);
            // by counters, not by port or id: both may have come back since
            if (updated[id] != null
                    && (state == null || state.counters() != updated[id].state.counters())) {
                detach(updated[id]);
                updated[id] = null;
            }
            if (state != null && updated[id] == null) {
                updated[id] = new WorkerPort(state, index);
                updated[id].since = next.generation();
                receiver.attach(updated[id], index);
            } else if (state != null) {
                updated[id].onState(state);
            }
        }
        ports = updated;
    }

    private void detach(final WorkerPort port) {
        pipeline.fragments().forgetPort(port.id);
        receiver.detach(port);
        for (final MacTable table : macs) {
            if (table != null) {
                table.removePort(port.id);
            }
        }
    }

    private void updateNetworks(final SwitchSnapshot next) {
        final MacTable[] updated = new MacTable[next.networkLimit()];
        for (int id = 0; id < updated.length; id++) {
            final NetworkState network = next.network(id);
            final NetworkState before = snapshot.network(id);
            if (network != null) {
                updated[id] =
                        before != null && before.config() == network.config()
                                ? macs[id]
                                : new MacTable(network.config().macLimit(), seed);
            }
        }
        macs = updated;
        Epochs.share(next, macs);
    }

    private int runCommands() {
        if (current == null) {
            current = commands.relaxedPoll();
        }
        if (current == null) {
            return 0;
        }
        if (finished(current)) {
            current = null;
        }
        return 1;
    }

    private boolean finished(final WorkerCommand command) {
        try {
            return command.run(this);
        } catch (final RuntimeException e) {
            errors.onError(e);
            return true;
        }
    }

    /** Waits for traffic, a command or a snapshot; the worker's thread. */
    void park() {
        receiver.park(
                PARK_NS,
                () ->
                        published.getAcquire() != snapshot
                                || !commands.isEmpty()
                                || handed != null && !handed.frames().isEmpty()
                                || receiver.poll(clock.nanoTime()) > 0);
    }

    /**
     * Asks the worker to run a command between bursts; any thread. False when too many wait
     * already.
     */
    boolean submit(final WorkerCommand command) {
        final boolean accepted = commands.offer(command);
        wakeUp();
        return accepted;
    }

    /** Ends the worker's wait; any thread. */
    void wakeUp() {
        receiver.wakeUp();
    }

    /** The generation the worker runs; any thread. */
    long generation() {
        return generation.getAcquire();
    }

    Learning learning() {
        return learning;
    }

    long buffered() {
        long frames = pipeline.fragments().size();
        for (final WorkerPort port : ports) {
            frames += port == null ? 0 : port.queue.pendingFrames();
        }
        return frames;
    }

    @Override
    public void onClose() {
        verdicts.fold();
        receiver.close();
        flows.close();
        pipeline.close();
        CloseHelper.close(connections);
    }

    /** A view of the connections for one decider on this thread. */
    ConnectionTracker newTracker() {
        return connections == null
                ? new ConnectionTracker(events)
                : new ConnectionTracker(connections);
    }

    SwitchSnapshot snapshot() {
        return snapshot;
    }

    ConnectionTable connections() {
        return connections;
    }

    FlowTable flows() {
        return flows;
    }

    Verdict verdict(final int flow) {
        return cache.isCurrent(flow) ? cache.verdict(flow) : null;
    }

    String changeText(final int flow, final HeaderFields fields) {
        final Verdict verdict = verdict(flow);
        return verdict == null ? null : cache.changeText(flow, verdict, fields);
    }

    MacTable macs(final int network) {
        return network >= 0 && network < macs.length ? macs[network] : null;
    }

    Routing routing() {
        return routing;
    }

    Neighbours neighbours() {
        return neighbours;
    }

    Drops drops() {
        return drops;
    }

    PacketPool pool() {
        return pool;
    }

    int index() {
        return index;
    }

    WorkerInfo info() {
        return new WorkerInfo(
                index,
                busySpin ? "busy-spin" : "adaptive",
                receiver.usesUring(),
                timers.flowReport(),
                WorkerReport.macs(macs));
    }

    long nowNs() {
        return clock.nanoTime();
    }

    VerdictTable verdicts() {
        return verdicts;
    }
}
