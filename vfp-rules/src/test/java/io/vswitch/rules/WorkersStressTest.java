package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.view.PortStats;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many TCP connections live and end at once, each packet received by any of several workers that
 * run, while rules that don't concern them change all the time: no packet is lost, every connection
 * is translated in one way for all its life, both ways, and no two alike. Prints its seed.
 */
class WorkersStressTest {
    private static final int LIVES = 1_000;
    private static final int AT_ONCE = 64;
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int FIN = 1;
    private static final int VIP = 0x0a000064;
    private static final int OUTSIDE = 0xc0000201;
    private static final long PATIENCE_NS = 30_000_000_000L;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final PolicyCompiler compiler = new PolicyCompiler("a");
    private final BalancerCompiler balancers = new BalancerCompiler();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Life[] lives = new Life[AT_ONCE];
    private MemoryPort a;
    private MemoryPort b;
    private VirtualSwitch sw;
    private int workers;
    private int begun;
    private int ended;
    private volatile boolean isRunning = true;

    /** One connection: at most one packet of it is under way. */
    private static final class Life {
        int number;
        int sourcePort;
        boolean isBalanced;
        int steps;
        int step;
        int sequenceA;
        int sequenceB;
        long sentNs;

        /** As b saw the first packet: addresses and ports. */
        int source;

        int destination;
        int ports;

        boolean isFromA() {
            if (step < 3 || step >= steps - 3) {
                return step != 1 && step != steps - 2;
            }
            return step % 2 == 1;
        }

        int flags() {
            if (step < 2) {
                return step == 0 ? SYN : SYN | ACK;
            }
            return step == steps - 3 || step == steps - 2 ? FIN | ACK : ACK;
        }

