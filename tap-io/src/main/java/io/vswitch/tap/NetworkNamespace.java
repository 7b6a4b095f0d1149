package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Supplier;

/**
 * A network namespace, by its path; immutable, used by the conductor. Code runs inside it on a
 * thread of its own that ends with the code: setns changes one thread only, so no other thread is
 * ever in a wrong namespace. Source: setns(2), ip-netns(8).
 */
public final class NetworkNamespace {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final NetworkNamespace OWN = new NetworkNamespace("own", null);

    private final String label;
    private final Path path;

    private NetworkNamespace(final String label, final Path path) {
        this.label = label;
        this.path = path;
    }

    /** The namespace of this process. */
    public static NetworkNamespace own() {
        return OWN;
    }

    /**
     * Finds a namespace.
     *
     * @param reference a name of {@code ip netns}, a process id, or an absolute path.
     * @throws SwitchException when there is none.
     */
    public static NetworkNamespace open(final String reference) {
        if (reference.startsWith("/")) {
            return existing(reference, Path.of(reference));
        }
        if (reference.isEmpty()
                || reference.indexOf('/') >= 0
                || reference.equals(".")
                || reference.equals("..")) {
            throw new SwitchException(
                    "network namespace '"
                            + reference
                            + "'; allowed: a name in /run/netns, a process id, an absolute path");
        }
        final Path named = Path.of("/run/netns", reference);
        if (Files.exists(named) || !reference.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return existing(reference, named);
        }
        final Path ofProcess = Path.of("/proc", reference, "ns/net");
        if (!Files.exists(ofProcess)) {
            throw notFound(reference, "neither " + named + " nor " + ofProcess);
        }
        return new NetworkNamespace(reference, ofProcess);
    }

    private static NetworkNamespace existing(final String reference, final Path path) {
        if (!Files.exists(path)) {
            throw notFound(reference, "no " + path);
        }
        return new NetworkNamespace(reference, path);
    }

    private static SwitchException notFound(final String reference, final String where) {
        return new SwitchException("network namespace '" + reference + "' not found: " + where);
    }

    /** The namespace behind a descriptor of this process, as long as that is open. */
    static NetworkNamespace of(final int fd) {
        return new NetworkNamespace(
                "descriptor " + fd, Path.of("/proc/self/fd", Integer.toString(fd)));
    }

    /** What identifies the namespace behind a path, or null when there is none any more. */
    static Object identity(final Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (final IOException e) {
            return null;
        }
    }

    boolean isOwn() {
        return path == null;
    }

    /** The path that stands for the namespace; null for the process's own. */
    public Path path() {
        return path;
    }

    /**
     * Runs {@code task} inside the namespace and returns its result; what it throws is thrown here.
     * Threads that the task starts would stay in the namespace: it must not start any.
     *
     * @throws SwitchException when the namespace has gone or may not be entered.
     */
    public <T> T call(final Supplier<T> task) {
        if (path == null) {
            return task.get();
        }
        final Visit<T> visit = new Visit<>(this, task);
        final Thread thread = new Thread(visit, "netns-" + label);
        thread.setDaemon(true);
        thread.start();
        return visit.resultOf(thread);
    }

    /** {@link #call} without a result. */
    public void run(final Runnable task) {
        call(
                () -> {
                    task.run();
                    return null;
                });
    }

    /**
     * A new descriptor of the namespace, to be closed by the caller; it keeps the namespace alive.
     */
    int descriptor() {
        final String file = path == null ? "/proc/self/ns/net" : path.toString();
        final int fd = Native.LIBC.open(file, Native.O_RDONLY | Native.O_CLOEXEC, 0);
        return Native.check(fd, "open network namespace '" + label + "' (" + file + ")");
    }

    private void enter() {
        final int fd = descriptor();
        try {
            Native.check(
                    Native.LIBC.setns(fd, CLONE_NEWNET), "enter network namespace '" + label + "'");
        } finally {
            Native.LIBC.close(fd);
        }
    }

    @Override
    public String toString() {
        return label;
    }

    /** One task inside a namespace; written by the thread inside, read after it has ended. */
    private static final class Visit<T> implements Runnable {
        private final NetworkNamespace namespace;
        private final Supplier<T> task;
        private T result;
        private RuntimeException failure;

        Visit(final NetworkNamespace namespace, final Supplier<T> task) {
            this.namespace = namespace;
            this.task = task;
        }

        @Override
        public void run() {
            try {
                namespace.enter();
                result = task.get();
            } catch (final RuntimeException e) {
                failure = e;
            } catch (final Error e) {
                failure =
                        new IllegalStateException(
                                "inside network namespace '" + namespace + "'", e);
            }
        }

        T resultOf(final Thread thread) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw failure;
            }
            return result;
        }
    }
}
