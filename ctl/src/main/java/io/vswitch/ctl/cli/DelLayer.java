package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-layer}. */
@Command(name = "del-layer", description = "Delete a layer with its groups and rules.")
final class DelLayer extends ChangingLayer {
    @Parameters(index = "0", paramLabel = "PORT", description = "The port.")
    private String port;

    @Parameters(index = "1", paramLabel = "LAYER", description = "The layer.")
    private String layer;

    @Override
    List<Change> changes() {
        return List.of(new PolicyChange.DeleteLayer(port, layer));
    }
}
