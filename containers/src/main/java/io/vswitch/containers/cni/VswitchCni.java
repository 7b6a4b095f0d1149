package io.vswitch.containers.cni;

import io.vswitch.containers.SwitchClient;
import io.vswitch.containers.UnixServer;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Entry point of the process that answers the CNI script, which would else start a JVM per call;
 * the main thread starts it and waits for its end.
 */
@Command(
        name = "vswitch-cni",
        description = "Answers the CNI plugin vswitch: makes in vswitchd what runtimes ask for.",
        mixinStandardHelpOptions = true)
public final class VswitchCni implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "FILE",
            defaultValue = "/run/vswitch/cni.sock",
            description = "Where the script asks (default: ${DEFAULT-VALUE}).")
    private Path listen;

    @Option(
            names = "--socket",
            paramLabel = "FILE",
            defaultValue = "/run/vswitch/vswitchd.sock",
            description = "vswitchd's control socket (default: ${DEFAULT-VALUE}).")
    private Path socket;

    /** Runs it; exit code 2 for a wrong command line, 1 for a failure. */
    public static void main(final String[] args) {
        final int code =
                new CommandLine(new VswitchCni())
                        .setExecutionExceptionHandler((e, line, parsed) -> fail(e, line.getErr()))
                        .execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int fail(final Exception e, final PrintWriter err) {
        final boolean expected = e instanceof Refusal || e instanceof IOException;
        err.println("vswitch-cni: " + (expected ? e.getMessage() : "internal error: " + e));
        err.flush();
        return 1;
    }

    @Override
    public Integer call() throws Exception {
        final CountDownLatch stop = new CountDownLatch(1);
        final CountDownLatch stopped = new CountDownLatch(1);
        try (SwitchClient vswitch = new SwitchClient(socket, null);
                UnixServer server =
                        UnixServer.start(listen, new CniHandler(new CniPlugin(vswitch)))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, stopped), "stop"));
            LoggerFactory.getLogger(VswitchCni.class).info("listens at {}", server);
            stop.await();
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    /** SIGTERM: the JVM ends when this returns, so it waits for the main thread. */
    private static void end(final CountDownLatch stop, final CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
