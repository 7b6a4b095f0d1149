package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PoolChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-pool}. */
@Command(
        name = "add-pool",
        description =
                "Name addresses and ports that rules translate sources to: add-pool out"
                        + " --address 192.0.2.8/29, then snat out")
final class AddPool extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the pool.")
    private String name;

    @Mixin private PoolOptions options;

    @Override
    List<Change> changes() {
        return List.of(new PoolChange.Add(name, options.addresses, options.ports));
    }
}
