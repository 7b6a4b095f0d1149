package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vswitchctl capture}. */
@Command(
        name = "capture",
        description =
                "Write packets to a pcapng file, drops with their reason and rule as a comment.")
final class Capture implements Callable<Integer> {
    @Mixin private Connection connection;

    @Option(names = "--port", paramLabel = "PORT", description = "Only this port (default: all).")
    private String port;

    @Option(names = "--drops", description = "Only packets that are dropped.")
    private boolean drops;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Stop after so many packets (default: ${DEFAULT-VALUE}).")
    private long count;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "Stop after so many seconds (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--snap",
            paramLabel = "BYTES",
            defaultValue = "65536",
            description = "Most bytes kept of a packet, 64 to 65536 (default: ${DEFAULT-VALUE}).")
    private int snap;

    @Option(
            names = {"-w", "--write"},
            paramLabel = "FILE",
            required = true,
            description = "The file; - for standard output.")
    private String file;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        final var request = new Views.CaptureRequest(port, drops, count, seconds, snap);
        try (ApiClient daemon = connection.open()) {
            final long bytes = daemon.stream("/v1/capture", Json.write(request), this::open);
            if (!file.equals("-")) {
                spec.commandLine().getErr().println(bytes + " bytes written to " + file);
                spec.commandLine().getErr().flush();
            }
        }
        return 0;
    }

    private OutputStream open() throws IOException {
        if (file.equals("-")) {
            return System.out;
        }
        try {
            return Files.newOutputStream(Path.of(file));
        } catch (IOException e) {
            throw Refusal.failure("can't write " + file + ": " + e.getMessage());
        }
    }
}
