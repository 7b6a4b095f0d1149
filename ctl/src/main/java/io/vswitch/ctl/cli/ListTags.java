package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.Views;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code vswitchctl list-tags}. */
@Command(name = "list-tags", description = "List the tags with their addresses.")
final class ListTags extends Reading<Views.Tags> {
    private static final int SHOWN = 8;

    ListTags() {
        super(Views.Tags.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/tags");
    }

    @Override
    void print(final Views.Tags answer, final PrintWriter out) {
        if (answer.tags().isEmpty()) {
            out.println("no tags; add one with `vswitchctl add-tag`");
            return;
        }
        print(answer.tags(), out);
    }

    static void print(final List<Views.Tag> tags, final PrintWriter out) {
        final Table table = new Table("TAG", "PREFIXES", "RULES", "MEMBERS");
        for (final Views.Tag tag : tags) {
            final List<String> members = tag.members();
            table.row(
                    tag.name(),
                    tag.prefixes(),
                    tag.rules(),
                    String.join(" ", members.stream().limit(SHOWN).toList())
                            + (members.size() > SHOWN ? " ..." : ""));
        }
        table.print(out);
    }
}
