package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vswitchctl conns}. */
@Command(
        name = "conns",
        description = "List the connections of stateful layers, with what they are translated to.")
final class Conns extends Reading<Views.Connections> {
    @Option(names = "--port", paramLabel = "PORT", description = "Only of this port's layers.")
    private String port;

    @Option(names = "--layer", paramLabel = "LAYER", description = "Only of layers of this name.")
    private String layer;

    @Option(
            names = "--ip",
            paramLabel = "PREFIX",
            description = "Only with such an address, also a translated one.")
    private String ip;

    @Option(names = "--nat", description = "Only those that are translated.")
    private boolean nat;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Most connections, 1 to 100000 (default: ${DEFAULT-VALUE}).")
    private int limit;

    Conns() {
        super(Views.Connections.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        final var request = new Views.ConnectionsRequest(port, layer, ip, nat, limit);
        return daemon.post("/v1/connections", Json.write(request));
    }

    @Override
    void print(final Views.Connections answer, final PrintWriter out) {
        if (answer.connections().isEmpty()) {
            out.println("no connections");
            return;
        }
        final Table table =
                new Table("CONNECTION", "TRANSLATED", "STATE", "PORT", "LAYER", "AGE", "LEFT");
        for (final Views.Connection connection : answer.connections()) {
            table.row(
                    connection.opener(),
                    connection.translated() == null ? "-" : connection.translated(),
                    connection.state(),
                    connection.port() + " " + connection.direction(),
                    connection.layer(),
                    Table.span(connection.ageMs()),
                    Table.span(connection.leftMs()));
        }
        table.print(out);
        if (answer.more()) {
            out.println("more connections match; see --limit");
        }
    }
}
