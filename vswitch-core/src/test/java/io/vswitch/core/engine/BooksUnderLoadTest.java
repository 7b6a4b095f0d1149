package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.CountersFile;
import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleExtras;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.view.CaptureSpec;
import io.vswitch.core.view.PortStats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.ErrorLogReader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads send good and damaged frames while others change policies, ports, networks and captures:
 * nothing is lost uncounted, no sum ever falls, no frame reaches another network. Prints its seed.
 */
class BooksUnderLoadTest {
    private static final long RUN_MS = 3_500;
    private static final int PORTS_PER_NETWORK = 3;
    private static final long BROADCAST = 0xff_ff_ff_ff_ff_ffL;

    /** Where a frame carries its network's number: behind every header. */
    private static final int NETWORK_MARK = 54;

    /** Bytes of the IPv4 and ICMP headers before a quoted packet. */
    private static final int QUOTE_SHIFT = 28;

    @TempDir Path directory;
    private final long seed = System.nanoTime();
    private final List<List<MemoryPort>> networks = new CopyOnWriteArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong delivered = new AtomicLong();
    private volatile boolean isRunning = true;
    private VirtualSwitch sw;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldBalanceTheBooksWhenEverythingChangesUnderLoad(final int workers) throws Exception {
        System.out.println("BooksUnderLoadTest seed " + seed);
        final Path file = directory.resolve("counters-" + workers);
        sw = new SwitchContext().workers(workers).flowCapacity(1024).countersFile(file).launch();
        addNetworks();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            final Random random = new Random(seed + i);
            threads.add(start(() -> sendAndReceive(random)));
        }
        threads.add(start(() -> changeRules(new Random(seed + 10))));
        threads.add(start(() -> changePorts(new Random(seed + 11))));
        threads.add(start(this::watchTotals));
        Thread.sleep(RUN_MS);
        isRunning = false;
        for (final Thread thread : threads) {
            thread.join(30_000);
        }
        assertNull(failure.get(), () -> "seed " + seed + ": " + failure.get());
        settle();
        final PortStats totals = sw.totals();
        assertEquals(
                totals.rxPackets() + totals.replicated(),
                totals.txPackets() + totals.dropped() + sw.buffered(),
                () -> "seed " + seed + ": " + totals);
        assertTrue(delivered.get() > 1_000, () -> "hardly any traffic: " + delivered);
        assertEquals(0, totals.drops().getOrDefault(DropReason.INTERNAL_ERROR, 0L));
        assertTrue(
                ((SwitchEngine) sw).slabsInUse() <= sw.buffered(), "more than fragments that wait");
        sw.close();
        try (CountersFile.View view = new CountersFile.View(file)) {
            final List<String> errors = new ArrayList<>();
            ErrorLogReader.read(view.errors(), (count, first, last, text) -> errors.add(text));
            assertEquals(List.of(), errors);
        }
    }

    private void addNetworks() {
        for (int n = 0; n < 2; n++) {
            sw.addNetwork(NetworkConfig.of("net" + n));
            final List<MemoryPort> ports = new ArrayList<>();
            for (int i = 0; i < PORTS_PER_NETWORK; i++) {
                final MemoryPort port = new MemoryPort("n" + n + "p" + i);
                sw.addPort(port, "net" + n, PortPolicy.ALLOW_ALL);
                ports.add(port);
            }
            networks.add(ports);
        }
    }

    private Thread start(final Runnable body) {
        final Thread thread =
                new Thread(
                        () -> {
                            try {
                                body.run();
                            } catch (final Throwable e) {
                                failure.compareAndSet(null, e);
                            }
                        });
        thread.start();
        return thread;
    }

    private void sendAndReceive(final Random random) {
        while (isRunning) {
            for (int i = 0; i < 20; i++) {
                final int network = random.nextInt(2);
                final List<MemoryPort> ports = networks.get(network);
                final UnsafeBuffer frame = frame(random, network);
                final int length =
                        random.nextInt(8) == 0
                                ? random.nextInt(frame.capacity())
                                : frame.capacity();
                ports.get(random.nextInt(PORTS_PER_NETWORK)).send(frame, 0, length);
            }
            receiveAll();
            Thread.yield();
        }
    }

    private static UnsafeBuffer frame(final Random random, final int network) {
        final long from = 0x02_00_00_00_00_00L | random.nextInt(6);
        final long to =
                random.nextInt(4) == 0 ? BROADCAST : 0x02_00_00_00_00_00L | random.nextInt(6);
        final UnsafeBuffer frame =
                random.nextBoolean()
                        ? Frames.udp(
                                from, to, "10.0.0.1", "10.0.0.2", random.nextInt(2000), 80, 100)
                        : Frames.tcp(
                                from,
                                to,
                                "10.0.0.1",
                                "10.0.0.2",
                                random.nextInt(2000),
                                80,
                                16,
                                100);
        frame.setMemory(NETWORK_MARK, 60, (byte) (0xa0 + network));
        if (random.nextInt(6) == 0) {
            frame.putByte(12 + random.nextInt(30), (byte) random.nextInt(256));
        }
        return frame;
    }

    /** One thread at a time may take frames from a port. */
    private synchronized void receiveAll() {
        for (int n = 0; n < networks.size(); n++) {
            final byte mark = (byte) (0xa0 + n);
            for (final MemoryPort port : networks.get(n)) {
                port.receive((buffer, offset, length) -> check(buffer, offset, length, mark), 256);
            }
        }
    }

    /** The switch's own answer to a TTL that ran out: it quotes the frame behind two headers. */
    private static boolean isTimeExceeded(
            final DirectBuffer buffer, final int offset, final int length) {
        return length > 34 && buffer.getByte(offset + 23) == 1 && buffer.getByte(offset + 34) == 11;
    }

    private void check(
            final DirectBuffer buffer, final int offset, final int length, final byte mark) {
        delivered.incrementAndGet();
        final int at = NETWORK_MARK + (isTimeExceeded(buffer, offset, length) ? QUOTE_SHIFT : 0);
        if (length > at && buffer.getByte(offset + at) != mark) {
            throw new IllegalStateException("a frame of another network was delivered");
        }
    }

    private void changeRules(final Random random) {
        while (isRunning) {
            final String port = "n" + random.nextInt(2) + "p" + random.nextInt(2);
            final int kind = random.nextInt(6);
            final RuleRef limit =
                    new RuleRef(
                            port,
                            "l",
                            "g",
                            "r",
                            new RuleExtras(
                                    RateLimit.parse("1mbit"), null, random.nextBoolean(), null));
            sw.policy(
                    port,
                    (direction, fields, decision, trace) -> {
                        if (kind == 1 && (fields.sourcePort & 1) == 0) {
                            decision.drop(DropReason.POLICY_BLOCKED);
                        } else if (kind == 2) {
                            fields.dscp = 10;
                        } else if (kind >= 4) {
                            decision.matched(limit);
                            decision.mirror(fields.ingressPort);
                        } else if (kind == 3 && fields.isIpv4()) {
                            fields.ttlDecrement = 1;
                        }
                    });
            if (random.nextInt(8) == 0) {
                sw.enablePort(port, false);
                sw.enablePort(port, true);
            }
        }
    }

    /** The last port of network 0 and a network of its own come and go; captures start and stop. */
    private void changePorts(final Random random) {
        final AtomicLong captured = new AtomicLong();
        while (isRunning) {
            sw.addNetwork(new NetworkConfig("brief", 16, 1_000));
            final MemoryPort port = new MemoryPort("brief", 1500, 0, 1 << 16);
            sw.addPort(port, random.nextBoolean() ? "net1" : "brief", PortPolicy.ALLOW_ALL);
            final UnsafeBuffer frame = frame(random, 1);
            try (VirtualSwitch.Capture capture =
                    sw.capture(
                            new CaptureSpec(
                                    random.nextBoolean() ? null : "brief",
                                    random.nextBoolean(),
                                    64),
                            (ns, name, received, drop, rule, buffer, offset, length, original) ->
                                    captured.incrementAndGet())) {
                for (int i = 0; i < 50; i++) {
                    port.send(frame, 0, frame.capacity());
                }
                assertTrue(capture.missed() >= 0);
            }
            sw.removePort("brief");
            sw.removeNetwork("brief");
            final MemoryPort old = networks.get(0).get(PORTS_PER_NETWORK - 1);
            sw.removePort(old.name());
            sw.addPort(replacement(old.name()), "net0", PortPolicy.ALLOW_ALL);
        }
    }

    private synchronized MemoryPort replacement(final String name) {
        final MemoryPort next = new MemoryPort(name, 1500, 0, 1 << 16);
        final List<MemoryPort> ports = new ArrayList<>(networks.get(0));
        ports.set(PORTS_PER_NETWORK - 1, next);
        networks.set(0, ports);
        return next;
    }

    private void watchTotals() {
        PortStats before = sw.totals();
        while (isRunning) {
            final PortStats now = sw.totals();
            final PortStats last = before;
            final boolean rises =
                    now.rxPackets() >= last.rxPackets()
                            && now.txPackets() >= last.txPackets()
                            && now.rxBytes() >= last.rxBytes()
                            && now.txBytes() >= last.txBytes()
                            && now.replicated() >= last.replicated()
                            && now.dropped() >= last.dropped();
            assertTrue(rises, () -> last + " then " + now);
            sw.ports().forEach(port -> assertTrue(port.stats().rxPackets() >= 0));
            before = now;
            Thread.yield();
        }
    }

    /** Waits until the switch has taken all that was sent. */
    private void settle() throws InterruptedException {
        long before = -1;
        for (int i = 0; i < 100; i++) {
            receiveAll();
            final PortStats now = sw.totals();
            final long sum = now.rxPackets() + now.txPackets() + now.dropped();
            final boolean drained =
                    networks.stream().flatMap(List::stream).allMatch(MemoryPort::isDrained);
            if (drained && sum == before) {
                return;
            }
            before = sum;
            Thread.sleep(20);
        }
        throw new IllegalStateException("traffic does not end");
    }
}
