package io.vswitch.bench.load;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.engine.ManualSwitch;
import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.PortPolicy;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A switch between clients with established connections, a stranger who attacks, and their server,
 * all in memory; run cycle by cycle on the caller's thread. Time, of the switch and of those who
 * offer, is the CPU time of this thread: another process that takes the core makes no difference.
 */
final class LoadRig implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A number from here on is the stranger's. */
    static final long STRANGER = 1L << 40;

    final ManualSwitch vswitch;
    final OfferedPort clients = new OfferedPort("clients", this::write, (b, at) -> {});
    final OfferedPort stranger = new OfferedPort("stranger", this::write, (b, at) -> {});
    private final OfferedPort server = new OfferedPort("server", this::reply, this::onServed);
    private final int connections;
    private final OfferedPort.Writer attack;

    /** Addresses and ports of the connections, as the server sees them. */
    private final int[] addresses;

    private final int[] ports;
    private int flags = Segments.SYN;
    private long nowNs = THREADS.getCurrentThreadCpuTime();
    private long served;
    private long strangers;

    /**
     * @param connections that the clients have with the server.
     * @param serverPolicy layers of the server's port.
     * @param strangerPolicy layers of the stranger's.
     * @param attack writes the stranger's frames.
     */
    LoadRig(
            final int connections,
            final PortPolicy serverPolicy,
            final PortPolicy strangerPolicy,
            final OfferedPort.Writer attack) {
        this.connections = connections;
        this.attack = attack;
        addresses = new int[connections];
        ports = new int[connections];
        vswitch = new SwitchContext().clock(() -> nowNs).launchManual();
        vswitch.addNetwork(NetworkConfig.of("bench"));
        vswitch.addPort(server, "bench", serverPolicy);
        vswitch.addPort(clients, "bench", PortPolicy.ALLOW_ALL);
        vswitch.addPort(stranger, "bench", strangerPolicy);
        establish();
    }

    private void establish() {
        // the switch learns where everybody is from the handshakes: the first are flooded
        for (int i = 0; i < 2; i++) {
            flags = Segments.SYN;
            offerAll(clients);
            offerAll(server);
            flags = Segments.ACK;
            offerAll(clients);
        }
        served = 0;
    }

    private void offerAll(final OfferedPort port) {
        for (int i = 0; i < connections; i++) {
            while (!port.offer(i)) {
                cycle();
            }
        }
        while (port.waiting() > 0) {
            cycle();
        }
    }

    private void write(final UnsafeBuffer b, final int at, final long number) {
        if (number >= STRANGER) {
            attack.write(b, at, number - STRANGER);
        } else {
            Segments.fromClient(b, at, number % connections, flags);
        }
    }

    private void reply(final UnsafeBuffer b, final int at, final long number) {
        final int i = (int) number;
        Segments.fromServer(b, at, addresses[i], ports[i], Segments.SYN | Segments.ACK);
    }

    private void onServed(final UnsafeBuffer b, final int at) {
        if (b.getLong(at + 6, ByteOrder.BIG_ENDIAN) >>> 16 == 0x02_00_00_00_00_01L) {
            served++;
            final int i = b.getInt(at + Segments.SEQUENCE, ByteOrder.BIG_ENDIAN);
            addresses[i] = b.getInt(at + 26, ByteOrder.BIG_ENDIAN);
            ports[i] = b.getShort(at + 34, ByteOrder.BIG_ENDIAN) & 0xffff;
        } else {
            strangers++;
        }
    }

    /** One cycle; time goes on. */
    long cycle() {
        vswitch.cycle();
        nowNs = THREADS.getCurrentThreadCpuTime();
        return nowNs;
    }

    /** Frames of the clients that reached the server since {@link #forget}. */
    long served() {
        return served;
    }

    /** Frames of the stranger that did. */
    long strangers() {
        return strangers;
    }

    /** Counts anew. */
    void forget() {
        served = 0;
        strangers = 0;
    }

    @Override
    public void close() {
        vswitch.close();
    }
}
