package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-group}. */
@Command(name = "add-group", description = "Add a group of rules to a layer.")
final class AddGroup extends ChangingLayer {
    @Parameters(index = "0", paramLabel = "PORT", description = "The port.")
    private String port;

    @Parameters(index = "1", paramLabel = "LAYER", description = "The layer.")
    private String layer;

    @Parameters(index = "2", paramLabel = "NAME", description = "Name of the group.")
    private String name;

    @Option(
            names = "--direction",
            paramLabel = "in|out",
            required = true,
            description = "in: packets to the endpoint; out: packets from it.")
    private String direction;

    @Option(
            names = "--priority",
            paramLabel = "N",
            required = true,
            description = "Groups are visited in ascending order.")
    private int priority;

    @Option(
            names = "--where",
            paramLabel = "CONDITIONS",
            description =
                    "A packet that doesn't meet them skips the group: --where 'proto tcp dst-ip"
                            + " 10.0.0.0/8'")
    private String where;

    @Override
    List<Change> changes() {
        return List.of(new PolicyChange.AddGroup(port, layer, name, direction, priority, where));
    }
}
