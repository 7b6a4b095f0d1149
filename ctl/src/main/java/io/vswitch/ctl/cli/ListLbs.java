package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code vswitchctl list-lbs}. */
@Command(
        name = "list-lbs",
        description = "List the load balancers, what their backends get and have got.")
final class ListLbs extends Reading<Views.Balancers> {
    private static final String[] COLUMNS = {
        "LB", "AFFINITY", "RULES", "BACKEND", "WEIGHT", "STATE", "SHARE %", "CONNS", "OPENED"
    };
    private static final Views.Backend NONE = new Views.Backend("none", 0, null, null, 0, 0, 0);

    ListLbs() {
        super(Views.Balancers.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/load-balancers");
    }

    @Override
    void print(final Views.Balancers answer, final PrintWriter out) {
        if (answer.balancers().isEmpty()) {
            out.println("no load balancers; add one with `vswitchctl add-lb`");
            return;
        }
        final Table table = new Table(COLUMNS);
        for (final Views.Balancer balancer : answer.balancers()) {
            if (balancer.backends().isEmpty()) {
                row(table, balancer, NONE);
            }
            balancer.backends().forEach(backend -> row(table, balancer, backend));
        }
        table.print(out);
    }

    private static void row(
            final Table table, final Views.Balancer balancer, final Views.Backend backend) {
        table.row(
                balancer.name(),
                balancer.affinity(),
                balancer.rules(),
                backend.backend(),
                backend.weight(),
                backend.state(),
                backend.share(),
                backend.connections(),
                backend.opened());
    }
}
