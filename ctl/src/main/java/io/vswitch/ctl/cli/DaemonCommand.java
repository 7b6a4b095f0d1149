package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.Access;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.daemon.PidFile;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vswitchctl daemon}. */
@Command(
        name = "daemon",
        description = "Start, stop or look after vswitchd.",
        subcommands = {
            DaemonCommand.Start.class,
            DaemonCommand.Stop.class,
            DaemonCommand.Status.class
        })
final class DaemonCommand implements Runnable {
    private static final int STOP_SECONDS = 20;
    private static final int END_POLLS = 20;
    private static final int END_POLL_MS = 100;

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "start, stop or status is missing");
    }

    /** Where the daemon keeps its files. */
    private abstract static class Located implements Callable<Integer> {
        @Option(
                names = "--run-dir",
                paramLabel = "DIR",
                defaultValue = "/run/vswitch",
                description = "The daemon's run directory (default: ${DEFAULT-VALUE}).")
        Path runDirectory;

        @Spec CommandSpec spec;

        Path socket() {
            return Vswitchctl.of(spec).givenSocket(runDirectory.resolve("vswitchd.sock"));
        }

        Optional<ProcessHandle> process() throws IOException {
            final Path file = runDirectory.resolve("vswitchd.pid");
            Access.requireVisible(file);
            return PidFile.read(file);
        }

        int say(final String line) {
            final PrintWriter out = spec.commandLine().getOut();
            out.println(line);
            out.flush();
            return 0;
        }
    }

    /** {@code vswitchctl daemon start}. */
    @Command(name = "start", description = "Start vswitchd and wait until it answers.")
    static final class Start extends Located {
        @Option(
                names = "--log-file",
                paramLabel = "FILE",
                description = "Its log (default: vswitchd.log in the run directory).")
        private Path logFile;

        @Parameters(
                arity = "0..*",
                paramLabel = "OPTION",
                description = "More options of vswitchd, behind --.")
        private List<String> options = List.of();

        @Override
        public Integer call() throws IOException {
            final Optional<ProcessHandle> running = process();
            if (running.isPresent() && !ends(running.get())) {
                if (Launcher.answers(socket())) {
                    return say("vswitchd runs already, pid " + running.get().pid());
                }
                throw Refusal.failure(
                        "vswitchd (pid %d) runs but doesn't answer at %s; stop it first"
                                .formatted(running.get().pid(), socket()));
            }
            final Path log = logFile != null ? logFile : runDirectory.resolve("vswitchd.log");
            final long pid = Launcher.launch(runDirectory, socket(), log, options);
            return say("vswitchd started, pid " + pid + ", log " + log);
        }

        /** Gives one that was just killed a moment to end; one that answers stays. */
        private boolean ends(final ProcessHandle process) {
            try {
                for (int i = 0; i < END_POLLS && !Launcher.answers(socket()); i++) {
                    if (process().isEmpty()) {
                        return true;
                    }
                    Thread.sleep(END_POLL_MS);
                }
            } catch (IOException | InterruptedException e) {
                throw Refusal.failure(
                        "can't tell whether process " + process.pid() + " runs: " + e);
            }
            return false;
        }
    }

    /** {@code vswitchctl daemon stop}. */
    @Command(name = "stop", description = "Stop vswitchd; endpoints keep their interfaces.")
    static final class Stop extends Located {
        @Override
        public Integer call() throws IOException {
            final Optional<ProcessHandle> process = process();
            if (process.isEmpty()) {
                return say("vswitchd is not running");
            }
            if (!process.get().destroy() && process.get().isAlive()) {
                throw Refusal.failure(
                        "no permission to stop vswitchd (pid %d); run as root"
                                .formatted(process.get().pid()));
            }
            try {
                process.get().onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
                return say("vswitchd stopped");
            } catch (TimeoutException e) {
                throw Refusal.failure(
                        "vswitchd (pid %d) didn't end within %d s"
                                .formatted(process.get().pid(), STOP_SECONDS));
            } catch (ExecutionException | InterruptedException e) {
                throw Refusal.failure("waiting for the end of vswitchd failed: " + e.getMessage());
            }
        }
    }

    /** {@code vswitchctl daemon status}. */
    @Command(name = "status", description = "Tell whether vswitchd runs; exit code 1 if not.")
    static final class Status extends Located {
        private static final int TIMEOUT_SECONDS = 5;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            final byte[] answer;
            try (ApiClient daemon = new ApiClient(socket(), TIMEOUT_SECONDS)) {
                answer = daemon.get("/v1/status");
            }
            if (json) {
                return say(Json.pretty(answer));
            }
            final Views.Status status = Json.read(answer, Views.Status.class);
            return say(
                    "vswitchd %s runs, pid %d, up %s, state in %s"
                            .formatted(
                                    status.version(),
                                    status.pid(),
                                    Table.span(status.uptimeMs()),
                                    status.stateDirectory()));
        }
    }
}
