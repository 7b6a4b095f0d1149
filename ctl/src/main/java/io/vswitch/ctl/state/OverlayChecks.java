package io.vswitch.ctl.state;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/** What a network's peers, MACs and addresses must be like; stateless, any thread. */
final class OverlayChecks {
    private static final int MAX_PORT = 65_535;

    private OverlayChecks() {}

    /** How the network reaches other hosts; refuses one that doesn't. */
    static OverlaySpec overlay(final NetworkSpec network) {
        if (network.overlay() == null) {
            throw Refusal.failure(
                    "network '%s' is no overlay; add one with `add-network NAME --mode overlay`"
                            .formatted(network.name()));
        }
        return network.overlay();
    }

    /** Checks all that a network says of other hosts and of addresses. */
    static void check(final NetworkSpec network, final DesiredState state) {
        if (network.overlay() != null) {
            checkOverlay(network.name(), network.overlay(), state);
        }
        checkRemotes(network);
        network.fdb().forEach(entry -> checkMac(network, entry, state));
        network.neighbours().forEach(entry -> checkNeighbour(network, entry));
        checkGateway(network, state);
    }

    private static void checkOverlay(
            final String name, final OverlaySpec overlay, final DesiredState state) {
        if (overlay.vni() < 1 || overlay.vni() > OverlaySpec.MAX_VNI) {
            throw Refusal.usage(
                    "VNI %d; allowed are 1 to %d, which are 24 bits"
                            .formatted(overlay.vni(), OverlaySpec.MAX_VNI));
        }
        if (overlay.port() < 1 || overlay.port() > MAX_PORT) {
            throw Refusal.usage(
                    "UDP port %d; allowed are 1 to %d".formatted(overlay.port(), MAX_PORT));
        }
        for (final NetworkSpec other : state.networks().values()) {
            if (!other.name().equals(name)
                    && other.overlay() != null
                    && other.overlay().vni() == overlay.vni()) {
                throw Refusal.failure(
                        "VNI %d is in use by network '%s'".formatted(overlay.vni(), other.name()));
            }
        }
        final InetAddress local = Ip.parse("local address", overlay.local()).address();
        if (!isHost(local)) {
            throw Refusal.usage("local address '%s' is no host's own".formatted(overlay.local()));
        }
        overlay.peers().forEach(peer -> checkPeer(overlay, peer));
        if (new HashSet<>(overlay.peers()).size() < overlay.peers().size()) {
            throw Refusal.usage("network '%s' has a peer twice".formatted(name));
        }
    }

    static void checkPeer(final OverlaySpec overlay, final String text) {
        final Ip peer = Ip.parse("peer", text);
        final Ip local = Ip.parse("local address", overlay.local());
        if (!peer.toString().equals(text)) {
            throw Refusal.usage("peer '%s'; write it %s".formatted(text, peer));
        }
        if (peer.bits() != local.bits()) {
            throw Refusal.usage(
                    "peer '%s' and our own address '%s' are of different IP versions"
                            .formatted(peer, local));
        }
        if (peer.equals(local)) {
            throw Refusal.usage("peer '%s' is our own address".formatted(peer));
        }
        if (!isHost(peer.address())) {
            throw Refusal.usage("peer '%s' is no host's address".formatted(peer));
        }
    }

    private static boolean isHost(final InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && address.getAddress()[0] != -1;
    }

    /** Refuses MACs and addresses on hosts that aren't the network's peers. */
    static void checkRemotes(final NetworkSpec network) {
        network.fdb().forEach(entry -> checkRemote(network, entry.remote()));
        network.neighbours().forEach(entry -> checkRemote(network, entry.remote()));
    }

    private static void checkRemote(final NetworkSpec network, final String remote) {
        if (remote == null) {
            return;
        }
        final OverlaySpec overlay = overlay(network);
        Ip.parse("remote", remote);
        if (!overlay.anyPeer() && !overlay.peers().contains(remote)) {
            throw Refusal.failure(
                    "remote '%s' has to be a peer of network '%s'"
                            .formatted(remote, network.name()));
        }
        if (overlay.anyPeer()) {
            checkPeer(overlay, remote);
        }
    }

    static void checkMac(
            final NetworkSpec network, final StaticMac entry, final DesiredState state) {
        Mac.parseUnicast(entry.mac());
        if ((entry.port() == null) == (entry.remote() == null)) {
            throw Refusal.usage("MAC '%s': give its port or its remote".formatted(entry.mac()));
        }
        checkRemote(network, entry.remote());
        if (entry.port() != null
                && !Objects.equals(state.port(entry.port()).spec().network(), network.name())) {
            throw Refusal.failure(
                    "port '%s' isn't on network '%s'".formatted(entry.port(), network.name()));
        }
        final List<String> owners =
                state.ports().values().stream()
                        .filter(port -> network.name().equals(port.spec().network()))
                        .filter(port -> entry.mac().equals(port.spec().mac()))
                        .filter(port -> !port.name().equals(entry.port()))
                        .map(DesiredPort::name)
                        .toList();
        if (!owners.isEmpty()) {
            throw Refusal.failure(
                    "MAC '%s' belongs to port '%s'".formatted(entry.mac(), owners.get(0)));
        }
    }

    /** One MAC for all networks of a router, addresses within the subnet, and nobody else's. */
    static void checkGateway(final NetworkSpec network, final DesiredState state) {
        final GatewaySpec gateway = network.gateway();
        if (gateway == null) {
            return;
        }
        Names.checkLabel("router", gateway.router());
        final long mac = Mac.parseUnicast(gateway.mac());
        for (final NetworkSpec other : state.networks().values()) {
            if (other.gateway() != null
                    && other.gateway().router().equals(gateway.router())
                    && Mac.parse(other.gateway().mac()) != mac) {
                throw Refusal.usage(
                        "router '%s' has MAC '%s' on network '%s'"
                                .formatted(gateway.router(), other.gateway().mac(), other.name()));
            }
        }
        if (gateway.addresses().isEmpty()) {
            throw Refusal.usage(
                    "network '%s' has no subnet; give the router's address, like --network %s=10.0.0.1/24"
                            .formatted(network.name(), network.name()));
        }
        for (final String text : gateway.addresses()) {
            final Ip ip = Cidr.parse("gateway", text).ip();
            checkNeighbour(network, new StaticNeighbour(ip.toString(), gateway.mac(), null));
            state.ports().values().stream()
                    .filter(port -> network.name().equals(port.spec().network()))
                    .filter(port -> PortChecks.owns(port.spec(), ip))
                    .findFirst()
                    .ifPresent(
                            port -> {
                                throw Refusal.failure(
                                        "gateway '%s' belongs to port '%s'"
                                                .formatted(ip, port.name()));
                            });
        }
    }

    static void checkNeighbour(final NetworkSpec network, final StaticNeighbour entry) {
        final Ip ip = Ip.parse("address", entry.ip());
        if (!isHost(ip.address())) {
            throw Refusal.usage("address '%s' is no host's".formatted(ip));
        }
        final Cidr subnet = network.prefix();
        if (subnet != null && subnet.ip().bits() == ip.bits() && !subnet.contains(ip)) {
            throw Refusal.usage(
                    "address '%s' is outside %s of network '%s'"
                            .formatted(ip, subnet, network.name()));
        }
        Mac.parseUnicast(entry.mac());
        checkRemote(network, entry.remote());
    }
}
