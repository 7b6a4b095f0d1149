package io.vswitch.bench.load;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.engine.ManualSwitch;
import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.WorkerInfo;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Pool;
import io.vswitch.rules.PoolSet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.TagSet;
import io.vswitch.rules.Verdict;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A switch with so many TCP connections whose sources are translated, both directions of each
 * known; run cycle by cycle on the caller's thread, on a clock of its own.
 */
final class TranslatedFlows implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long DAY_NS = 90_000_000_000_000L;
    private static final int EXPIRY_STEPS = 4_000;
    private static final int CYCLES = 4_000;
    private static final int BURST = 64;

    /** A frame of this number and above is the server's. */
    private static final long SERVER = 1L << 40;

    private final OfferedPort clients = new OfferedPort("clients", this::write, this::onClient);
    private final OfferedPort server = new OfferedPort("server", this::write, this::onServer);
    private final ManualSwitch vswitch;
    private final int connections;

    /** The frames of all flows, each way in random order: read on, as from a NIC's ring. */
    private final UnsafeBuffer clientTrace;

    private final UnsafeBuffer serverTrace;
    private boolean fromTrace;
    private final int[] addresses;
    private final int[] ports;
    private long nowNs = 1_000_000_000;
    private int flags;
    private int next;
    private long arrived;

    TranslatedFlows(final int connections) {
        this.connections = connections;
        clientTrace = trace(connections);
        serverTrace = trace(connections);
        addresses = new int[connections];
        ports = new int[connections];
        vswitch =
                new SwitchContext()
                        .clock(() -> nowNs)
                        .flowCapacity(Math.max(1024, 2 * connections))
                        .connectionCapacity(Math.max(64, connections))
                        .flowIdleMs(3_600_000)
                        .launchManual();
        vswitch.addNetwork(NetworkConfig.of("bench"));
        vswitch.addPort(server, "bench", nat());
        vswitch.addPort(clients, "bench", PortPolicy.ALLOW_ALL);
    }

    private static UnsafeBuffer trace(final int frames) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(frames * OfferedPort.FRAME_LENGTH));
    }

    private static int[] shuffled(final int count) {
        final Random random = new Random(42);
        final int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            final int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static PortPolicy nat() {
        final PolicySet set =
                PolicySet.of("server")
                        .withLayer(new Layer("nat", 1, Verdict.BLOCK, true))
                        .withGroup(new Group("nat", "in", Direction.INBOUND, 1))
                        .withRule("nat", "in", Rule.of("all", 1, "snat p where proto tcp"));
        final PoolSet pools = PoolSet.EMPTY.with(Pool.of("p", List.of("198.51.100.0/27"), null));
        return new PolicyCompiler("server").compile(set, TagSet.EMPTY, pools, name -> -1);
    }

    /** Opens all connections; their packets have passed both ways then. */
    void open() {
        // MACs are learned from the first, which are flooded
        for (int i = 0; i < 2; i++) {
            offer(clients, 0, 1, Segments.SYN);
            offer(server, 0, 1, Segments.SYN | Segments.ACK);
        }
        offer(clients, 0, connections, Segments.SYN);
        offer(server, 0, connections, Segments.SYN | Segments.ACK);
        offer(clients, 0, connections, Segments.ACK);
        offer(server, 0, connections, Segments.ACK);
        int at = 0;
        for (final int i : shuffled(connections)) {
            write(clientTrace, at, i);
            write(serverTrace, at, SERVER + i);
            at += OfferedPort.FRAME_LENGTH;
        }
    }

    private void offer(final OfferedPort port, final int from, final int to, final int tcpFlags) {
        flags = tcpFlags;
        arrived = 0;
        for (int i = from; i < to; i++) {
            while (!port.offer(port == server ? SERVER + i : i)) {
                cycle();
            }
        }
        while (port.waiting() > 0) {
            cycle();
        }
        if (arrived < (to - from) / 2) {
            throw new IllegalStateException(
                    arrived + " of " + (to - from) + " arrived: " + vswitch.totals().drops());
        }
    }

    private void cycle() {
        vswitch.cycle();
        nowNs += 1_000;
    }

    /** CPU nanoseconds that a packet of any of the flows costs, either way. */
    double nanosPerHit() {
        fromTrace = true;
        arrived = 0;
        final long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < CYCLES; i++) {
            for (int j = 0; j < BURST; j++) {
                clients.offer(next);
                server.offer(SERVER + next);
                next = next + 1 == connections ? 0 : next + 1;
            }
            cycle();
        }
        final double ns = THREADS.getCurrentThreadCpuTime() - start;
        fromTrace = false;
        if (arrived < (long) CYCLES * BURST * 2 * 9 / 10) {
            throw new IllegalStateException(arrived + " arrived");
        }
        return ns / arrived;
    }

    private void write(final UnsafeBuffer b, final int at, final long number) {
        final boolean back = number >= SERVER;
        final int i = (int) (back ? number - SERVER : number);
        if (fromTrace) {
            final int from = i * OfferedPort.FRAME_LENGTH;
            b.putBytes(at, back ? serverTrace : clientTrace, from, OfferedPort.FRAME_LENGTH);
        } else if (back) {
            Segments.fromServer(b, at, addresses[i], ports[i], flags);
        } else {
            Segments.fromClient(b, at, number, flags);
        }
    }

    private void onServer(final UnsafeBuffer b, final int at) {
        arrived++;
        if (flags == Segments.SYN) {
            final int i = b.getInt(at + Segments.SEQUENCE, ByteOrder.BIG_ENDIAN);
            addresses[i] = b.getInt(at + 26, ByteOrder.BIG_ENDIAN);
            ports[i] = b.getShort(at + 34, ByteOrder.BIG_ENDIAN) & 0xffff;
        }
    }

    private void onClient(final UnsafeBuffer b, final int at) {
        arrived++;
    }

    /** Lets the time of all pass. */
    void expire() {
        for (int i = 0; i < EXPIRY_STEPS && (i < 100 || left() > 0); i++) {
            vswitch.cycle();
            nowNs += DAY_NS / 100;
        }
    }

    /** Flows and connections that are there. */
    int left() {
        return vswitch.workerInfo().get(0).flows().size()
                + vswitch.connections(connection -> true, 1).size();
    }

    /** What the tables hold, for people. */
    String state() {
        final WorkerInfo.Flows flows = vswitch.workerInfo().get(0).flows();
        return "flows %,d (inserted %,d, expired %,d, evicted %,d), connections %,d, drops %s"
                .formatted(
                        flows.size(),
                        flows.inserted(),
                        flows.expired(),
                        flows.evicted(),
                        vswitch.connections(connection -> true, 2 * connections).size(),
                        vswitch.totals().drops());
    }

    @Override
    public void close() {
        vswitch.close();
    }
}
