package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vswitchctl flows}. */
@Command(name = "flows", description = "List cached flows.")
final class Flows extends Reading<Views.Flows> {
    @Option(names = "--port", paramLabel = "PORT", description = "Only flows that came in here.")
    private String port;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Most flows, 1 to 100000 (default: ${DEFAULT-VALUE}).")
    private int limit;

    Flows() {
        super(Views.Flows.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        final String filter = query("port", port);
        return daemon.get("/v1/flows" + (filter.isEmpty() ? "?" : filter + "&") + "limit=" + limit);
    }

    @Override
    void print(final Views.Flows answer, final PrintWriter out) {
        final Table table = new Table("FROM", "TO", "PACKETS", "BYTES", "IDLE", "FLOW", "RULES");
        for (final Views.Flow flow : answer.flows()) {
            table.row(
                    flow.ingress(),
                    flow.drop() != null ? "dropped: " + flow.drop() : flow.egress(),
                    flow.packets(),
                    Table.bytes(flow.bytes()),
                    Table.span(flow.idleMs()),
                    flow.packet() + (flow.rewrite() == null ? "" : ", " + flow.rewrite()),
                    String.join(", ", flow.rules()));
        }
        table.print(out);
    }
}
