package io.vswitch.core.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for an answer of the conductor or a worker: by blocking, or by running them where they have
 * no threads; any thread.
 */
final class Waiter {
    private static final long TIMEOUT_SECONDS = 30;
    private static final long SLICE_MS = 100;

    private final Runnable pump;
    private volatile boolean isOpen = true;

    /**
     * @param pump runs conductor and workers once; null when they have threads of their own.
     */
    Waiter(final Runnable pump) {
        this.pump = pump;
    }

    /** From now on nobody is answered: who waits, or comes to wait, is refused. */
    void close() {
        isOpen = false;
    }

    boolean isOpen() {
        return isOpen;
    }

    /**
     * @throws SwitchException when the switch is closed.
     */
    void requireOpen() {
        if (!isOpen) {
            throw new SwitchException("the switch is closed");
        }
    }

    /**
     * The future's value; its own RuntimeException when it failed with one.
     *
     * @throws SwitchException when there is no answer within 30 seconds, the switch is closed, or
     *     the calling thread is interrupted.
     */
    <T> T await(final CompletableFuture<T> future) {
        while (pump != null && !future.isDone()) {
            pump.run();
        }
        final long startNs = System.nanoTime();
        while (true) {
            try {
                return future.get(SLICE_MS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException e) {
                requireOpen();
                requireTimeLeft(startNs);
            } catch (final ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause
                        ? cause
                        : new CompletionException(e.getCause());
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SwitchException("interrupted while waiting for the switch");
            }
        }
    }

    private static void requireTimeLeft(final long startNs) {
        if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS)) {
            throw new SwitchException("the switch didn't answer within " + TIMEOUT_SECONDS + " s");
        }
    }

    /** A thread that doesn't keep the process alive. */
    static Thread daemonThread(final Runnable runnable) {
        final Thread thread = new Thread(runnable);
        thread.setDaemon(true);
        return thread;
    }
}
