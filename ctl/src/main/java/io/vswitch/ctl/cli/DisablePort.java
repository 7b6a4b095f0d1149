package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PortChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl disable-port}. */
@Command(name = "disable-port", description = "Let a port drop all its frames.")
final class DisablePort extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The port.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new PortChange.Enable(name, false));
    }
}
