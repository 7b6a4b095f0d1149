package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.OverlayViews;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.StaticMac;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vswitchctl fdb}. */
@Command(
        name = "fdb",
        description = "List the MACs of a network, or say where some are.",
        subcommands = {Fdb.Add.class, Fdb.Del.class, Fdb.Flush.class})
final class Fdb extends Reading<Views.Macs> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NETWORK", description = "The network.")
    private String network;

    @Spec private CommandSpec command;

    Fdb() {
        super(Views.Macs.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        if (network == null) {
            throw new ParameterException(
                    command.commandLine(), "Missing required parameter: 'NETWORK'");
        }
        return daemon.get("/v1/macs" + query("network", network));
    }

    @Override
    void print(final Views.Macs answer, final PrintWriter out) {
        final Table table = new Table("MAC", "PORT", "REMOTE", "KIND", "IDLE");
        answer.macs()
                .forEach(
                        m ->
                                table.row(
                                        m.mac(),
                                        m.port(),
                                        m.remote(),
                                        m.pinned() ? "static" : "learned",
                                        m.pinned() ? null : Table.span(m.idleMs())));
        table.print(out);
    }

    /** {@code vswitchctl fdb add}. */
    @Command(name = "add", description = "Say where a MAC is: never aged, moved or pushed out.")
    static final class Add extends Changing {
        @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
        private String network;

        @Parameters(index = "1", paramLabel = "MAC", description = "The MAC.")
        private String mac;

        @CommandLine.ArgGroup(multiplicity = "1")
        private Place place;

        /** Where it is. */
        static final class Place {
            @Option(names = "--port", paramLabel = "PORT", description = "Port it is behind.")
            private String port;

            @Option(names = "--remote", paramLabel = "IP", description = "Peer it is on.")
            private String remote;
        }

        @Override
        List<Change> changes() {
            return List.of(
                    new OverlayChange.AddMac(
                            network, new StaticMac(mac, place.port, place.remote)));
        }
    }

    /** {@code vswitchctl fdb del}. */
    @Command(name = "del", description = "Forget where a MAC was said to be.")
    static final class Del extends Changing {
        @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
        private String network;

        @Parameters(index = "1", paramLabel = "MAC", description = "The MAC.")
        private String mac;

        @Override
        List<Change> changes() {
            return List.of(new OverlayChange.DeleteMac(network, mac));
        }
    }

    /** {@code vswitchctl fdb flush}. */
    @Command(name = "flush", description = "Forget the learned MACs of a network.")
    static final class Flush extends Reading<OverlayViews.Flushed> {
        @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
        private String network;

        Flush() {
            super(OverlayViews.Flushed.class);
        }

        @Override
        byte[] ask(final ApiClient daemon) throws IOException {
            return daemon.post(
                    "/v1/macs/flush", Json.write(new OverlayViews.FlushRequest(network)));
        }

        @Override
        void print(final OverlayViews.Flushed answer, final PrintWriter out) {
            out.println(answer.macs() + " learned MACs of network " + network + " forgotten");
        }
    }
}
