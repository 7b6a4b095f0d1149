package io.vswitch.containers.docker;

import io.vswitch.containers.ServiceProcess;
import io.vswitch.containers.SwitchClient;
import io.vswitch.containers.UnixServer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
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
            names = "--swarm-socket",
            paramLabel = "FILE",
            defaultValue = "/run/vswitch/docker-swarm.sock",
            description =
                    "Where swarm networks are served, for the managed plugin (default:"
                            + " ${DEFAULT-VALUE}).")
    private Path swarmSocket;

    @Option(
            names = "--engine",
            paramLabel = "FILE",
            defaultValue = "/run/docker.sock",
            description = "The engine's socket (default: ${DEFAULT-VALUE}).")
    private Path engineSocket;

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
        ServiceProcess.main("vswitch-docker", new VswitchDocker(), args);
    }

    @Override
    public Integer call() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", logLevel);
        final Records records = new Records(stateDirectory);
        try (ServiceProcess process = new ServiceProcess();
                Engine engine = new Engine(engineSocket);
                SwitchClient others = new SwitchClient(socket, null);
                SwitchClient joining = new SwitchClient(socket, null);
                SwitchClient follower = new SwitchClient(socket, LayerPlan.OWNER);
                SwitchClient vswitch = new SwitchClient(socket, EndpointPolicy.LAYER)) {
            final NetworkDriver driver =
                    new NetworkDriver(records, vswitch, new HostNetwork(records));
            driver.start();
            final SwarmNodes nodes = new SwarmNodes(records, others, engine, driver::forgetNetwork);
            final SwarmCalls swarm =
                    new SwarmCalls(
                            records, driver, new SwarmNetworks(records, vswitch, engine), nodes);
            serve(process, engine, records, driver, nodes, swarm, follower, joining);
        }
        return 0;
    }

    private void serve(
            final ServiceProcess process,
            final Engine engine,
            final Records records,
            final NetworkDriver driver,
            final SwarmNodes nodes,
            final SwarmCalls swarm,
            final SwitchClient follower,
            final SwitchClient joining)
            throws Exception {
        final Path address = pluginDirectory.resolve(name + ".sock");
        final AddressPools pools = new AddressPools(records.pools());
        final PluginHandler.Calls ofHost =
                new AddressCalls(pools, AddressCalls.HOST, AddressCalls.HOST);
        final PluginHandler.Calls ofSwarm =
                new AddressCalls(pools, AddressPools.NODE, AddressCalls.SWARM);
        final Steering steering = new Steering(records, follower);
        final Mesh mesh = new Mesh(records, follower, swarm);
        try (EngineWatcher watcher =
                        EngineWatcher.start(engineSocket, engine, records, steering, mesh);
                UnixServer server =
                        UnixServer.start(
                                address,
                                new PluginHandler(
                                        driver, ofHost, PolicyCalls.of(driver, watcher)));
                UnixServer global =
                        UnixServer.start(
                                swarmSocket,
                                new PluginHandler(
                                        driver, swarm, ofSwarm, PolicyCalls.of(driver, watcher)));
                Housekeeping keeping =
                        Housekeeping.start(
                                driver, nodes, new SwarmDirectory(records, nodes, joining))) {
            LoggerFactory.getLogger(VswitchDocker.class)
                    .info("{} listens at {} and {}, {}", name, server, global, keeping);
            process.awaitStop();
        }
    }
}
