package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PoolChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-pool}. */
@Command(name = "del-pool", description = "Delete a pool that no rule names.")
final class DelPool extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The pool.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new PoolChange.Delete(name));
    }
}
