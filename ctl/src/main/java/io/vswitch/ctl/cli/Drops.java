package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vswitchctl drops}. */
@Command(
        name = "drops",
        description = "Show dropped packets by port and reason, with the rules that blocked.")
final class Drops extends Reading<byte[]> {
    @Option(
            names = "--by",
            paramLabel = "port|rule|reason",
            description = "Only the sums of each port, rule or reason.")
    private String by;

    @Option(
            names = "--last",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "20",
            description =
                    "The packets dropped last, 1 to 1000 (default: 20), the latest first. Each"
                            + " worker keeps 64, and at most 1000 of a second's.")
    private String last;

    Drops() {
        super(byte[].class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        if (by != null && last != null) {
            throw Refusal.usage("drops takes either --by or --last, not both");
        }
        if (last != null) {
            return daemon.get("/v1/drops/last" + query("limit", last));
        }
        return daemon.get(by == null ? "/v1/drops" : "/v1/drops/sums" + query("by", by));
    }

    @Override
    void print(final byte[] answer, final PrintWriter out) throws IOException {
        if (last != null) {
            print(Json.read(answer, Views.LastDrops.class), out);
        } else if (by != null) {
            print(Json.read(answer, Views.DropSums.class), out);
        } else {
            print(Json.read(answer, Views.Drops.class), out);
        }
    }

    private static void print(final Views.Drops answer, final PrintWriter out) {
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

    private void print(final Views.DropSums answer, final PrintWriter out) {
        if (answer.total() == 0) {
            out.println("no drops");
            return;
        }
        final Table table = new Table("PACKETS", by.toUpperCase(Locale.ROOT));
        answer.sums().forEach(sum -> table.row(sum.packets(), sum.name()));
        table.print(out);
    }

    private static void print(final Views.LastDrops answer, final PrintWriter out) {
        if (answer.packets().isEmpty()) {
            out.println("no drops");
            return;
        }
        final Table table = new Table("AGO", "FROM", "AT", "REASON", "RULE", "BYTES", "PACKET");
        for (final Views.LastDrop drop : answer.packets()) {
            table.row(
                    Table.span(drop.ageMs()),
                    drop.ingress(),
                    drop.port(),
                    drop.reason(),
                    drop.rule(),
                    drop.lengthBytes(),
                    drop.packet());
        }
        table.print(out);
        if (answer.passedOver() > 0) {
            out.println(answer.passedOver() + " more came too fast to be kept");
        }
    }
}
