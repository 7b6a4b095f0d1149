package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.Access;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.daemon.PidFile;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vswitchctl docker}: the network driver of the Docker Engine of this host. */
@Command(
        name = "docker",
        description = "Give this host's Docker Engine the network driver vswitch, or take it back.",
        subcommands = {
            DockerCommand.Install.class,
            DockerCommand.Status.class,
            DockerPolicy.class,
            DockerCommand.Uninstall.class
        })
final class DockerCommand implements Runnable {
    private static final String PROGRAM = "vswitch-docker";
    private static final int ANSWER_SECONDS = 5;
    private static final int STOP_SECONDS = 20;

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "install, status, policy or uninstall is missing");
    }

    /** The driver; refuses when it isn't there. */
    static ApiClient driver(final Path socket, final int seconds) {
        if (!Files.exists(socket)) {
            throw notRunning(socket);
        }
        return new ApiClient(socket, seconds);
    }

    private static Refusal notRunning(final Path socket) {
        return Refusal.failure(
                "driver vswitch is not running (nobody answers at %s); run `vswitchctl docker"
                                .formatted(socket)
                        + " install`");
    }

    /** A network of the engine, as the driver tells of it. */
    record Network(String name, String mode, List<String> subnets, int endpoints) {}

    /** What the driver tells of itself. */
    record Report(List<Network> networks, List<String> published) {}

    /** Where vswitchd and the driver keep their files. */
    private abstract static class Located implements Callable<Integer> {
        @Option(
                names = "--run-dir",
                paramLabel = "DIR",
                defaultValue = "/run/vswitch",
                description = "The daemon's run directory (default: ${DEFAULT-VALUE}).")
        Path runDirectory;

        @Option(
                names = "--plugin-dir",
                paramLabel = "DIR",
                defaultValue = "/run/docker/plugins",
                description = "Where the engine looks for plugins (default: ${DEFAULT-VALUE}).")
        Path pluginDirectory;

        @Option(
                names = "--engine",
                paramLabel = "FILE",
                defaultValue = "/run/docker.sock",
                description = "The engine's socket (default: ${DEFAULT-VALUE}).")
        Path engine;

        @Spec CommandSpec spec;

        SwarmPlugin plugin() {
            return new SwarmPlugin(engine);
        }

        Path swarmSocket() {
            return runDirectory.resolve("docker-swarm.sock");
        }

        Path socket() {
            return Vswitchctl.of(spec).givenSocket(runDirectory.resolve("vswitchd.sock"));
        }

        Path pluginSocket() {
            return pluginDirectory.resolve("vswitch.sock");
        }

        Path pidFile() {
            return runDirectory.resolve(PROGRAM + ".pid");
        }

        Optional<ProcessHandle> process() throws IOException {
            Access.requireVisible(pidFile());
            return PidFile.read(pidFile());
        }

        /** What the driver says, or null when it doesn't answer. */
        Report report() throws IOException {
            if (!Files.exists(pluginSocket())) {
                return null;
            }
            try (ApiClient driver = new ApiClient(pluginSocket(), ANSWER_SECONDS)) {
                return Json.read(driver.get("/vswitch/status"), Report.class);
            } catch (Refusal e) {
                return null;
            }
        }

        int say(final String line) {
            final PrintWriter out = spec.commandLine().getOut();
            out.println(line);
            out.flush();
            return 0;
        }
    }

    /** {@code vswitchctl docker install}. */
    @Command(
            name = "install",
            description =
                    "Start vswitchd and the driver, unless they run; then use it by -d vswitch.")
    static final class Install extends Located {
        @Option(
                names = "--state-dir",
                paramLabel = "DIR",
                defaultValue = "/var/lib/vswitch/docker",
                description = "What the engine said of networks (default: ${DEFAULT-VALUE}).")
        private Path stateDirectory;

        @Option(
                names = "--swarm",
                description =
                        "Also the plugin for networks of a swarm; without saying so where the"
                                + " engine is in one.")
        private boolean swarm;

        @Override
        public Integer call() throws IOException {
            startDriver();
            if (swarm || Files.exists(engine) && plugin().isWanted()) {
                say(plugin().install(swarmSocket(), runDirectory.resolve("plugin")));
            }
            return 0;
        }

        private void startDriver() throws IOException {
            if (Launcher.answers(socket())) {
                say("vswitchd runs already");
            } else {
                final Path log = runDirectory.resolve("vswitchd.log");
                final long pid = Launcher.launch(runDirectory, socket(), log, List.of());
                say("vswitchd started, pid " + pid + ", log " + log);
            }
            if (isReady()) {
                final String pid = process().map(running -> ", pid " + running.pid()).orElse("");
                say("driver vswitch runs already" + pid);
                return;
            }
            final Path log = runDirectory.resolve(PROGRAM + ".log");
            final long pid = Launcher.launch(PROGRAM, options(), log, this::isReady);
            PidFile.write(pidFile(), pid);
            say("driver vswitch started, pid " + pid + ", log " + log);
            say("now: docker network create -d vswitch --subnet 10.80.0.0/24 NAME");
        }

        private List<String> options() {
            return List.of(
                    "--plugin-dir",
                    pluginDirectory.toString(),
                    "--socket",
                    socket().toString(),
                    "--swarm-socket",
                    swarmSocket().toString(),
                    "--engine",
                    engine.toString(),
                    "--state-dir",
                    stateDirectory.toString());
        }

        private boolean isReady() {
            try {
                return report() != null;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** {@code vswitchctl docker status}. */
    @Command(
            name = "status",
            description =
                    "Show the driver's networks and published ports; exit code 1 if it is down.")
    static final class Status extends Located {
        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            final Report report = report();
            if (report == null) {
                throw notRunning(pluginSocket());
            }
            if (json) {
                return say(Json.pretty(Json.write(report)));
            }
            say("driver vswitch answers at " + pluginSocket());
            say(
                    "vswitchd "
                            + (Launcher.answers(socket()) ? "answers" : "doesn't answer")
                            + " at "
                            + socket());
            final String plugin = Files.exists(engine) ? plugin().state() : null;
            if (plugin != null) {
                say("plugin " + SwarmPlugin.NAME + " is " + plugin);
            }
            if (report.networks().isEmpty()) {
                return say("no networks");
            }
            final Table table = new Table("NETWORK", "MODE", "ENDPOINTS", "SUBNETS");
            for (final Network network : report.networks()) {
                table.row(
                        network.name(),
                        network.mode(),
                        Integer.toString(network.endpoints()),
                        String.join(" ", network.subnets()));
            }
            table.print(spec.commandLine().getOut());
            report.published().forEach(this::say);
            return 0;
        }
    }

    /** {@code vswitchctl docker uninstall}. */
    @Command(
            name = "uninstall",
            description = "Stop the driver, when no network uses it; vswitchd goes on.")
    static final class Uninstall extends Located {
        @Override
        public Integer call() throws IOException {
            final Report report = report();
            if (report != null && !report.networks().isEmpty()) {
                throw Refusal.failure(
                        "driver vswitch has %d networks (%s); remove them by `docker network rm`"
                                .formatted(
                                        report.networks().size(),
                                        String.join(
                                                ", ",
                                                report.networks().stream()
                                                        .map(Network::name)
                                                        .limit(5)
                                                        .toList())));
            }
            final String removed = Files.exists(engine) ? plugin().uninstall() : null;
            if (removed != null) {
                say(removed);
            }
            final Optional<ProcessHandle> running = process();
            if (running.isEmpty()) {
                return say("driver vswitch is not running");
            }
            running.get().destroy();
            try {
                running.get().onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException | InterruptedException e) {
                throw Refusal.failure(
                        "driver vswitch (pid %d) didn't end within %d s"
                                .formatted(running.get().pid(), STOP_SECONDS));
            }
            Files.deleteIfExists(pidFile());
            return say("driver vswitch stopped; vswitchd goes on");
        }
    }
}
