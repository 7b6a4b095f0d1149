package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.TagChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-tag}. */
@Command(name = "del-tag", description = "Delete a tag that no rule and no other tag names.")
final class DelTag extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "The tag.")
    private String name;

    @Override
    List<Change> changes() {
        return List.of(new TagChange.Delete(name));
    }
}
