package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.SpaceChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-mapping}. */
@Command(name = "del-mapping", description = "Delete a mapping of a space.")
final class DelMapping extends Changing {
    @Parameters(index = "0", paramLabel = "SPACE", description = "The mapping space.")
    private String space;

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "The same as when added.")
    private String address;

    @Override
    List<Change> changes() {
        return List.of(new SpaceChange.Unmap(space, List.of(address)));
    }
}
