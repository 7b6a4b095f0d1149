package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.SpaceViews;
import io.vswitch.ctl.state.SpaceChange;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl list-mappings}. */
@Command(name = "list-mappings", description = "List the mapping spaces and their mappings.")
final class ListMappings extends Reading<SpaceViews.Spaces> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SPACE",
            description = "Of this space alone.")
    private String space;

    ListMappings() {
        super(SpaceViews.Spaces.class);
    }

    @Override
    byte[] ask(final ApiClient daemon) {
        return daemon.get("/v1/spaces" + query("space", space));
    }

    @Override
    void print(final SpaceViews.Spaces answer, final PrintWriter out) {
        if (answer.spaces().isEmpty()) {
            out.println("no mapping spaces; add one with `vswitchctl add-space`");
            return;
        }
        for (final SpaceViews.Space one : answer.spaces()) {
            final String miss =
                    one.parkPackets() == 0
                            ? "drops what isn't mapped"
                            : "parks " + one.parkPackets() + " packets for " + one.parkMs() + " ms";
            out.println("space " + one.name() + ": " + miss + ", " + one.rules() + " rules");
            final Table table = new Table("ADDRESS", "PROVIDER", "VNI", "MAC");
            for (final SpaceChange.Line line : one.mappings()) {
                table.row(line.address(), line.provider(), line.vni(), line.mac());
            }
            table.print(out);
        }
    }
}
