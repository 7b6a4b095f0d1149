package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-lb}. */
@Command(name = "del-lb", description = "Delete a load balancer that no rule names.")
final class DelLb extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The load balancer.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new BalancerChange.Delete(name));
    }
}
