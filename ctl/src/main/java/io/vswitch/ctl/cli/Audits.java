package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vswitchctl audits}. */
@Command(name = "audits", description = "Show the packets that audit rules matched last.")
final class Audits extends Reading<Views.LastDrops> {
    @Option(
            names = "--last",
            paramLabel = "N",
            description =
                    "So many packets, 1 to 1000 (default: 20), the latest first. Each worker keeps"
                            + " 64, and at most 1000 of a second's.")
    private String last;

    Audits() {
        super(Views.LastDrops.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/audits" + query("limit", last));
    }

    @Override
    void print(final Views.LastDrops answer, final PrintWriter out) {
        if (answer.packets().isEmpty()) {
            out.println("no packets that an audit rule matched");
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
