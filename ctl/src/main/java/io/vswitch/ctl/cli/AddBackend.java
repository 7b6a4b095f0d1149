package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.BackendSpec;
import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vswitchctl add-backend}. */
@Command(
        name = "add-backend",
        description = "Give a load balancer one backend more; connections of others stay.")
final class AddBackend extends Changing {
    @Mixin private BackendPlace place;

    @Option(
            names = "--weight",
            defaultValue = "100",
            description =
                    "Share of new connections among all weights, 0 to 1000"
                            + " (default: ${DEFAULT-VALUE}).")
    private int weight;

    @Option(
            names = "--mac",
            description = "Its MAC (default: that of the port which has the address).")
    private String mac;

    @Override
    List<Change> changes() {
        return List.of(
                new BalancerChange.AddBackend(
                        place.balancer, new BackendSpec(place.id, weight, null, mac)));
    }
}
