package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Route;
import io.vswitch.ctl.state.RouterChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-router}. */
@Command(
        name = "add-router",
        description =
                "Route between networks: their endpoints have the router's addresses as gateways."
                        + " Add it on every host.")
final class AddRouter extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the router.")
    private String name;

    @Option(
            names = "--network",
            paramLabel = "NETWORK[=CIDR+...]",
            required = true,
            description =
                    "A network and the router's addresses there (default: the subnet's first), like"
                            + " blue=10.1.0.1/16; repeat it.")
    private List<String> networks;

    @Option(
            names = "--route",
            paramLabel = "PREFIX=NEXTHOP",
            description =
                    "What is reached by a next hop on one of the networks; default=IP for all the"
                            + " rest. Its MAC has to be known: `neigh add`.")
    private List<String> routes = List.of();

    @Option(
            names = "--mac",
            paramLabel = "MAC",
            description = "MAC of the gateways, the same on every host (default: from the name).")
    private String mac;

    @Override
    List<Change> changes() {
        return List.of(
                new RouterChange.Add(
                        name,
                        mac,
                        networks.stream().map(AddRouter::attachment).toList(),
                        routes.stream().map(Route::parse).toList()));
    }

    private static RouterChange.Attachment attachment(final String text) {
        final int equals = text.indexOf('=');
        return equals < 0
                ? new RouterChange.Attachment(text, List.of())
                : new RouterChange.Attachment(
                        text.substring(0, equals),
                        List.of(text.substring(equals + 1).split("\\+")));
    }
}
