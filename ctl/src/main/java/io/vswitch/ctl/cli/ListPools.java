package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code vswitchctl list-pools}. */
@Command(name = "list-pools", description = "List the pools of addresses and ports for snat rules.")
final class ListPools extends Reading<Views.Pools> {
    ListPools() {
        super(Views.Pools.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/pools");
    }

    @Override
    void print(final Views.Pools answer, final PrintWriter out) {
        if (answer.pools().isEmpty()) {
            out.println("no pools; add one with `vswitchctl add-pool`");
            return;
        }
        print(answer.pools(), out);
    }

    static void print(final List<Views.Pool> pools, final PrintWriter out) {
        final Table table = new Table("POOL", "ADDRESSES", "PORTS", "RULES", "MEMBERS");
        for (final Views.Pool pool : pools) {
            table.row(
                    pool.name(),
                    pool.count(),
                    pool.ports(),
                    pool.rules(),
                    String.join(" ", pool.addresses()));
        }
        table.print(out);
    }
}
