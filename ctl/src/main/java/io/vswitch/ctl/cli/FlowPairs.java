package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vswitchctl flows pairs}. */
@Command(
        name = "pairs",
        description =
                "List cached flows together with those of the other direction, and what stateful"
                        + " layers know of their connection.")
final class FlowPairs extends Reading<Views.FlowPairs> {
    @Mixin private FlowConditions conditions;

    @Option(
            names = "--sort",
            paramLabel = "bytes|packets|age|idle",
            description = "Those with a flow that has most of it first (default: as they are met).")
    private String sort;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Most flows to begin with, 1 to 100000 (default: ${DEFAULT-VALUE}).")
    private int limit;

    FlowPairs() {
        super(Views.FlowPairs.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        final var request = new Views.FlowsRequest(conditions.filter(), sort, limit);
        return daemon.post("/v1/flows/pairs", Json.write(request));
    }

    @Override
    void print(final Views.FlowPairs answer, final PrintWriter out) {
        if (answer.pairs().isEmpty()) {
            out.println("no flows");
            return;
        }
        final Table table =
                new Table("", "FLOW", "FROM", "TO", "PACKETS", "BYTES", "AGE", "IDLE", "STATE");
        for (final Views.FlowPair pair : answer.pairs()) {
            row(table, ">", pair.there(), state(pair));
            row(table, "<", pair.back(), translation(pair));
        }
        table.print(out);
        if (answer.more()) {
            out.println("more flows match; see --limit");
        }
    }

    private static void row(
            final Table table, final String way, final Views.Flow flow, final String state) {
        if (flow == null) {
            table.row(way, "no flow", null, null, null, null, null, null, state);
            return;
        }
        table.row(
                way,
                flow.packet() + (flow.rewrite() == null ? "" : ", " + flow.rewrite()),
                flow.ingress(),
                flow.drop() != null ? "dropped: " + flow.drop() : flow.egress(),
                flow.packets(),
                Table.bytes(flow.bytes()),
                Table.span(flow.ageMs()),
                Table.span(flow.idleMs()),
                state);
    }

    private static String state(final Views.FlowPair pair) {
        final Views.Connection connection = pair.connection();
        return connection == null
                ? null
                : "%s for %s, %s left, %s/%s"
                        .formatted(
                                connection.state(),
                                Table.span(connection.ageMs()),
                                Table.span(connection.leftMs()),
                                connection.port(),
                                connection.layer());
    }

    private static String translation(final Views.FlowPair pair) {
        if (pair.connection() == null || pair.connection().translated() == null) {
            return null;
        }
        final String backend = pair.backend() == null ? "" : ", backend " + pair.backend();
        return "as " + pair.connection().translated() + backend;
    }
}
