package io.vswitch.core.engine;

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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.agrona.DirectBuffer;

/**
 * A running switch: workers, conductor, ports, networks. Every method may be called from any
 * thread; a method that changes something returns when all workers run the change, and throws
 * {@link SwitchException} with one line when it refuses.
 */
public interface VirtualSwitch extends AutoCloseable {
    /** Starts a switch with the context's settings. */
    static VirtualSwitch launch(final SwitchContext context) {
        return context.launch();
    }

    void addNetwork(NetworkConfig network);

    /** Refuses while ports are on it. */
    void removeNetwork(String name);

    /** Replaces all routers; refuses when two are on one network. */
    void routers(List<RouterConfig> routers);

    /**
     * Attaches an opened port; the switch owns it from now on and closes it when it is removed.
     *
     * @param network name of its network, or null.
     * @param policy its compiled layers.
     * @param enabled false: it neither sends nor receives until {@link #enablePort}.
     * @param guards what is checked of the frames its endpoint sends.
     * @return the port's id, unique while the port lives; rules that redirect name ports by id.
     */
    int addPort(Port port, String network, PortPolicy policy, boolean enabled, PortGuards guards);

    /** Attaches an opened port without guards. */
    default int addPort(
            final Port port, final String network, final PortPolicy policy, final boolean enabled) {
        return addPort(port, network, policy, enabled, PortGuards.NONE);
    }

    /** Attaches an opened port, enabled. */
    default int addPort(final Port port, final String network, final PortPolicy policy) {
        return addPort(port, network, policy, true);
    }

    /** Attaches an opened port, enabled, that everything may pass. */
    default int addPort(final Port port, final String network) {
        return addPort(port, network, PortPolicy.ALLOW_ALL);
    }

    /** Detaches and closes a port; returns when no worker touches it any more. */
    void removePort(String name);

    /** A disabled port neither sends nor receives; its frames are dropped and counted. */
    void enablePort(String name, boolean enabled);

    /** Replaces a port's guards. */
    void guards(String port, PortGuards guards);

    /** Replaces a port's compiled layers. */
    void policy(String port, PortPolicy policy);

    /**
     * Replaces the compiled layers of several ports in one generation: {@code policies.get(i)} for
     * {@code ports.get(i)}.
     */
    void policies(List<String> ports, List<PortPolicy> policies);

    /** The generation that every worker runs. */
    long generation();

    List<PortInfo> ports();

    /** Names of all networks. */
    List<String> networks();

    /** Counters of the whole switch. */
    PortStats totals();

    /** Every worker with the counters of its tables. */
    List<WorkerInfo> workerInfo();

    /** Makes the counters of rules exact as of now; without it they lag by up to 100 ms. */
    void syncRuleCounters();

    /**
     * Frames held in queues right now; received + replicated = sent + dropped + buffered once
     * traffic stops.
     */
    long buffered();

    /** Cached flows that pass the filter, at most {@code limit}, in no order. */
    default List<FlowInfo> flows(final Predicate<FlowInfo> filter, final int limit) {
        return flows(filter, null, limit);
    }

    /**
     * The first {@code limit} by an order of the cached flows that pass the filter.
     *
     * @param filter runs on the workers' threads, for every flow: it must be quick.
     * @param order likewise; null: whichever are met first, in no order.
     */
    List<FlowInfo> flows(Predicate<FlowInfo> filter, Comparator<FlowInfo> order, int limit);

    /**
     * Connections of stateful layers that pass the filter, whichever are met first.
     *
     * @param filter runs on the workers' threads, for every connection: it must be quick.
     */
    List<ConnectionInfo> connections(Predicate<ConnectionInfo> filter, int limit);

    /** How many connections the stateful layers of each port have, by port id; those with any. */
    Map<Integer, PortConnections> portConnections();

    /**
     * Forgets the cached flows that pass the filter; forwarding goes on meanwhile, and the next
     * packet of each is decided anew.
     *
     * @return how many.
     */
    long removeFlows(Predicate<FlowInfo> filter);

    /**
     * The packets dropped last, the latest first. Each worker keeps 64, and at most 1,000 of a
     * second's.
     *
     * @param limit most packets.
     */
    DropLog lastDrops(int limit);

    /** The packets that audit rules matched last; as {@link #lastDrops}. */
    DropLog lastAudited(int limit);

    /** MACs of a network, learned and pinned. */
    List<MacInfo> macs(String network);

    /** What a network is told of its addresses; the handle is good while the network lives. */
    Mappings mappings(String network);

    /**
     * Walks a packet through the live objects without sending it.
     *
     * @param port name of the port it would come from.
     * @param frame Ethernet frame, from {@code offset}, {@code length} bytes.
     */
    default Explanation explain(
            final String port, final DirectBuffer frame, final int offset, final int length) {
        return explain(port, 0, frame, offset, length, Map.of());
    }

    /**
     * Walks a packet through the live objects as if some ports had other layers; publishes and
     * changes nothing.
     *
     * @param remote number of the tunnel endpoint it would come from, or 0.
     * @param policies by port name, in place of the ports' own.
     */
    Explanation explain(
            String port,
            int remote,
            DirectBuffer frame,
            int offset,
            int length,
            Map<String, PortPolicy> policies);

    /** Starts a capture; close the handle to end it. */
    Capture capture(CaptureSpec spec, CapturedPacket sink);

    /** A running capture. */
    interface Capture extends AutoCloseable {
        /** Packets that were not captured because the sink was too slow. */
        long missed();

        /** Ends the capture; the sink has seen all packets captured before. */
        @Override
        void close();
    }

    /** Stops workers and conductor and closes all ports. */
    @Override
    void close();
}
