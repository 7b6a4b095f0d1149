package io.vswitch.containers.docker;

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

/** Entry point of the plugin; the main thread starts it and waits for its end. */
@Command(
        name = "vswitch-docker",
        description = "Docker's network driver: makes what the engine asks for in vswitchd.",
        mixinStandardHelpOptions = true)
public final class VswitchDocker implements Callable<Integer> {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "vswitch",
            description = "Of the driver, as in docker network create -d (default: vswitch).")
    private String name;

    @Option(
            names = "--plugin-dir",
            paramLabel = "DIR",
            defaultValue = "/run/docker/plugins",
            description = "Where the engine looks for plugins (default: ${DEFAULT-VALUE}).")
    private Path pluginDirectory;

    @Option(
            names = "--socket",
            paramLabel = "FILE",
            defaultValue = "/run/vswitch/vswitchd.sock",
            description = "vswitchd's control socket (default: ${DEFAULT-VALUE}).")
    private Path socket;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "/var/lib/vswitch/docker",
            description = "What the engine said of networks (default: ${DEFAULT-VALUE}).")
    private Path stateDirectory;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "error, warn, info or debug (default: ${DEFAULT-VALUE}).")
    private String logLevel;

    /** Runs the plugin; exit code 2 for a wrong command line, 1 for a failure. */
    public static void main(final String[] args) {
        final int code =
                new CommandLine(new VswitchDocker())
                        .setExecutionExceptionHandler((e, line, parsed) -> fail(e, line.getErr()))
                        .execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int fail(final Exception e, final PrintWriter err) {
        final boolean expected = e instanceof Refusal || e instanceof IOException;
        err.println("vswitch-docker: " + (expected ? e.getMessage() : "internal error: " + e));
        err.flush();
        return e instanceof Refusal r && r.kind() == Refusal.Kind.USAGE ? 2 : 1;
    }

    @Override
    public Integer call() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", logLevel);
        final CountDownLatch stop = new CountDownLatch(1);
        final CountDownLatch stopped = new CountDownLatch(1);
        final Path address = pluginDirectory.resolve(name + ".sock");
        final Records records = new Records(stateDirectory);
        try (SwitchClient vswitch = new SwitchClient(socket, EndpointPolicy.LAYER)) {
            final NetworkDriver driver =
                    new NetworkDriver(records, vswitch, new HostNetwork(records));
            driver.start();
            try (UnixServer server = UnixServer.start(address, new PluginHandler(driver));
                    Housekeeping keeping = Housekeeping.start(driver)) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, stopped), "stop"));
                LoggerFactory.getLogger(VswitchDocker.class)
                        .info("{} listens at {}, {}", name, server, keeping);
                stop.await();
            }
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
