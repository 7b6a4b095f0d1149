package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vswitchctl diff}. */
@Command(
        name = "diff",
        description =
                "Show what apply would change; exit code 0: nothing, 1: something, 2: it can't be"
                        + " told.")
final class Diff implements Callable<Integer> {
    @Mixin private Connection connection;

    @Mixin private DocumentFile document;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final byte[] answer = ask();
        final Views.Differences differences = Json.read(answer, Views.Differences.class);
        if (json) {
            out.println(Json.pretty(answer));
        } else {
            DifferenceText.print(differences, out);
        }
        out.flush();
        return differences.differences().isEmpty() ? 0 : 1;
    }

    private byte[] ask() throws IOException {
        try (ApiClient daemon = connection.open()) {
            return document.send(daemon, "diff");
        } catch (Refusal e) {
            // 1 means that something differs.
            throw Refusal.usage(e.getMessage());
        }
    }
}
