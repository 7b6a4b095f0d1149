package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.ctl.api.ApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon: started and stopped by the main thread, which sleeps in between. It starts from
 * the lock to the socket, so that whoever can connect finds everything in place, and stops in
 * reverse.
 */
final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Daemon() {}

    static Daemon start(final Settings settings) throws IOException {
        final Daemon daemon = new Daemon();
        try {
            daemon.assemble(settings);
            return daemon;
        } catch (IOException | RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    private void assemble(final Settings settings) throws IOException {
        final GroupPrincipal group = settings.socketGroup();
        Files.createDirectories(settings.runDirectory);
        createParent(settings.socket());
        createParent(settings.counters());
        parts.push(SocketGuard.acquire(settings.socket()));
        final Controller.Stored stored = Controller.Stored.open(settings.stateDirectory);
        final VirtualSwitch vswitch = launch(settings, stored);
        final Controller controller =
                new Controller(
                        stored,
                        vswitch,
                        new DevicePorts(settings.workers),
                        new VtepTunnels(vswitch, settings.workers, settings.cutSuperFrames));
        parts.push(controller);
        controller.share(settings.openDirectory());
        PidFile.write(settings.pidFile());
        parts.push(() -> Files.deleteIfExists(settings.pidFile()));
        final Service service = new Service(settings, controller, vswitch);
        parts.push(ApiServer.start(settings.socket(), group, service));
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "stop"));
        LOG.info(
                "listening at {} with {} networks and {} ports",
                settings.socket(),
                controller.state().networks().size(),
                controller.state().ports().size());
    }

    private static VirtualSwitch launch(final Settings settings, final Controller.Stored stored)
            throws IOException {
        if (stored.journal().openReport().cutBytes() > 0) {
            LOG.warn(
                    "cut {} bytes of a record that was never acknowledged from the journal's end",
                    stored.journal().openReport().cutBytes());
        }
        try {
            return VirtualSwitch.launch(settings.context());
        } catch (RuntimeException e) {
            stored.journal().close();
            throw e;
        }
    }

    private static void createParent(final Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
    }

    void awaitStop() throws InterruptedException {
        stop.await();
    }

    /** SIGTERM: the JVM ends when this returns, so it waits for the main thread. */
    private void stopAndWait() {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.error("stopping failed", e);
            }
        }
        stopped.countDown();
    }
}
