package io.vswitch.tap;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Notices the end of namespaces that only our own descriptors still keep alive; its own daemon
 * thread, once a second.
 *
 * <p>A TAP descriptor that was attached inside a namespace holds a reference on it ({@code
 * tun_chr_open}), so the kernel never tears such a namespace down by itself and reads never fail. A
 * device that was created outside and moved in has no such reference, but a restart can only attach
 * inside. So for these ports: when the path by which the namespace was found has gone and no
 * process lives in it, its TAP is deleted, upon which its descriptors report EBADFD.
 */
final class NamespaceWatch {
    private static final long PERIOD_MS = 1000;
    private static final List<Watched> WATCHED = new CopyOnWriteArrayList<>();
    private static final ScheduledExecutorService THREAD =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        final Thread thread = new Thread(task, "namespace-watch");
                        thread.setDaemon(true);
                        return thread;
                    });

    static {
        THREAD.scheduleWithFixedDelay(
                () -> WATCHED.forEach(Watched::check), PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    private NamespaceWatch() {}

    /** Calls {@code onEnd} once when the namespace at this path has ended. */
    static Watched start(final Path path, final Runnable onEnd) {
        final Watched watched = new Watched(path, onEnd);
        WATCHED.add(watched);
        return watched;
    }

    /** One namespace being watched. */
    static final class Watched {
        private final Path path;
        private final Object identity;
        private final Runnable onEnd;

        private Watched(final Path path, final Runnable onEnd) {
            this.path = path;
            this.identity = NetworkNamespace.identity(path);
            this.onEnd = onEnd;
        }

        void stop() {
            WATCHED.remove(this);
        }

        private void check() {
            if (!Objects.equals(identity, NetworkNamespace.identity(path)) && !hasProcess()) {
                stop();
                onEnd.run();
            }
        }

        private boolean hasProcess() {
            try (DirectoryStream<Path> processes =
                    Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (final Path process : processes) {
                    if (Objects.equals(
                            identity, NetworkNamespace.identity(process.resolve("ns/net")))) {
                        return true;
                    }
                }
                return false;
            } catch (final IOException e) {
                return true;
            }
        }
    }
}
