package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.OverlayViews;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code vswitchctl list-routers}. */
@Command(name = "list-routers", description = "List the routers between networks.")
final class ListRouters extends Reading<OverlayViews.Routers> {
    ListRouters() {
        super(OverlayViews.Routers.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/routers");
    }

    @Override
    void print(final OverlayViews.Routers answer, final PrintWriter out) {
        final Table table = new Table("ROUTER", "NETWORK", "GATEWAYS", "MAC", "ROUTES");
        answer.gateways()
                .forEach(
                        g ->
                                table.row(
                                        g.router(),
                                        g.network(),
                                        String.join(" ", g.addresses()),
                                        g.mac(),
                                        String.join(" ", g.routes())));
        table.print(out);
    }
}
