package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PortChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-port}. */
@Command(name = "del-port", description = "Delete a port with its interface and its rules.")
final class DelPort extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The port.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new PortChange.Delete(name));
    }
}
