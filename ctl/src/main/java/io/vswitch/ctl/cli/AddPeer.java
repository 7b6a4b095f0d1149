package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.OverlayChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-peer}. */
@Command(name = "add-peer", description = "Add another host to an overlay network.")
final class AddPeer extends Changing {
    @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
    private String network;

    @Parameters(
            index = "1",
            paramLabel = "IP",
            description = "Its address on the underlay: it gets floods, and may send.")
    private String peer;

    @Override
    List<Change> changes() {
        return List.of(new OverlayChange.AddPeer(network, peer));
    }
}
