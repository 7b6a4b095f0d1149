package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PortChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl enable-port}. */
@Command(name = "enable-port", description = "Let a port forward frames again.")
final class EnablePort extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The port.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new PortChange.Enable(name, true));
    }
}
