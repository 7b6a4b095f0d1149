package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-group}. */
@Command(name = "del-group", description = "Delete a group with its rules.")
final class DelGroup extends ChangingLayer {
    @Parameters(index = "0", paramLabel = "PORT", description = "The port.")
    private String port;

    @Parameters(index = "1", paramLabel = "LAYER", description = "The layer.")
    private String layer;

    @Parameters(index = "2", paramLabel = "GROUP", description = "The group.")
    private String group;

    @Override
    List<Change> changes() {
        return List.of(new PolicyChange.DeleteGroup(port, layer, group));
    }
}
