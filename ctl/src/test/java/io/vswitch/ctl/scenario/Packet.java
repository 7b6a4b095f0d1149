package io.vswitch.ctl.scenario;

/** A packet by its text: of one protocol, from and to endpoints, with a destination port. */
record Packet(String protocol, Endpoint source, Endpoint destination, int port) {
    static Packet icmp(final Endpoint source, final Endpoint destination) {
        return new Packet("icmp", source, destination, 0);
    }

    static Packet tcp(final Endpoint source, final Endpoint destination, final int port) {
        return new Packet("tcp", source, destination, port);
    }

    static Packet udp(final Endpoint source, final Endpoint destination, final int port) {
        return new Packet("udp", source, destination, port);
    }
}
