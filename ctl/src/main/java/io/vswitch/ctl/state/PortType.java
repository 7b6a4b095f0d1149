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
    /** The way of an overlay network to its other hosts; comes and goes with the network. */
    @JsonProperty("tunnel")
    TUNNEL
}
