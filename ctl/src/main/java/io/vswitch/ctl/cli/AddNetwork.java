package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.Refusal;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-network}. */
@Command(name = "add-network", description = "Add a network: ports on it may talk.")
final class AddNetwork extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the network.")
    private String name;

    @Option(
            names = "--subnet",
            paramLabel = "CIDR",
            description = "Prefix of its endpoints, like 10.0.0.0/24.")
    private String subnet;

    @Option(
            names = "--mode",
            paramLabel = "local|overlay",
            defaultValue = "local",
            description = "overlay: other hosts are on it, too (default: ${DEFAULT-VALUE}).")
    private String mode;

    @Option(
            names = "--vni",
            paramLabel = "N",
            description = "Number of an overlay network on every host, 1 to 16777215.")
    private Integer vni;

    @Option(
            names = "--local",
            paramLabel = "IP",
            description =
                    "Our address towards other hosts (default: the one that the default route"
                            + " uses).")
    private String local;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "UDP port of VXLAN, the same on every host (default: 4789).")
    private Integer port;

    @Option(
            names = "--peer",
            paramLabel = "IP",
            split = ",",
            description = "Another host of an overlay network; repeat it, or `add-peer` later.")
    private List<String> peers = List.of();

    @Option(
            names = "--any-peer",
            description = "Take packets of hosts that aren't peers, too, and learn from them.")
    private boolean anyPeer;

    @Option(
            names = "--mac-limit",
            paramLabel = "N",
            defaultValue = "8192",
            description = "Most MACs learned, 1 to 1000000 (default: ${DEFAULT-VALUE}).")
    private int macLimit;

    @Option(
            names = "--mac-age",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description =
                    "Idle time of a learned MAC, 1 to 86400 seconds (default: ${DEFAULT-VALUE}).")
    private int macAge;

    @Override
    List<Change> changes() {
        return List.of(
                new NetworkChange.Add(
                        new NetworkSpec(
                                name,
                                subnet,
                                macLimit,
                                macAge * 1000L,
                                overlay(),
                                null,
                                List.of(),
                                List.of())));
    }

    private OverlaySpec overlay() {
        if (!List.of("local", "overlay").contains(mode)) {
            throw Refusal.usage("--mode '" + mode + "'; allowed are local and overlay");
        }
        if (mode.equals("local")) {
            if (vni != null || local != null || port != null || anyPeer || !peers.isEmpty()) {
                throw Refusal.usage(
                        "--vni, --local, --port, --peer and --any-peer need --mode overlay");
            }
            return null;
        }
        if (vni == null) {
            throw Refusal.usage(
                    "--mode overlay needs --vni, its number on every host, 1 to 16777215");
        }
        final int udp = port == null ? OverlaySpec.DEFAULT_PORT : port;
        return new OverlaySpec(vni, local, udp, anyPeer, peers);
    }
}
