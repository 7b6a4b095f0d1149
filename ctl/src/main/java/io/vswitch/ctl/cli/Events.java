package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vswitchctl events}. */
@Command(
        name = "events",
        description = "Show the packets last whose destination a mapping space did not know.")
final class Events extends Reading<Views.LastDrops> {
    @Option(
            names = "--last",
            paramLabel = "N",
            description =
                    "So many packets, 1 to 1000 (default: 20), the latest first. Each worker keeps"
                            + " 64, and at most 1000 of a second's.")
    private String last;

    Events() {
        super(Views.LastDrops.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/events" + query("limit", last));
    }

    @Override
    void print(final Views.LastDrops answer, final PrintWriter out) {
        if (answer.packets().isEmpty()) {
            out.println("no packet missed a mapping");
            return;
        }
        final Table table = new Table("AGO", "FROM", "TO", "RULE", "BYTES", "PACKET");
        for (final Views.LastDrop packet : answer.packets()) {
            table.row(
                    Table.span(packet.ageMs()),
                    packet.ingress(),
                    packet.port(),
                    packet.rule(),
                    packet.lengthBytes(),
                    packet.packet());
        }
        table.print(out);
        if (answer.passedOver() > 0) {
            out.println(answer.passedOver() + " more came too fast to be kept");
        }
    }
}
