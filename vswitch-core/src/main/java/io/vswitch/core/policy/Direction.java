package io.vswitch.core.policy;

/** Direction of a packet seen from the endpoint behind a port, as in VFP. */
public enum Direction {
    /** From the endpoint into the switch: layers run top to bottom. */
    OUTBOUND,
    /** From the switch to the endpoint: layers run bottom to top. */
    INBOUND;

    /** The other one. */
    public Direction opposite() {
        return this == OUTBOUND ? INBOUND : OUTBOUND;
    }
}
