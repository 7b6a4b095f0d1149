package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code vswitchctl list-networks}. */
@Command(name = "list-networks", description = "List the networks.")
final class ListNetworks extends Reading<Views.Networks> {
    ListNetworks() {
        super(Views.Networks.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/networks");
    }

    @Override
    void print(final Views.Networks answer, final PrintWriter out) {
        print(answer.networks(), out);
    }

    static void print(final List<Views.Network> networks, final PrintWriter out) {
        if (networks.isEmpty()) {
            out.println("no networks; add one with `vswitchctl add-network`");
            return;
        }
        final Table table =
                new Table("NETWORK", "SUBNET", "VNI", "PORTS", "MACS", "MAC LIMIT", "MAC AGE");
        for (final Views.Network network : networks) {
            table.row(
                    network.name(),
                    network.subnet(),
                    network.vni(),
                    network.ports(),
                    network.macs(),
                    network.macLimit(),
                    network.macAgeSeconds() + " s");
        }
        table.print(out);
    }
}
