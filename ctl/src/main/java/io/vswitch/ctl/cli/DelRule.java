package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-rule}. */
@Command(name = "del-rule", description = "Delete a rule.")
final class DelRule extends ChangingLayer {
    @Mixin private RulePlace place;

    @Parameters(index = "2", paramLabel = "ID", description = "The rule.")
    private String id;

    @Override
    List<Change> changes() {
        return List.of(new PolicyChange.DeleteRule(place.port(), place.layer(), place.group(), id));
    }
}
