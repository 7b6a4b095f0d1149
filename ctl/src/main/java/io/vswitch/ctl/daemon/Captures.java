package io.vswitch.ctl.daemon;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.view.CaptureSpec;
import io.vswitch.core.view.CapturedPacket;
import io.vswitch.ctl.api.Api;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.persist.PcapngWriter;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures that clients run, each on a thread of the server. The conductor hands packets over by a
 * bounded queue and never waits: what a slow client can't take is counted, not captured.
 */
final class Captures {
    private static final Logger LOG = LoggerFactory.getLogger(Captures.class);
    private static final int MAX_CAPTURES = 4;
    private static final int QUEUE = 4096;
    private static final int MAX_SECONDS = 3600;
    private static final long MAX_PACKETS = 10_000_000;
    private static final long FLUSH_MS = 200;

    private final VirtualSwitch vswitch;
    private final Semaphore free = new Semaphore(MAX_CAPTURES);

    Captures(final VirtualSwitch vswitch) {
        this.vswitch = vswitch;
    }

    private record Packet(
            long epochNs, String port, String comment, byte[] bytes, int originalLength) {}

    /** Runs a capture until its count or its time is reached, or the client has gone. */
    void run(final Views.CaptureRequest request, final Api.Opener out) throws IOException {
        check(request);
        if (!free.tryAcquire()) {
            throw Refusal.failure(MAX_CAPTURES + " captures are running; that many are allowed");
        }
        try (OutputStream stream = out.open()) {
            write(request, stream);
        } finally {
            free.release();
        }
    }

    private static void check(final Views.CaptureRequest request) {
        if (request.count() < 1 || request.count() > MAX_PACKETS) {
            throw Refusal.usage(
                    "count %d; allowed are 1 to %d".formatted(request.count(), MAX_PACKETS));
        }
        if (request.seconds() < 1 || request.seconds() > MAX_SECONDS) {
            throw Refusal.usage(
                    "seconds %d; allowed are 1 to %d".formatted(request.seconds(), MAX_SECONDS));
        }
        if (request.snapLength() < 64 || request.snapLength() > 65_536) {
            throw Refusal.usage(
                    "snap length %d; allowed are 64 to 65536".formatted(request.snapLength()));
        }
    }

    private void write(final Views.CaptureRequest request, final OutputStream stream)
            throws IOException {
        final BlockingQueue<Packet> queue = new ArrayBlockingQueue<>(QUEUE);
        final CaptureSpec spec =
                new CaptureSpec(request.port(), request.drops(), request.snapLength());
        final PcapngWriter writer = new PcapngWriter(Channels.newChannel(stream), request.count());
        try (writer;
                VirtualSwitch.Capture capture = vswitch.capture(spec, sink(queue))) {
            writer.flush();
            drain(request, queue, writer);
            if (capture.missed() > 0) {
                LOG.warn("a capture missed {} packets: its client was too slow", capture.missed());
            }
        }
    }

    private static CapturedPacket sink(final BlockingQueue<Packet> queue) {
        return (epochNs, port, received, drop, rule, buffer, offset, length, originalLength) -> {
            if (queue.remainingCapacity() > 0) {
                final byte[] bytes = new byte[length];
                buffer.getBytes(offset, bytes);
                final String comment =
                        drop != null ? comment(drop, rule) : received ? "received" : "sent";
                queue.add(new Packet(epochNs, port, comment, bytes, originalLength));
            }
        };
    }

    private static String comment(final DropReason drop, final String rule) {
        return rule == null ? "drop: " + drop.label() : "drop: " + drop.label() + ", rule " + rule;
    }

    private static void drain(
            final Views.CaptureRequest request,
            final BlockingQueue<Packet> queue,
            final PcapngWriter writer)
            throws IOException {
        final Map<String, Integer> interfaces = new HashMap<>();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(request.seconds());
        while (writer.packets() < request.count()) {
            final long leftNs = deadlineNs - System.nanoTime();
            if (leftNs <= 0) {
                return;
            }
            final Packet packet =
                    poll(queue, Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(FLUSH_MS)));
            if (packet == null) {
                writer.flush();
                continue;
            }
            Integer id = interfaces.get(packet.port());
            if (id == null) {
                id = writer.addInterface(packet.port(), request.snapLength());
                interfaces.put(packet.port(), id);
            }
            writer.write(
                    id,
                    packet.epochNs(),
                    new UnsafeBuffer(packet.bytes()),
                    0,
                    packet.bytes().length,
                    packet.originalLength(),
                    packet.comment());
        }
    }

    private static Packet poll(final BlockingQueue<Packet> queue, final long waitNs) {
        try {
            return queue.poll(waitNs, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.failure("vswitchd is stopping");
        }
    }
}
