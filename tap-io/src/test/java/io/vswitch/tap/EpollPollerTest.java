package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.PortQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EpollPollerTest {
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(20);

    private final EpollPoller poller = new EpollPoller();
    private final int[] tokens = new int[8];

    @AfterEach
    void tearDown() {
        poller.close();
    }

    private long pollNs(final long timeoutNs) {
        final long startNs = System.nanoTime();
        assertEquals(0, poller.poll(tokens, timeoutNs));
        return System.nanoTime() - startNs;
    }

    @Test
    void shouldWaitAsLongAsAsked() {
        pollNs(0);
        final long waitedNs = pollNs(TimeUnit.MICROSECONDS.toNanos(300));
        assertTrue(waitedNs >= 300_000 && waitedNs < 100_000_000, () -> waitedNs + " ns");
    }

    @Test
    void shouldEndTheWaitWhenWokenUpByAnotherThread() throws InterruptedException {
        final Thread other =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(100);
                            } catch (final InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            poller.wakeUp();
                        });
        other.start();
        assertTrue(pollNs(LONG_NS) < LONG_NS / 2);
        other.join();
    }

    @Test
    void shouldEndTheNextWaitOnceWhenWokenUpBefore() {
        poller.wakeUp();
        poller.wakeUp();
        assertTrue(pollNs(LONG_NS) < LONG_NS / 2);
        assertTrue(pollNs(TimeUnit.MILLISECONDS.toNanos(20)) >= 20_000_000);
    }

    @Test
    void shouldIgnoreQueuesWithoutDescriptor() {
        final PortQueue none =
                new PortQueue() {
                    @Override
                    public int receive(final PacketBatch batch, final int limit) {
                        return 0;
                    }

                    @Override
                    public int transmit(
                            final PacketBatch batch,
                            final int[] slots,
                            final int count,
                            final io.vswitch.core.port.TransmitFailure failed) {
                        return 0;
                    }

                    @Override
                    public int fileDescriptor() {
                        return NO_FILE_DESCRIPTOR;
                    }
                };
        poller.add(none, 1);
        poller.remove(none);
        pollNs(0);
    }

    @Test
    @Tag("root")
    void shouldReportTheTokenWhileFramesWait() {
        try (TestNamespace namespace = new TestNamespace();
                TapPort port = TapPortTest.tap(namespace, "10.9.0.1/24", true)) {
            poller.add(port.queue(0), 65_535);
            namespace.exec("ping", "-c", "1", "-W", "1", "10.9.0.9");
            assertEquals(1, poller.poll(tokens, LONG_NS));
            assertEquals(65_535, tokens[0]);
            assertEquals(1, poller.poll(tokens, 0));
            final PacketBatch batch = new PacketBatch(new PacketPool(1, PacketBatch.CAPACITY));
            assertTrue(port.queue(0).receive(batch, PacketBatch.CAPACITY) > 0);
            assertEquals(0, poller.poll(tokens, 0));
            namespace.exec("ping", "-c", "1", "-W", "1", "10.9.0.9");
            poller.remove(port.queue(0));
            assertEquals(0, poller.poll(tokens, 0));
        }
    }
}
