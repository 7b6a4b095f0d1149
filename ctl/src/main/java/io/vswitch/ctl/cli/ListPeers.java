package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.OverlayViews;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl list-peers}. */
@Command(name = "list-peers", description = "List the other hosts of the overlay networks.")
final class ListPeers extends Reading<OverlayViews.Peers> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NETWORK",
            description = "The network (default: all).")
    private String network;

    ListPeers() {
        super(OverlayViews.Peers.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/peers" + query("network", network));
    }

    @Override
    void print(final OverlayViews.Peers answer, final PrintWriter out) {
        final Table table = new Table("NETWORK", "VNI", "PEER", "FROM", "MACS");
        answer.peers()
                .forEach(p -> table.row(p.network(), p.vni(), p.peer(), p.source(), p.macs()));
        table.print(out);
    }
}
