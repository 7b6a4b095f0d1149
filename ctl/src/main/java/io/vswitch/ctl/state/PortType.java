package io.vswitch.ctl.state;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a port is made of. */
public enum PortType {
    /** A TAP device that the switch creates: a container's endpoint. */
    @JsonProperty("tap")
    TAP,
    /** A packet socket on a device that is there already: a veth or a NIC. */
    @JsonProperty("uplink")
    UPLINK,
    /** An uplink whose device's MAC all endpoints of the network have on the wire. */
    @JsonProperty("l2bridge")
    L2BRIDGE,
    /** The way of an overlay network to its other hosts; comes and goes with the network. */
    @JsonProperty("tunnel")
    TUNNEL;

    /** A device that is there, taken as it is. */
    public boolean isUplink() {
        return this == UPLINK || this == L2BRIDGE;
    }
}
