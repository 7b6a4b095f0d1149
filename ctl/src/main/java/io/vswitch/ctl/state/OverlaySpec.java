package io.vswitch.ctl.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;

/**
 * How a network reaches other hosts: VXLAN, RFC 7348; immutable.
 *
 * @param vni its number, 1 to 16,777,215, the same on every host.
 * @param local our address on the underlay; null in a request: the one that the default route uses.
 * @param port UDP port of all its hosts.
 * @param anyPeer takes packets of hosts that aren't its peers, too.
 * @param peers addresses of the other hosts: who gets floods, and may send.
 */
public record OverlaySpec(int vni, String local, int port, boolean anyPeer, List<String> peers) {
    /** UDP port that IANA gave to VXLAN. */
    public static final int DEFAULT_PORT = 4789;

    /** Largest VNI: 24 bits. */
    public static final int MAX_VNI = 0xff_ffff;

    public OverlaySpec {
        peers = peers == null ? List.of() : List.copyOf(peers);
    }

    /** Name of the network's tunnel port. */
    @JsonIgnore
    public String tunnel() {
        return "vx-" + vni;
    }

    /** The same with our address filled in. */
    public OverlaySpec withLocal(final String address) {
        return new OverlaySpec(vni, address, port, anyPeer, peers);
    }

    OverlaySpec withPeers(final List<String> others) {
        return new OverlaySpec(vni, local, port, anyPeer, others.stream().sorted().toList());
    }

    OverlaySpec withPeer(final String peer) {
        final List<String> more = new ArrayList<>(peers);
        more.add(peer);
        return withPeers(more);
    }

    OverlaySpec withoutPeer(final String peer) {
        return withPeers(peers.stream().filter(p -> !p.equals(peer)).toList());
    }

    /** The tunnel port: it comes and goes with the network. */
    PortSpec port(final String network) {
        return new PortSpec(
                tunnel(),
                PortType.TUNNEL,
                network,
                null,
                null,
                local + ":" + port,
                null,
                List.of(),
                List.of(),
                0,
                false,
                true,
                null,
                null,
                null);
    }
}
