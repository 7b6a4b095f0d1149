package io.vswitch.ctl.daemon;

import io.vswitch.core.port.Port;
import io.vswitch.ctl.state.OverlaySpec;
import java.util.Set;

/** Makes the tunnel ports of overlay networks; called under the controller's lock. */
public interface Tunnels {
    /**
     * Opens a network's tunnel port, and the underlay's sockets if they aren't open yet.
     *
     * @throws io.vswitch.core.engine.SwitchException with one line.
     */
    Port open(OverlaySpec overlay);

    /**
     * Number of another host of the overlay; stays the same while the sockets are open.
     *
     * @throws io.vswitch.core.engine.SwitchException with one line.
     */
    int remote(OverlaySpec overlay, String address);

    /** Address of the host with this number, or null. */
    String address(OverlaySpec overlay, int remote);

    /** Says who gets a tunnel's floods and may send into it. */
    void peers(Port tunnel, int[] remotes, boolean anyPeer);

    /** Closes the sockets of all overlays but these, when their tunnels are gone. */
    void retain(Set<OverlaySpec> used);
}
