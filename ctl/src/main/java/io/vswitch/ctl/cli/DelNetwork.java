package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.NetworkChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-network}. */
@Command(name = "del-network", description = "Delete a network that has no ports.")
final class DelNetwork extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The network.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new NetworkChange.Delete(name));
    }
}
