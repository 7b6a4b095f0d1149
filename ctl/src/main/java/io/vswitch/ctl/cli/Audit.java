package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vswitchctl audit}. */
@Command(
        name = "audit",
        description =
                "Show where the switch differs from what it was told, and from what the Docker"
                        + " Engine wants; exit code 1 when it does.")
final class Audit implements Callable<Integer> {
    private static final int ANSWER_SECONDS = 30;

    @Mixin private Connection connection;

    @Option(names = "--repair", description = "Mend what differs, then show what still does.")
    private boolean repair;

    @Option(
            names = "--plugin-dir",
            paramLabel = "DIR",
            defaultValue = "/run/docker/plugins",
            description =
                    "Where the engine's driver is; nothing is asked of an engine when it isn't"
                            + " there (default: ${DEFAULT-VALUE}).")
    private Path pluginDirectory;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    /** A difference. */
    record Difference(String about, String difference) {}

    /** All of them. */
    record Differences(List<Difference> differences) {}

    @Override
    public Integer call() throws IOException {
        final List<Difference> mended = repair ? driver("/vswitch/audit") : List.of();
        final List<Difference> left = new ArrayList<>(gone());
        for (final Difference difference : driver(repair ? "/vswitch/repair" : "/vswitch/audit")) {
            if (left.stream().noneMatch(known -> known.about().equals(difference.about()))) {
                left.add(difference);
            }
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(Json.write(new Differences(left))));
        } else {
            print(mended, left, out);
        }
        out.flush();
        return left.isEmpty() ? 0 : 1;
    }

    private static void print(
            final List<Difference> mended, final List<Difference> left, final PrintWriter out) {
        for (final Difference difference : mended) {
            if (!left.contains(difference)) {
                out.println("mended: " + difference.about() + ": " + difference.difference());
            }
        }
        for (final Difference difference : left) {
            out.println(difference.about() + ": " + difference.difference());
        }
        if (left.isEmpty()) {
            out.println("no difference");
        }
    }

    /** Ports whose device isn't there: the daemon tries once a second to have it again. */
    private List<Difference> gone() throws IOException {
        try (ApiClient daemon = connection.open()) {
            return Json.read(daemon.get("/v1/ports"), Views.Ports.class).ports().stream()
                    .filter(port -> port.state().equals("gone"))
                    .map(
                            port ->
                                    new Difference(
                                            port.name(), "its device is gone: " + port.problem()))
                    .toList();
        }
    }

    private List<Difference> driver(final String path) throws IOException {
        final Path socket = pluginDirectory.resolve("vswitch.sock");
        if (!Files.exists(socket)) {
            return List.of();
        }
        try (ApiClient driver = DockerCommand.driver(socket, ANSWER_SECONDS)) {
            return Json.read(driver.get(path), Differences.class).differences();
        }
    }
}
