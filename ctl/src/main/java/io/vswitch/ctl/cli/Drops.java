package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code vswitchctl drops}. */
@Command(
        name = "drops",
        description = "Show dropped packets by port and reason, with the rules that blocked.")
final class Drops extends Reading<Views.Drops> {
    Drops() {
        super(Views.Drops.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/drops");
    }

    @Override
    void print(final Views.Drops answer, final PrintWriter out) {
        if (answer.total() == 0) {
            out.println("no drops");
            return;
        }
        final Table table = new Table("PORT", "PACKETS", "REASON", "WHY");
        for (final Views.Drop drop : answer.drops()) {
            table.row(drop.port(), drop.packets(), drop.reason(), drop.text());
            drop.rules().forEach(rule -> table.row("", "", "", "by rule " + rule));
        }
        table.print(out);
    }
}
