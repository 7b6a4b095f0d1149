package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.SpaceChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-space}. */
@Command(
        name = "add-space",
        description =
                "Add a mapping space, which says behind which host an address is: add-space blue,"
                        + " then encap space blue")
final class AddSpace extends Changing {
    private static final int PARKED = 64;

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the space.")
    private String name;

    /** What is done with packets to addresses that have no mapping. */
    enum OnMiss {
        drop,
        park
    }

    @Option(
            names = "--on-miss",
            defaultValue = "drop",
            description =
                    "What is done with packets to addresses without a mapping: drop or park"
                            + " (default: ${DEFAULT-VALUE}).")
    private OnMiss onMiss;

    @Option(
            names = "--park-packets",
            paramLabel = "N",
            description = "So many are parked by each worker, 1 to 256 (default: 64).")
    private Integer packets;

    @Option(
            names = "--park-ms",
            paramLabel = "MS",
            description = "For so long, 1 to 60000 (default: 1000).")
    private Integer ms;

    @Override
    List<Change> changes() {
        final int parked = packets == null ? PARKED : packets;
        return List.of(new SpaceChange.Add(name, onMiss == OnMiss.park ? parked : 0, ms));
    }
}
