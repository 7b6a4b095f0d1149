package io.vswitch.bench;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.PortQueue;
import io.vswitch.tap.EpollPoller;
import io.vswitch.tap.NetworkNamespace;
import io.vswitch.tap.PacketSocketPort;
import io.vswitch.tap.TapOptions;
import io.vswitch.tap.TapPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Copies frames between the TAPs of two namespaces it makes and removes, in turns with one write
 * per frame and with one io_uring_enter per burst: 60-byte UDP frames as fast as a packet socket
 * sends them, to a socket that is read, and a TCP transfer of iperf3. Needs root, iperf3 and two
 * cores; runs about {@code rounds * seconds * 4}.
 */
public final class TapCopyBench implements AutoCloseable {
    private static final int FRAME_LENGTH = 60;

    private static final int UDP_PORT = 7001;

    /** IPv4 header to 10.77.0.2 with its checksum, UDP header without one. */
    private static final int[] HEADERS = {
        0x4500002e, 0x00000000, 0x40116623, 0x0a4d0001, 0x0a4d0002, 0x1b591b59, 0x001a0000
    };

    private static final long DESTINATION_MAC = 0x0200_0000_0002_0000L;

    private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String left = "vbench" + ProcessHandle.current().pid() + "a";
    private final String right = "vbench" + ProcessHandle.current().pid() + "b";
    private final List<TapPort> taps = new ArrayList<>();
    private PacketSocketPort generator;
    private DatagramChannel receiver;
    private volatile long delivered;
    private final int[] slots = new int[PacketBatch.CAPACITY];

    private void setUp() throws IOException {
        Arrays.setAll(slots, i -> i);
        for (final String namespace : List.of(left, right)) {
            run("ip", "netns", "add", namespace);
            taps.add(
                    TapPort.open(new TapOptions("t0").namespace(NetworkNamespace.open(namespace))));
            final String address = namespace.equals(left) ? "10.77.0.1/24" : "10.77.0.2/24";
            run("ip", "-n", namespace, "addr", "add", address, "dev", "t0");
            run("ip", "-n", namespace, "link", "set", "t0", "up");
        }
        run("ip", "-n", right, "link", "set", "t0", "address", "02:00:00:00:00:02");
        receiver = NetworkNamespace.open(right).call(TapCopyBench::bind);
        new Thread(this::drain, "receiver").start();
        generator = PacketSocketPort.open("generator", "t0", NetworkNamespace.open(left));
    }

    /** Arguments: seconds of one measurement (default 3), rounds (default 3). */
    public static void main(final String[] args) throws IOException, InterruptedException {
        final int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        final int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        try (TapCopyBench bench = new TapCopyBench()) {
            bench.setUp();
            for (int round = 1; round <= rounds; round++) {
                for (final boolean ring : new boolean[] {false, true}) {
                    bench.frames(ring, round, seconds);
                    bench.tcp(ring, round, seconds);
                }
            }
        }
    }

