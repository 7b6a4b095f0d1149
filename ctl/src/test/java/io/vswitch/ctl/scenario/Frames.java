package io.vswitch.ctl.scenario;

/** Scapy expressions of frames between endpoints, with right MACs and addresses. */
final class Frames {
    private Frames() {}

    static String eth(final Endpoint from, final Endpoint to) {
        return "Ether(src='" + from.mac() + "',dst='" + to.mac() + "')";
    }

    static String ip(final Endpoint from, final Endpoint to) {
        return eth(from, to) + "/IP(src='" + from.ip() + "',dst='" + to.ip() + "')";
    }

    static String ip6(final Endpoint from, final Endpoint to) {
        return eth(from, to) + "/IPv6(src='" + from.ip6() + "',dst='" + to.ip6() + "')";
    }

    static String udp(
            final Endpoint from, final Endpoint to, final int sourcePort, final int port) {
        return ip(from, to) + "/UDP(sport=" + sourcePort + ",dport=" + port + ")/b'hello'";
    }

    static String udp6(
            final Endpoint from, final Endpoint to, final int sourcePort, final int port) {
        return ip6(from, to) + "/UDP(sport=" + sourcePort + ",dport=" + port + ")/b'hello'";
    }

    static String tcp(
            final Endpoint from,
            final Endpoint to,
            final int sourcePort,
            final int port,
            final String flags) {
        return ip(from, to)
                + "/TCP(sport=%d,dport=%d,flags='%s',seq=1000)".formatted(sourcePort, port, flags);
    }

    /** The same frame behind an 802.1Q tag. */
    static String tagged(final String frame, final int vlan) {
        return frame.replaceFirst("/", "/Dot1Q(vlan=" + vlan + ")/");
    }

    /** A condition on a received packet: UDP of this destination port. */
    static String udpTo(final int port) {
        return "p[UDP].dport==" + port;
    }
}
