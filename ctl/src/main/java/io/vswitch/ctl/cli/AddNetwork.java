package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-network}. */
@Command(name = "add-network", description = "Add a network: ports on it may talk.")
final class AddNetwork extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the network.")
    private String name;

    @Option(
            names = "--subnet",
            paramLabel = "CIDR",
            description = "Prefix of its endpoints, like 10.0.0.0/24.")
    private String subnet;

    @Option(
            names = "--mac-limit",
            paramLabel = "N",
            defaultValue = "8192",
            description = "Most MACs learned, 1 to 1000000 (default: ${DEFAULT-VALUE}).")
    private int macLimit;

    @Option(
            names = "--mac-age",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description =
                    "Idle time of a learned MAC, 1 to 86400 seconds (default: ${DEFAULT-VALUE}).")
    private int macAge;

    @Override
    List<Change> changes() {
        return List.of(
                new NetworkChange.Add(new NetworkSpec(name, subnet, macLimit, macAge * 1000L)));
    }
}
