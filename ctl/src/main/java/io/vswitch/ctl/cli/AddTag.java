package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.TagChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-tag}. */
@Command(
        name = "add-tag",
        description =
                "Name a set of addresses for rules: add-tag web 10.0.0.0/28 fd00::/64, then"
                        + " src-ip @web")
final class AddTag extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the tag.")
    private String name;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PREFIX",
            description = "IP, IP/LENGTH or @TAG.")
    private List<String> members;

    @Override
    List<Change> changes() {
        return List.of(new TagChange.Add(name, members));
    }
}
