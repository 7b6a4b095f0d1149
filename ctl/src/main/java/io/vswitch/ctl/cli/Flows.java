package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vswitchctl flows}. */
@Command(
        name = "flows",
        description = "List cached flows.",
        subcommands = {KillFlows.class, FlowPairs.class})
final class Flows extends Reading<Views.Flows> {
    @Mixin private FlowConditions conditions;

    @Option(
            names = "--sort",
            paramLabel = "bytes|packets|age|idle",
            description = "The most of it first (default: as they are met).")
    private String sort;

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
        final var request = new Views.FlowsRequest(conditions.filter(), sort, limit);
        return daemon.post("/v1/flows", Json.write(request));
    }

    @Override
    void print(final Views.Flows answer, final PrintWriter out) {
        if (answer.flows().isEmpty()) {
            out.println("no flows");
            return;
        }
        final Table table =
                new Table("FLOW", "FROM", "TO", "PACKETS", "BYTES", "AGE", "IDLE", "RULES");
        for (final Views.Flow flow : answer.flows()) {
            table.row(
                    flow.packet() + (flow.rewrite() == null ? "" : ", " + flow.rewrite()),
                    flow.ingress(),
                    flow.drop() != null ? "dropped: " + flow.drop() : flow.egress(),
                    flow.packets(),
                    Table.bytes(flow.bytes()),
                    Table.span(flow.ageMs()),
                    Table.span(flow.idleMs()),
                    String.join(", ", flow.rules()));
        }
        table.print(out);
        if (answer.more()) {
            out.println("more flows match; see --limit");
        }
    }
}
