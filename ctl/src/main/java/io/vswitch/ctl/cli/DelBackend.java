package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vswitchctl del-backend}. */
@Command(
        name = "del-backend",
        description =
                "Take a backend from a load balancer; its connections end, so drain it first.")
final class DelBackend extends Changing {
    @Mixin private BackendPlace place;

    @Override
    List<Change> changes() {
        return List.of(new BalancerChange.DeleteBackend(place.balancer, place.id));
    }
}
