package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PoolChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl replace-pool}. */
@Command(
        name = "replace-pool",
        description =
                "Give a pool other addresses and ports; connections end whose own are no more among"
                        + " them.")
final class ReplacePool extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The pool.")
    private String name;

    @Mixin private PoolOptions options;

    @Override
    List<Change> changes() {
        return List.of(new PoolChange.Replace(name, options.addresses, options.ports));
    }
}
