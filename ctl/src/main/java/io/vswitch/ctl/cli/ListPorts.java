package io.vswitch.ctl.cli;

import io.vswitch.core.view.PortConnections;
import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Guards;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code vswitchctl list-ports}. */
@Command(name = "list-ports", description = "List the ports.")
final class ListPorts extends Reading<Views.Ports> {
    ListPorts() {
        super(Views.Ports.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/ports");
    }

    @Override
    void print(final Views.Ports answer, final PrintWriter out) {
        print(answer.ports(), out);
    }

    static void print(final List<Views.Port> ports, final PrintWriter out) {
        if (ports.isEmpty()) {
            out.println("no ports; add one with `vswitchctl add-port`");
            return;
        }
        final Table table =
                new Table(
                        "PORT",
                        "STATE",
                        "KIND",
                        "NETWORK",
                        "INTERFACE",
                        "MAC",
                        "ADDRESSES",
                        "MTU",
                        "GUARDS",
                        "RULES");
        for (final Views.Port port : ports) {
            table.row(
                    port.name(),
                    port.state(),
                    port.type(),
                    port.network(),
                    port.device() + (port.netns() == null ? "" : "@" + port.netns()),
                    port.mac(),
                    String.join(",", port.addresses()),
                    port.mtu() == 0 ? null : port.mtu(),
                    Guards.text(port.guards()),
                    port.rules());
        }
        table.print(out);
        printRemarks(ports, out);
    }

    private static void printRemarks(final List<Views.Port> ports, final PrintWriter out) {
        for (final Views.Port port : ports) {
            if (port.limits() != null) {
                out.println(port.name() + " limits: " + port.limits());
            }
            if (port.connections() != null) {
                out.println(port.name() + " connections: " + text(port.connections()));
            }
            if (port.problem() != null) {
                out.println(port.name() + " is gone: " + port.problem());
            }
        }
    }

    private static String text(final PortConnections c) {
        return "half-open %d, established %d, closing %d, udp %d, icmp %d"
                .formatted(c.halfOpen(), c.established(), c.closing(), c.udp(), c.icmp());
    }
}
