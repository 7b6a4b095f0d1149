package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.PolicyChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-rule}. */
@Command(
        name = "add-rule",
        description = "Add a rule to a port, for example: add-rule web1 in block proto icmp")
final class AddRule extends ChangingLayer {
    @Mixin private RulePlace place;

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "RULE",
            description =
                    "Action and conditions, like: block proto tcp dst-port 22 src-ip 10.0.0.0/8")
    private List<String> rule;

    @Option(names = "--id", paramLabel = "ID", description = "Id (default: the next free number).")
    private String id;

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "Rules are tried in ascending order (default: 100).")
    private Integer priority;

    @Override
    List<Change> changes() {
        final String text = String.join(" ", rule);
        return List.of(
                new PolicyChange.AddRule(
                        place.port(), place.layer(), place.group(), id, priority, text));
    }
}
