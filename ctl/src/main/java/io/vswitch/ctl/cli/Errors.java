package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vswitchctl errors}. */
@Command(
        name = "errors",
        description =
                "Show the errors that vswitchd's workers have met, each once with its count; asks"
                        + " the counters file, not vswitchd, which may hang.")
final class Errors implements Callable<Integer> {
    @Mixin private Connection connection;

    @Option(
            names = "--file",
            paramLabel = "COUNTERS",
            description = "The counters file (default: counters in the socket's directory).")
    private Path file;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        final ErrorLog.Snapshot log =
                ErrorLog.read(file != null ? file : connection.socket().resolveSibling("counters"));
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(Json.write(log)));
        } else if (log.errors().isEmpty()) {
            out.println("no errors");
        } else {
            log.errors().forEach(error -> print(error, out));
        }
        out.flush();
        return 0;
    }

    private static void print(final ErrorLog.Entry error, final PrintWriter out) {
        out.printf("%d times, first %s, last %s:%n", error.count(), error.first(), error.last());
        error.text().lines().forEach(line -> out.println("  " + line));
    }
}
