package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.OverlayViews;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.StaticNeighbour;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vswitchctl neigh}. */
@Command(
        name = "neigh",
        description =
                "Say which MAC an address has: ARP and neighbour discovery for it are answered by"
                        + " the switch.",
        subcommands = {Neigh.Show.class, Neigh.Add.class, Neigh.Del.class, Neigh.Flush.class})
final class Neigh implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** {@code vswitchctl neigh list}. */
    @Command(name = "list", description = "List the addresses that are known.")
    static final class Show extends Reading<OverlayViews.Neighbours> {
        @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
        private String network;

        Show() {
            super(OverlayViews.Neighbours.class);
        }

        @Override
        byte[] ask(final ApiClient daemon) {
            return daemon.get("/v1/neighbours" + query("network", network));
        }

        @Override
        void print(final OverlayViews.Neighbours answer, final PrintWriter out) {
            final Table table = new Table("ADDRESS", "MAC", "REMOTE", "FROM");
            answer.neighbours().forEach(n -> table.row(n.ip(), n.mac(), n.remote(), n.source()));
            table.print(out);
        }
    }

    /** {@code vswitchctl neigh add}. */
    @Command(name = "add", description = "Say which MAC an address has.")
    static final class Add extends Changing {
        @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
        private String network;

        @Parameters(index = "1", paramLabel = "IP", description = "The address.")
        private String ip;

        @Parameters(index = "2", paramLabel = "MAC", description = "Its MAC.")
        private String mac;

        @Option(
                names = "--remote",
                paramLabel = "IP",
                description = "Peer that the MAC is on, as `fdb add` would say.")
        private String remote;

        @Override
        List<Change> changes() {
            return List.of(
                    new OverlayChange.AddNeighbour(network, new StaticNeighbour(ip, mac, remote)));
        }
    }

    /** {@code vswitchctl neigh del}. */
    @Command(name = "del", description = "Forget which MAC an address was said to have.")
    static final class Del extends Changing {
        @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
        private String network;

        @Parameters(index = "1", paramLabel = "IP", description = "The address.")
        private String ip;

        @Override
        List<Change> changes() {
            return List.of(new OverlayChange.DeleteNeighbour(network, ip));
        }
    }

    /** {@code vswitchctl neigh flush}. */
    @Command(name = "flush", description = "Forget all addresses that were added.")
    static final class Flush extends Changing {
        @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
        private String network;

        @Override
        List<Change> changes() {
            return List.of(new OverlayChange.FlushNeighbours(network));
        }
    }
}
