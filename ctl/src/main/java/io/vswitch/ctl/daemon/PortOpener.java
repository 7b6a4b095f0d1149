package io.vswitch.ctl.daemon;

import io.vswitch.core.port.Port;
import io.vswitch.ctl.state.PortSpec;

/** Makes the devices behind ports; called under the controller's lock. */
public interface PortOpener {
    /**
     * Makes the device of a new port, with the settings of the spec. It vanishes with the process
     * until {@link #keep}; when this fails nothing stays behind.
     *
     * @throws io.vswitch.core.engine.SwitchException with one line.
     */
    Port create(PortSpec spec);

    /**
     * Attaches to the device of a port that was there before, as it is; makes it anew when it has
     * gone.
     */
    Port restore(PortSpec spec);

    /** Whether the device outlives the process. */
    void keep(Port port, boolean keep);
}