    private void frames(final boolean ring, final int round, final int seconds) {
        try (Loop loop = new Loop(ring)) {
            final long deliveredBefore = delivered;
            final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            final PacketBatch batch = new PacketBatch(new PacketPool(PacketBatch.CAPACITY, 1));
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                batch.append(batch.pool().allocateSmall(), frame(batch, i), FRAME_LENGTH);
            }
            while (System.nanoTime() < endNs) {
                generator.queue(0).transmit(batch, slots, batch.count(), (slot, reason) -> {});
            }
            loop.end();
            System.out.printf(
                    "frames %s round %d: %.0f kpps copied, %.0f kpps delivered, %d ns of CPU per"
                            + " frame, %.1f frames per burst%n",
                    loop.name(),
                    round,
                    loop.sent / 1e3 / seconds,
                    (delivered - deliveredBefore) / 1e3 / seconds,
                    loop.cpuNs / Math.max(1, loop.sent),
                    (double) loop.sent / Math.max(1, loop.bursts));
        }
    }

    private static int frame(final PacketBatch batch, final int slab) {
        final UnsafeBuffer buffer = batch.buffer();
        final int offset = batch.pool().frameOffset(slab);
        buffer.putLong(offset, DESTINATION_MAC, ByteOrder.BIG_ENDIAN);
        buffer.putShort(offset + 12, (short) 0x0800, ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < HEADERS.length; i++) {
            buffer.putInt(offset + 14 + i * Integer.BYTES, HEADERS[i], ByteOrder.BIG_ENDIAN);
        }
        return offset;
    }

    private static DatagramChannel bind() {
        try {
            return DatagramChannel.open().bind(new InetSocketAddress(UDP_PORT));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the datagrams until the socket is closed. */
    private void drain() {
        final ByteBuffer datagram = ByteBuffer.allocateDirect(2048);
        try {
            while (receiver.receive(datagram) != null) {
                datagram.clear();
                delivered++;
            }
        } catch (final ClosedChannelException e) {
            // The end.
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tcp(final boolean ring, final int round, final int seconds)
            throws IOException, InterruptedException {
        try (Loop loop = new Loop(ring)) {
            final Process server = start(right, "iperf3", "-s", "-1");
            Thread.sleep(300);
            final Process client =
                    start(left, "iperf3", "-c", "10.77.0.2", "-f", "m", "-t", "" + seconds);
            final String text = new String(client.getInputStream().readAllBytes());
            server.waitFor(1, TimeUnit.SECONDS);
            server.destroy();
            loop.end();
            text.lines()
                    .filter(line -> line.contains("receiver"))
                    .forEach(
                            line ->
                                    System.out.printf(
                                            "tcp %s round %d: %s; %.1f frames per burst%n",
                                            loop.name(),
                                            round,
                                            line,
                                            (double) loop.sent / Math.max(1, loop.bursts)));
        }
    }

    private static Process start(final String namespace, final String... command)
            throws IOException {
        final List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    private static void run(final String... command) throws IOException {
        final Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    @Override
    public void close() throws IOException {
        if (receiver != null) {
            receiver.close();
        }
        if (generator != null) {
            generator.close();
        }
        taps.forEach(TapPort::close);
        for (final String namespace : List.of(left, right)) {
            new ProcessBuilder("ip", "netns", "del", namespace).start().onExit().join();
        }
    }

    /** Copies on a thread of its own until closed; the counters may be read then. */
    private final class Loop implements AutoCloseable {
        private final EpollPoller poller;
        private final Thread thread = new Thread(this::run, "copy-loop");
        private volatile boolean running = true;
        private long sent;
        private long bursts;
        private long cpuNs;

        Loop(final boolean ring) {
            poller = ring ? new EpollPoller() : EpollPoller.withPlainWrites();
            thread.start();
        }

        String name() {
            return poller.usesUring() ? "ring " : "plain";
        }

        private void run() {
            final PacketBatch batch = new PacketBatch(new PacketPool(64, 128));
            final int[] tokens = new int[2];
            for (int i = 0; i < 2; i++) {
                poller.add(taps.get(i).queue(0), i);
            }
            final long startNs = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            while (running) {
                final int ready = poller.poll(tokens, WAIT_NS);
                for (int i = 0; i < ready; i++) {
                    copy(batch, taps.get(tokens[i]).queue(0), taps.get(1 - tokens[i]).queue(0));
                }
            }
            cpuNs = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - startNs;
            poller.close();
        }

        private void copy(final PacketBatch batch, final PortQueue from, final PortQueue to) {
            final int count = from.receive(batch, PacketBatch.CAPACITY);
            if (count > 0) {
                bursts++;
                sent += to.transmit(batch, slots, count, (slot, reason) -> {});
                batch.releaseAll();
            }
        }

        @Override
        public void close() {
            end();
        }

        void end() {
            running = false;
            while (thread.isAlive()) {
                LockSupport.parkNanos(WAIT_NS);
            }
        }
    }
}
