package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.port.Poller;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.view.CaptureSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Start, change and end of a switch: who waits, who is refused, what a reply promises. */
@Timeout(60)
class LifecycleTest {
    @TempDir Path directory;

    private SwitchContext context() {
        return new SwitchContext()
                .flowCapacity(1024)
                .smallSlabs(256)
                .largeSlabs(4)
                .countersFile(directory.resolve("counters"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseInOneLineWhenClosed(final boolean manual) {
        final VirtualSwitch sw = manual ? context().launchManual() : context().launch();
        final ScriptedPort port = new ScriptedPort("a");
        sw.addNetwork(NetworkConfig.of("blue"));
        sw.addPort(port, "blue", PortPolicy.ALLOW_ALL);
        final VirtualSwitch.Capture capture =
                sw.capture(
                        new CaptureSpec(null, false, 64),
                        (ns, name, received, drop, rule, buffer, offset, length, original) -> {});
        sw.close();
        sw.close();
        capture.close();
        assertTrue(port.closed);
        assertEquals(0, sw.totals().rxPackets());
        assertEquals(1, sw.ports().size());
        final UnsafeBuffer frame = EngineFixture.udp(2, 3, 4);
        final List<Runnable> requests =
                List.of(
                        () -> sw.removePort("a"),
                        () -> sw.flows(flow -> true, 1),
                        () -> sw.macs("blue"),
                        sw::buffered,
                        () -> sw.explain("a", frame, 0, frame.capacity()));
        for (final Runnable request : requests) {
            final SwitchException refused = assertThrows(SwitchException.class, request::run);
            assertEquals("the switch is closed", refused.getMessage());
        }
    }

    @Test
    void shouldReleaseWhoWaitsWhenClosed() throws Exception {
        final VirtualSwitch sw = context().launch();
        sw.addNetwork(NetworkConfig.of("blue"));
        final MemoryPort port = new MemoryPort("a");
        final CountDownLatch stuck = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        sw.addPort(
                port,
                "blue",
                (direction, fields, decision, trace) -> {
                    stuck.countDown();
                    awaitUnchecked(release);
                });
        final UnsafeBuffer frame = EngineFixture.udp(2, 3, 4);
        port.send(frame, 0, frame.capacity());
        stuck.await();
        final CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> sw.enablePort("a", false));
        final CompletableFuture<Void> closing = CompletableFuture.runAsync(sw::close);
        final ExecutionException refused =
                assertThrows(ExecutionException.class, () -> waiting.get(3, TimeUnit.SECONDS));
        assertInstanceOf(SwitchException.class, refused.getCause());
        assertFalse(closing.isDone());
        release.countDown();
        closing.get(10, TimeUnit.SECONDS);
    }

    private static void awaitUnchecked(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * 64 workers take so many counters per port that memory for them is full after some 15 ports.
     */
    @Test
    void shouldRefusePortWholeWhenThereIsNoRoomForItsCounters() {
        try (ManualSwitch sw = context().countersFile(null).workers(64).launchManual()) {
            final int room = 65_536 / (64 * (5 + DropReason.values().length));
            for (int i = 0; i < room; i++) {
                sw.addPort(new ScriptedPort("p" + i), null, PortPolicy.ALLOW_ALL);
            }
            final long generation = sw.generation();
            for (int i = 0; i < 3; i++) {
                final SwitchException refused =
                        assertThrows(
                                SwitchException.class,
                                () ->
                                        sw.addPort(
                                                new ScriptedPort("more"),
                                                null,
                                                PortPolicy.ALLOW_ALL));
                assertEquals(
                        "port 'more': no room for its counters; allowed: "
                                + room
                                + " ports with 64 worker(s)",
                        refused.getMessage());
            }
            assertEquals(generation, sw.generation());
            assertEquals(room, sw.ports().size());
            sw.removePort("p3");
            sw.addPort(new ScriptedPort("more"), null, PortPolicy.ALLOW_ALL);
            assertEquals(room, sw.ports().size());
        }
    }

    @Test
    void shouldCallPortGoneAndServeTheOthersWhenItCannotBeWaitedOn() {
        final ScriptedPort good = new ScriptedPort("good");
        final ScriptedPort bad = new ScriptedPort("bad");
        bad.descriptor = 4711;
        try (ManualSwitch sw = context().pollers(RefusingPoller::new).launchManual()) {
            sw.addNetwork(NetworkConfig.of("blue"));
            sw.addPort(bad, "blue", PortPolicy.ALLOW_ALL);
            sw.addPort(good, "blue", PortPolicy.ALLOW_ALL);
            final ScriptedPort third = new ScriptedPort("third");
            sw.addPort(third, "blue", PortPolicy.ALLOW_ALL);
            assertTrue(sw.ports().get(0).gone());
            good.deliver(EngineFixture.udp(2, 3, 4));
            sw.cycle();
            assertEquals(1, third.sent.size());
            assertEquals(0, bad.sent.size());
            sw.removePort("bad");
            assertTrue(bad.closed);
        }
    }

    private static final class RefusingPoller implements Poller {
        @Override
        public void add(final PortQueue queue, final int token) {
            throw new IllegalStateException("epoll_ctl: Operation not permitted");
        }

        @Override
        public void remove(final PortQueue queue) {
            throw new IllegalStateException("was never added");
        }

        @Override
        public int poll(final int[] tokens, final long timeoutNs) {
            return 0;
        }

        @Override
        public void wakeUp() {
            // nobody waits
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    /**
     * A rule change that has returned holds for every packet sent after it: of the probes, which
     * keep their order, exactly those sent while the rules allowed them arrive.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldObeyThePolicyThatReturnedBeforeThePacketWasSent(final int workers)
            throws InterruptedException {
        final AtomicBoolean isRunning = new AtomicBoolean(true);
        try (VirtualSwitch sw = context().workers(workers).launch()) {
            sw.addNetwork(NetworkConfig.of("blue"));
            final MemoryPort from = new MemoryPort("from");
            final MemoryPort to = new MemoryPort("to");
            final MemoryPort noise = new MemoryPort("noise");
            sw.addPort(from, "blue", PortPolicy.ALLOW_ALL);
            sw.addPort(to, "blue", PortPolicy.ALLOW_ALL);
            sw.addNetwork(NetworkConfig.of("red"));
            sw.addPort(noise, "red", PortPolicy.ALLOW_ALL);
            sw.addPort(new MemoryPort("sink"), "red", PortPolicy.ALLOW_ALL);
            final Thread traffic = new Thread(() -> makeNoise(noise, isRunning));
            traffic.start();
            toggle(sw, from, to);
            isRunning.set(false);
            traffic.join();
        }
    }

    private static void makeNoise(final MemoryPort port, final AtomicBoolean isRunning) {
        final UnsafeBuffer frame = EngineFixture.udp(9, EngineFixture.BROADCAST, 9);
        while (isRunning.get()) {
            port.send(frame, 0, frame.capacity());
            port.receive((buffer, offset, length) -> {}, 100);
            Thread.yield();
        }
    }

    private static void toggle(final VirtualSwitch sw, final MemoryPort from, final MemoryPort to) {
        final PortPolicy block =
                (direction, fields, decision, trace) -> {
                    if (fields.destinationPort == 80) {
                        decision.drop(DropReason.POLICY_BLOCKED);
                    }
                };
        final UnsafeBuffer probe = EngineFixture.udp(2, EngineFixture.BROADCAST, 80);
        final AtomicLong arrived = new AtomicLong();
        final MemoryPort.FrameHandler count =
                (buffer, offset, length) -> {
                    if (buffer.getByte(offset + 37) == 80) {
                        arrived.incrementAndGet();
                    }
                };
        final long end = System.nanoTime() + 4_000_000_000L;
        long allowed = 0;
        // for some time, and on a busy machine as long as it takes to have seen enough
        while (allowed < 100 || System.nanoTime() < end && allowed < 5_000) {
            sw.policy("to", block);
            assertTrue(from.send(probe, 0, probe.capacity()));
            assertTrue(from.send(probe, 0, probe.capacity()));
            // a burst once taken is judged by the rules of its time
            awaitDrained(from);
            sw.policy("to", PortPolicy.ALLOW_ALL);
            assertTrue(from.send(probe, 0, probe.capacity()));
            allowed++;
            final long deadline = System.nanoTime() + 5_000_000_000L;
            while (arrived.get() < allowed && System.nanoTime() < deadline) {
                to.receive(count, 1_000);
            }
            assertEquals(allowed, arrived.get());
        }
    }

    private static void awaitDrained(final MemoryPort port) {
        while (!port.isDrained()) {
            Thread.onSpinWait();
        }
    }
}
