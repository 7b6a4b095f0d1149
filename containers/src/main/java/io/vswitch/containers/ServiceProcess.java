package io.vswitch.containers;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/**
 * What the processes of this module have in common: their exit codes, and that SIGTERM ends them in
 * order. The main thread makes one and waits in it; closed when all else is.
 */
public final class ServiceProcess implements AutoCloseable {
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** From now on SIGTERM ends {@link #awaitStop}. */
    public ServiceProcess() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "stop"));
    }

    /**
     * Runs a command and ends the JVM when it fails: exit code 2 for a wrong command line, 1 for
     * any other failure, told in one line.
     *
     * @param name of the program.
     */
    public static void main(
            final String name, final Callable<Integer> command, final String[] args) {
        final int code =
                new CommandLine(command)
                        .setExecutionExceptionHandler(
                                (e, line, parsed) -> fail(name, e, line.getErr()))
                        .execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int fail(final String name, final Exception e, final PrintWriter err) {
        final boolean expected = e instanceof Refusal || e instanceof IOException;
        err.println(name + ": " + (expected ? e.getMessage() : "internal error: " + e));
        err.flush();
        return e instanceof Refusal r && r.kind() == Refusal.Kind.USAGE ? 2 : 1;
    }

    /** Waits for SIGTERM. */
    public void awaitStop() throws InterruptedException {
        stop.await();
    }

    /** The JVM ends when this returns, so it waits for the main thread. */
    private void end() {
        stop.countDown();
        try {
            stopped.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
