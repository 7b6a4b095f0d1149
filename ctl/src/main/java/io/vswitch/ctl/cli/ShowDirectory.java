package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.OverlayViews;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code vswitchctl directory}. */
@Command(
        name = "directory",
        description =
                "Show the hosts that share the endpoint directory, and what is claimed twice.")
final class ShowDirectory extends Reading<OverlayViews.Shared> {
    ShowDirectory() {
        super(OverlayViews.Shared.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/directory");
    }

    @Override
    void print(final OverlayViews.Shared answer, final PrintWriter out) {
        if (answer.hosts().isEmpty()) {
            out.println("no directory; share one with `vswitchd --directory`");
            return;
        }
        final Table table = new Table("HOST", "ADDRESS", "NETWORKS", "ENDPOINTS", "NODE");
        answer.hosts()
                .forEach(
                        h ->
                                table.row(
                                        h.own() ? "this" : "other",
                                        String.join(",", h.vteps()),
                                        h.networks(),
                                        h.endpoints(),
                                        h.node()));
        table.print(out);
        answer.conflicts()
                .forEach(
                        c ->
                                out.printf(
                                        "VNI %d: %s is claimed twice: %s has it, %s has not%n",
                                        c.vni(), c.what(), c.winner(), c.loser()));
    }
}
