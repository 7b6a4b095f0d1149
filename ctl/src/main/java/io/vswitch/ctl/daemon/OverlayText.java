package io.vswitch.ctl.daemon;

import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.StaticMac;
import io.vswitch.ctl.state.StaticNeighbour;

/** One line for each thing that was done about other hosts; stateless. */
final class OverlayText {
    private OverlayText() {}

    static String of(final OverlayChange change) {
        final String on = " of network " + change.network();
        if (change instanceof OverlayChange.AddPeer add) {
            return "peer " + add.peer() + on + " added";
        }
        if (change instanceof OverlayChange.DeletePeer delete) {
            return "peer " + delete.peer() + on + " deleted";
        }
        if (change instanceof OverlayChange.AddMac add) {
            return "MAC " + add.entry().mac() + on + " added: " + place(add.entry());
        }
        if (change instanceof OverlayChange.DeleteMac delete) {
            return "MAC " + delete.mac() + on + " deleted";
        }
        if (change instanceof OverlayChange.AddNeighbour add) {
            return "neighbour " + add.entry().ip() + on + " added: " + place(add.entry());
        }
        if (change instanceof OverlayChange.DeleteNeighbour delete) {
            return "neighbour " + delete.ip() + on + " deleted";
        }
        return change instanceof OverlayChange.FlushNeighbours
                ? "neighbours" + on + " deleted"
                : "peers and addresses" + on + " replaced";
    }

    private static String place(final StaticMac entry) {
        return entry.port() == null ? "remote " + entry.remote() : "port " + entry.port();
    }

    private static String place(final StaticNeighbour entry) {
        return entry.mac() + (entry.remote() == null ? "" : ", remote " + entry.remote());
    }
}
