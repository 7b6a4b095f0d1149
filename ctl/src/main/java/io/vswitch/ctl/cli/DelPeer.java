package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.OverlayChange;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl del-peer}. */
@Command(name = "del-peer", description = "Take a host out of an overlay network.")
final class DelPeer extends Changing {
    @Parameters(index = "0", paramLabel = "NETWORK", description = "The network.")
    private String network;

    @Parameters(index = "1", paramLabel = "IP", description = "Its address on the underlay.")
    private String peer;

    @Override
    List<Change> changes() {
        return List.of(new OverlayChange.DeletePeer(network, peer));
    }
}
