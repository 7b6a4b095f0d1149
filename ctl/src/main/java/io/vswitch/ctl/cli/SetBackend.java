package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl set-backend}. */
@Command(
        name = "set-backend",
        description =
                "Change a backend's weight or state: up, drain (keeps its connections, gets no"
                        + " new ones), down (its connections end).")
final class SetBackend extends Changing {
    @Mixin private BackendPlace place;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "STATE",
            description = "up, drain or down.")
    private String state;

    @Option(names = "--weight", description = "0 to 1000.")
    private Integer weight;

    @Override
    List<Change> changes() {
        return List.of(new BalancerChange.SetBackend(place.balancer, place.id, weight, state));
    }
}
