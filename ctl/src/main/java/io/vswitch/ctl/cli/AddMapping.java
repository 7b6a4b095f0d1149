package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.SpaceChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-mapping}. */
@Command(
        name = "add-mapping",
        description =
                "Say behind which host an address is, or change it: add-mapping blue 10.1.0.7"
                        + " 192.0.2.2")
final class AddMapping extends Changing {
    @Parameters(index = "0", paramLabel = "SPACE", description = "The mapping space.")
    private String space;

    @Parameters(
            index = "1",
            paramLabel = "ADDRESS",
            description = "IP or IP/LENGTH; of several that hold an address the longest counts.")
    private String address;

    @Parameters(index = "2", paramLabel = "PROVIDER", description = "Tunnel address of its host.")
    private String provider;

    @Option(
            names = "--vni",
            description =
                    "VXLAN network identifier of one of the networks here (default: the"
                            + " sender's network's).")
    private Integer vni;

    @Option(names = "--mac", description = "Destination MAC of packets to it (default: as sent).")
    private String mac;

    @Override
    List<Change> changes() {
        return List.of(
                new SpaceChange.Map(
                        space, List.of(new SpaceChange.Line(address, provider, vni, mac))));
    }
}
