package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.SpaceChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-space}. */
@Command(
        name = "del-space",
        description = "Delete a mapping space that no rule names, with its mappings.")
final class DelSpace extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The space.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new SpaceChange.Delete(name));
    }
}
