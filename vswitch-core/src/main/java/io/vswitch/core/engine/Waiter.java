package io.vswitch.core.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for an answer of the conductor or a worker: by blocking, or by running them where they have
 * no threads.
 */
final class Waiter {
    private static final long TIMEOUT_SECONDS = 30;

    private final Runnable pump;

    /**
     * @param pump runs conductor and workers once; null when they have threads of their own.
     */
    Waiter(final Runnable pump) {
        this.pump = pump;
    }

    /**
     * The future's value; its own RuntimeException when it failed with one.
     *
     * @throws SwitchException when there is no answer within 30 seconds, or the calling thread is
     *     interrupted.
     */
    <T> T await(final CompletableFuture<T> future) {
        while (pump != null && !future.isDone()) {
            pump.run();
        }
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new CompletionException(e.getCause());
        } catch (final TimeoutException e) {
            throw new SwitchException("the switch didn't answer within " + TIMEOUT_SECONDS + " s");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SwitchException("interrupted while waiting for the switch");
        }
    }
}
