package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vswitchctl apply}. */
@Command(
        name = "apply",
        description =
                "Make networks, ports and rules what a document says: all of it, or nothing when"
                        + " one line is wrong.")
final class Apply extends Reading<Views.Differences> {
    @Mixin private DocumentFile document;

    Apply() {
        super(Views.Differences.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) throws IOException {
        return document.send(daemon, "apply");
    }

    @Override
    void print(final Views.Differences answer, final PrintWriter out) {
        DifferenceText.print(answer, out);
        out.println(
                answer.differences().isEmpty()
                        ? "nothing to change"
                        : "applied: " + DifferenceText.summary(answer));
    }
}
