package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl fdb}. */
@Command(name = "fdb", description = "List the learned MACs of a network.")
final class Fdb extends Reading<Views.Macs> {
    @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
    private String network;

    Fdb() {
        super(Views.Macs.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/macs" + query("network", network));
    }

    @Override
    void print(final Views.Macs answer, final PrintWriter out) {
        final Table table = new Table("MAC", "PORT", "IDLE");
        answer.macs().forEach(m -> table.row(m.mac(), m.port(), Table.span(m.idleMs())));
        table.print(out);
    }
}
