package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-layer}. */
@Command(name = "add-layer", description = "Add a layer of rules to a port.")
final class AddLayer extends ChangingLayer {
    @Parameters(index = "0", paramLabel = "PORT", description = "The port.")
    private String port;

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the layer.")
    private String name;

    @Option(
            names = "--priority",
            paramLabel = "N",
            required = true,
            description =
                    "Packets from the endpoint walk layers in ascending order, packets to it in"
                            + " descending.")
    private int priority;

    @Option(
            names = "--default",
            paramLabel = "ACTION",
            defaultValue = "allow",
            description =
                    "allow or block what no rule of the layer matches (default: ${DEFAULT-VALUE}).")
    private String defaultAction;

    @Option(
            names = "--stateful",
            description = "The layer also allows the replies of connections that its rules allow.")
    private boolean stateful;

    @Override
    List<Change> changes() {
        return List.of(
                new PolicyChange.AddLayer(
                        port, name, priority, defaultAction, stateful ? true : null, owner()));
    }
}
