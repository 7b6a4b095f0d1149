package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.RouterChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-router}. */
@Command(name = "del-router", description = "Delete a router; its networks stay.")
final class DelRouter extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The router.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new RouterChange.Delete(name));
    }
}
