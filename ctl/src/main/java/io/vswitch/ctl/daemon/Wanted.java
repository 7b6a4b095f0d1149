package io.vswitch.ctl.daemon;

import io.vswitch.core.view.MacPin;
import io.vswitch.core.view.Neighbour;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.StaticMac;
import io.vswitch.ctl.state.StaticNeighbour;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a network is to be told of its addresses; immutable. Of an overlay, the switch knows its own
 * endpoints' addresses, too, and answers for them.
 *
 * @param pins by MAC.
 * @param neighbours by themselves, without MAC.
 */
record Wanted(Map<Long, MacPin> pins, Map<Neighbour, Neighbour> neighbours) {
    /** Numbers the hosts of an overlay. */
    @FunctionalInterface
    interface Remotes {
        int number(NetworkSpec network, String address);
    }

    static Wanted of(
            final NetworkSpec network,
            final DesiredState state,
            final Set<String> attached,
            final Remotes remotes) {
        final Wanted wanted = new Wanted(new HashMap<>(), new HashMap<>());
        if (network.overlay() != null) {
            state.ports().values().stream()
                    .map(DesiredPort::spec)
                    .filter(port -> network.name().equals(port.network()) && port.mac() != null)
                    .forEach(wanted::endpoint);
        }
        final boolean tunnel = attached.contains(String.valueOf(network.tunnel()));
        for (final StaticNeighbour entry : network.neighbours()) {
            wanted.neighbour(Ip.parse("address", entry.ip()), Mac.parse(entry.mac()));
            if (entry.remote() != null && tunnel) {
                final int remote = remotes.number(network, entry.remote());
                wanted.pin(entry.mac(), network.tunnel(), remote);
            }
        }
        for (final StaticMac entry : network.fdb()) {
            if (entry.port() == null && tunnel) {
                final int remote = remotes.number(network, entry.remote());
                wanted.pin(entry.mac(), network.tunnel(), remote);
            } else if (entry.port() != null && attached.contains(entry.port())) {
                wanted.pin(entry.mac(), entry.port(), 0);
            }
        }
        return wanted;
    }

    private void endpoint(final PortSpec port) {
        final long mac = Mac.parse(port.mac());
        port.addresses().forEach(a -> neighbour(Cidr.parse("address", a).ip(), mac));
    }

    private void pin(final String mac, final String port, final int remote) {
        final long number = Mac.parse(mac);
        pins.put(number, new MacPin(number, port, remote));
    }

    private void neighbour(final Ip ip, final long mac) {
        final Neighbour known = neighbour(ip, mac, !ip.isV4());
        neighbours.put(new Neighbour(known.ipv6(), known.high(), known.low(), 0), known);
    }

    private static Neighbour neighbour(final Ip ip, final long mac, final boolean ipv6) {
        final ByteBuffer bytes = ByteBuffer.wrap(ip.bytes());
        return ipv6
                ? new Neighbour(true, bytes.getLong(0), bytes.getLong(8), mac)
                : new Neighbour(false, 0, bytes.getInt(0) & 0xffff_ffffL, mac);
    }
}
