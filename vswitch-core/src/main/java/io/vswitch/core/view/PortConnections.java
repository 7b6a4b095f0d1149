package io.vswitch.core.view;

/**
 * Connections of a port's stateful layers, by class.
 *
 * @param halfOpen TCP connections whose handshake isn't over.
 * @param established TCP connections after it and before their end.
 * @param closing TCP connections that are over, and remembered for late segments.
 */
public record PortConnections(int halfOpen, int established, int closing, int udp, int icmp) {
    /** No connections. */
    public static final PortConnections NONE = new PortConnections(0, 0, 0, 0, 0);

    public PortConnections plus(final PortConnections other) {
        return new PortConnections(
                halfOpen + other.halfOpen,
                established + other.established,
                closing + other.closing,
                udp + other.udp,
                icmp + other.icmp);
    }
}
