package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.document.Exporter;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vswitchctl export}. */
@Command(
        name = "export",
        description = "Print networks, ports and rules as a document that apply takes.")
final class Export implements Callable<Integer> {
    @Mixin private Connection connection;

    @Option(
            names = "--format",
            paramLabel = "yaml|json",
            defaultValue = "yaml",
            description = "Form of the document (default: ${DEFAULT-VALUE}).")
    private String format;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!format.equals("yaml") && !format.equals("json")) {
            throw Refusal.usage("--format '" + format + "'; allowed are yaml and json");
        }
        final PrintWriter out = spec.commandLine().getOut();
        try (ApiClient daemon = connection.open()) {
            final byte[] answer = daemon.get("/v1/document");
            if (format.equals("json")) {
                out.println(Json.pretty(answer));
            } else {
                out.print(Exporter.yaml(Json.read(answer, Map.class)));
            }
        }
        out.flush();
        return 0;
    }
}
