package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.view.MacPin;
import io.vswitch.core.view.Neighbour;
import io.vswitch.ctl.directory.Catalogue;
import io.vswitch.ctl.directory.Endpoint;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.GatewaySpec;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.ctl.state.StaticMac;
import io.vswitch.ctl.state.StaticNeighbour;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a network is to be told of its peers and addresses: what the user said, then what other
 * hosts say, then what the switch knows of its own endpoints. Immutable once made.
 *
 * @param peers addresses of the other hosts.
 * @param pins by MAC.
 * @param neighbours by themselves, without MAC.
 */
record Wanted(Set<String> peers, Map<Long, MacPin> pins, Map<Neighbour, Neighbour> neighbours) {
    private static final Logger LOG = LoggerFactory.getLogger(Wanted.class);

    /** Numbers the hosts of an overlay. */
    @FunctionalInterface
    interface Remotes {
        int number(NetworkSpec network, String address);
    }

    static Wanted of(
            final NetworkSpec network,
            final DesiredState state,
            final Set<String> attached,
            final Remotes remotes,
            final Catalogue others) {
        final Wanted wanted = new Wanted(new TreeSet<>(), new HashMap<>(), new HashMap<>());
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
        if (network.overlay() != null) {
            wanted.peers.addAll(network.overlay().peers());
            if (tunnel) {
                wanted.others(network, others, remotes);
            }
        }
        if (network.gateway() != null) {
            wanted.gateway(network.gateway());
        }
        if (network.overlay() != null || network.gateway() != null) {
            for (final DesiredPort port : state.ports().values()) {
                if (network.name().equals(port.spec().network()) && port.spec().mac() != null) {
                    wanted.endpoint(port.spec());
                    wanted.placed(port.spec(), network, attached);
                }
            }
        }
        return wanted;
    }

    private void gateway(final GatewaySpec gateway) {
        final long mac = Mac.parse(gateway.mac());
        gateway.addresses().forEach(a -> neighbour(Cidr.parse("gateway", a).ip(), mac));
    }

    /** A router floods nothing: it has to know where endpoints are that never sent anything. */
    private void placed(
            final PortSpec port, final NetworkSpec network, final Set<String> attached) {
        if (network.gateway() != null && attached.contains(port.name())) {
            final long mac = Mac.parse(port.mac());
            pins.putIfAbsent(mac, new MacPin(mac, port.name(), 0));
        }
    }

    private void endpoint(final PortSpec port) {
        final long mac = Mac.parse(port.mac());
        port.addresses().forEach(a -> neighbour(Cidr.parse("address", a).ip(), mac));
    }

    /** What they say must do no harm: it is checked here, and bounded by the network's MACs. */
    private void others(final NetworkSpec network, final Catalogue others, final Remotes remotes) {
        final OverlaySpec overlay = network.overlay();
        final Map<String, Integer> numbers = new HashMap<>();
        for (final String vtep : others.vteps(overlay.vni())) {
            if (!vtep.equals(overlay.local())) {
                addHost(network, vtep, remotes, numbers);
            }
        }
        for (final Endpoint endpoint : others.macs(overlay.vni()).values()) {
            final Integer remote = numbers.get(endpoint.vtep());
            if (remote != null && pins.size() < network.macLimit()) {
                checked(endpoint, () -> place(endpoint, network, remote));
            }
        }
        others.ips(overlay.vni())
                .forEach(
                        (ip, of) ->
                                checked(
                                        of,
                                        () ->
                                                neighbour(
                                                        Ip.parse("address", ip),
                                                        Mac.parseUnicast(of.mac()))));
    }

    private void place(final Endpoint endpoint, final NetworkSpec network, final int remote) {
        final long mac = Mac.parseUnicast(endpoint.mac());
        pins.putIfAbsent(mac, new MacPin(mac, network.tunnel(), remote));
    }

    private static void checked(final Endpoint endpoint, final Runnable use) {
        try {
            use.run();
        } catch (final Refusal e) {
            LOG.warn("endpoint of host {} is left out: {}", endpoint.vtep(), e.getMessage());
        }
    }

    private void addHost(
            final NetworkSpec network,
            final String vtep,
            final Remotes remotes,
            final Map<String, Integer> numbers) {
        try {
            numbers.put(vtep, remotes.number(network, vtep));
            peers.add(vtep);
        } catch (final SwitchException | Refusal e) {
            LOG.warn("host {} of network {} is left out: {}", vtep, network.name(), e.getMessage());
        }
    }

    private void pin(final String mac, final String port, final int remote) {
        final long number = Mac.parse(mac);
        pins.put(number, new MacPin(number, port, remote));
    }

    private void neighbour(final Ip ip, final long mac) {
        final Neighbour known = neighbour(ip, mac, !ip.isV4());
        neighbours.putIfAbsent(new Neighbour(known.ipv6(), known.high(), known.low(), 0), known);
    }

    private static Neighbour neighbour(final Ip ip, final long mac, final boolean ipv6) {
        final ByteBuffer bytes = ByteBuffer.wrap(ip.bytes());
        return ipv6
                ? new Neighbour(true, bytes.getLong(0), bytes.getLong(8), mac)
                : new Neighbour(false, 0, bytes.getInt(0) & 0xffff_ffffL, mac);
    }
}
