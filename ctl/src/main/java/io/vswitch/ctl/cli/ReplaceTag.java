package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.TagChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl replace-tag}. */
@Command(
        name = "replace-tag",
        description = "Give a tag other addresses; all rules that name it change at one moment.")
final class ReplaceTag extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The tag.")
    private String name;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PREFIX",
            description = "IP, IP/LENGTH or @TAG: all it has from now on.")
    private List<String> members;

    @Override
    List<Change> changes() {
        return List.of(new TagChange.Replace(name, members));
    }
}
