package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.state.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vswitchctl docker policy}. */
@Command(
        name = "policy",
        description = "Show which labels of the engine make which rules and limits.")
final class DockerPolicy implements Callable<Integer> {
    private static final int ANSWER_SECONDS = 10;

    @Option(
            names = "--plugin-dir",
            paramLabel = "DIR",
            defaultValue = "/run/docker/plugins",
            description = "Where the engine looks for plugins (default: ${DEFAULT-VALUE}).")
    private Path pluginDirectory;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    /** A label that holds for a container, and what it makes. */
    record Row(
            String container,
            String port,
            String network,
            String from,
            String label,
            String value,
            String makes) {}

    /** What the driver tells; {@code problems} are labels that come to nothing. */
    record Policy(List<Row> rows, List<String> problems) {}

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final Path socket = pluginDirectory.resolve("vswitch.sock");
        try (ApiClient driver = DockerCommand.driver(socket, ANSWER_SECONDS)) {
            final byte[] answer = driver.get("/vswitch/policy");
            if (json) {
                out.println(Json.pretty(answer));
            } else {
                print(Json.read(answer, Policy.class), out);
            }
        }
        out.flush();
        return 0;
    }

    private static void print(final Policy policy, final PrintWriter out) {
        if (policy.rows().isEmpty()) {
            out.println("no labels vswitch.* on containers, services and networks");
        } else {
            final Table table =
                    new Table("CONTAINER", "PORT", "NETWORK", "LABEL OF", "LABEL", "MAKES");
            for (final Row row : policy.rows()) {
                table.row(
                        row.container(),
                        row.port(),
                        row.network(),
                        row.from(),
                        row.label() + "=" + row.value(),
                        row.makes());
            }
            table.print(out);
        }
        policy.problems().forEach(problem -> out.println("problem: " + problem));
    }
}