        int payload() {
            return step < 3 || step >= steps - 3 ? 0 : 400;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldKeepEveryConnectionWholeWhenWorkersShareThem(final int count) throws Exception {
        System.out.println("WorkersStressTest seed " + seed);
        workers = count;
        launch();
        final Thread changes = new Thread(this::changeRules);
        changes.start();
        final long beginNs = System.nanoTime();
        while (ended < LIVES && failure.get() == null) {
            for (int i = 0; i < AT_ONCE; i++) {
                advance(i);
            }
            b.receive((buffer, offset, length) -> arrived(true, buffer, offset), AT_ONCE);
            a.receive((buffer, offset, length) -> arrived(false, buffer, offset), AT_ONCE);
            assertTrue(
                    System.nanoTime() - beginNs < 6 * PATIENCE_NS, () -> "seed " + seed + ": slow");
        }
        isRunning = false;
        changes.join();
        assertNull(failure.get(), () -> "seed " + seed + ": " + failure.get());
        final PortStats totals = settled();
        assertEquals(0, totals.dropped(), () -> "seed " + seed + ": " + totals.drops());
        assertTrue(handed() > 0, "no worker had flows of another's connections");
        sw.close();
    }

    /** Flows that a worker without connections forwards by itself. */
    private long handed() {
        return sw.flows(f -> f.worker() > 0 && f.egress() != null, 100_000).size();
    }

    private PortStats settled() throws InterruptedException {
        PortStats totals = sw.totals();
        for (int i = 0; i < 1000 && !isSettled(totals); i++) {
            Thread.sleep(5);
            totals = sw.totals();
        }
        final PortStats last = totals;
        assertTrue(isSettled(last), () -> "seed " + seed + ": " + last);
        return last;
    }

    private boolean isSettled(final PortStats t) {
        return a.isDrained()
                && b.isDrained()
                && t.rxPackets() + t.replicated() == t.txPackets() + t.dropped() + sw.buffered();
    }

    private void launch() {
        a = new MemoryPort("a", 1500, 0, 1 << 20, workers);
        b = new MemoryPort("b", 1500, 0, 1 << 20, workers);
        sw = new SwitchContext().workers(workers).connectionCapacity(16_384).launch();
        sw.addNetwork(NetworkConfig.of("blue"));
        sw.addPort(a, "blue", policy(0));
        sw.addPort(b, "blue", PortPolicy.ALLOW_ALL);
        final MemoryPort[] ports = {a, b};
        for (int i = 0; i < 2; i++) {
            final UnsafeBuffer hello = StatefulFixture.frame(i == 0, 17, 9, 9, 0);
            ports[i].send(hello, 0, hello.capacity());
        }
        // each worker knows where both are
        final long beginNs = System.nanoTime();
        while (sw.macs("blue").size() < 2) {
            assertTrue(System.nanoTime() - beginNs < PATIENCE_NS, "MACs");
            Thread.yield();
        }
    }

    private PortPolicy policy(final int number) {
        LoadBalancer web = LoadBalancer.of("web", Affinity.NONE, 5);
        for (int host = 11; host < 14; host++) {
            final Backend.State state =
                    number % 3 == host - 11 ? Backend.State.DRAIN : Backend.State.UP;
            web = web.with(BalanceFixture.backend(host, 100, state));
        }
        compiler.balancers(
                balancers.compile(
                        LoadBalancerSet.EMPTY.with(web), address -> BalanceFixture.MAC_OF_B));
        PolicySet set =
                PolicySet.of("a")
                        .withLayer(new Layer("nat", 100, Verdict.BLOCK, true))
                        .withGroup(new Group("nat", "out", Direction.OUTBOUND, 100))
                        .withGroup(new Group("nat", "in", Direction.INBOUND, 100));
        final String[] rules = {
            "balance web where dst-ip 10.0.0.100 proto tcp dst-port 80",
            "snat p where src-ip 10.0.0.1",
            "allow proto udp",
        };
        for (int i = 0; i < rules.length; i++) {
            set = set.withRule("nat", "out", Rule.of("r" + i, 100 + i, rules[i]));
        }
        set = set.withRule("nat", "out", Rule.of("x", 1, "block proto tcp dst-port " + number));
        set = set.withRule("nat", "in", Rule.of("y", 1, "allow proto udp"));
        final PoolSet pools = PoolSet.EMPTY.with(Pool.of("p", List.of("192.0.2.1"), "2000-60000"));
        return compiler.compile(set, TagSet.EMPTY, pools, name -> -1);
    }

    /** Ports that nobody asks for are blocked, backends drain that nobody new is to have. */
    private void changeRules() {
        try {
            for (int i = 1; isRunning; i = i % 70 + 1) {
                sw.policy("a", policy(i));
                Thread.sleep(1);
            }
        } catch (final InterruptedException | RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void advance(final int i) {
        final Life life = lives[i];
        if (life == null) {
            if (begun < LIVES) {
                lives[i] = begin(begun++);
                send(i);
            }
        } else if (System.nanoTime() - life.sentNs > PATIENCE_NS) {
            failure.compareAndSet(
                    null,
                    new AssertionError(
                            "connection %d, step %d of %d, didn't arrive; %s"
                                    .formatted(
                                            life.number,
                                            life.step,
                                            life.steps,
                                            sw.totals().drops())));
        }
    }

    private Life begin(final int number) {
        final Life life = new Life();
        life.number = number;
        life.sourcePort = 2000 + number;
        life.isBalanced = random.nextBoolean();
        life.steps = 6 + random.nextInt(20);
        life.sequenceA = random.nextInt();
        life.sequenceB = random.nextInt();
        return life;
    }

    private void send(final int i) {
        final Life life = lives[i];
        final boolean fromA = life.isFromA();
        final UnsafeBuffer frame = frame(life, i, fromA);
        life.sentNs = System.nanoTime();
        final MemoryPort from = fromA ? a : b;
        assertTrue(from.sendTo(random.nextInt(workers), frame, 0, frame.capacity()));
    }

    private static UnsafeBuffer frame(final Life life, final int i, final boolean fromA) {
        final UnsafeBuffer header = StatefulFixture.frame(fromA, 6, 0, 0, life.flags());
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[54 + life.payload()]);
        frame.putBytes(0, header, 0, 54);
        frame.putShort(16, (short) (40 + life.payload()), ByteOrder.BIG_ENDIAN);
        frame.putShort(18, (short) i, ByteOrder.BIG_ENDIAN);
        if (fromA) {
            if (life.isBalanced) {
                frame.putByte(5, (byte) 0xfe);
                frame.putInt(30, VIP, ByteOrder.BIG_ENDIAN);
            }
            frame.putShort(34, (short) life.sourcePort, ByteOrder.BIG_ENDIAN);
            frame.putShort(36, (short) 80, ByteOrder.BIG_ENDIAN);
        } else {
            frame.putInt(26, life.destination, ByteOrder.BIG_ENDIAN);
            frame.putInt(30, life.source, ByteOrder.BIG_ENDIAN);
            frame.putInt(34, Integer.rotateLeft(life.ports, 16), ByteOrder.BIG_ENDIAN);
        }
        frame.putInt(38, fromA ? life.sequenceA : life.sequenceB, ByteOrder.BIG_ENDIAN);
        final int taken = life.payload() + ((life.flags() & (SYN | FIN)) == 0 ? 0 : 1);
        if (fromA) {
            life.sequenceA += taken;
        } else {
            life.sequenceB += taken;
        }
        frame.putShort(48, (short) 65_000, ByteOrder.BIG_ENDIAN);
        frame.putShort(24, (short) 0);
        Checksums.putIpv4(frame, 14);
        return frame;
    }

    private void arrived(final boolean atB, final DirectBuffer frame, final int offset) {
        if (frame.getByte(offset + 23) != 6) {
            return;
        }
        final int i = frame.getShort(offset + 18, ByteOrder.BIG_ENDIAN);
        final Life life = lives[i];
        final String where = "seed " + seed + ", connection " + life.number + ", step " + life.step;
        assertEquals(atB, life.isFromA(), where);
        final int source = frame.getInt(offset + 26, ByteOrder.BIG_ENDIAN);
        final int destination = frame.getInt(offset + 30, ByteOrder.BIG_ENDIAN);
        final int ports = frame.getInt(offset + 34, ByteOrder.BIG_ENDIAN);
        if (life.step == 0) {
            life.source = source;
            life.destination = destination;
            life.ports = ports;
            assertFirst(life, where);
        } else if (atB) {
            assertEquals(life.source, source, where);
            assertEquals(life.destination, destination, where);
            assertEquals(life.ports, ports, where);
        } else {
            assertEquals(life.isBalanced ? VIP : StatefulFixture.IP_B, source, where);
            assertEquals(StatefulFixture.IP_A, destination, where);
            assertEquals(80 << 16 | life.sourcePort, ports, where);
        }
        if (++life.step == life.steps) {
            lives[i] = null;
            ended++;
        } else {
            send(i);
        }
    }

    private void assertFirst(final Life life, final String where) {
        if (life.isBalanced) {
            assertEquals(StatefulFixture.IP_A, life.source, where);
            assertEquals(0x0a000000, life.destination & 0xffffff00, where);
            assertEquals(life.sourcePort << 16 | 8080, life.ports, where);
        } else {
            assertEquals(OUTSIDE, life.source, where);
            assertEquals(StatefulFixture.IP_B, life.destination, where);
        }
        final List<Integer> others = new ArrayList<>();
        for (final Life other : lives) {
            if (other != null && other != life && other.step > 0 && other.source == life.source) {
                others.add(other.ports >>> 16);
            }
        }
        assertTrue(!others.contains(life.ports >>> 16), where);
    }
}
