package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.view.MacInfo;
import io.vswitch.ctl.api.OverlayViews;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.directory.HostState;
import io.vswitch.ctl.directory.Membership;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.GatewaySpec;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What is told of peers, MACs and neighbours; any thread. */
final class OverlayReports {
    private final Controller controller;
    private final VirtualSwitch vswitch;

    OverlayReports(final Controller controller, final VirtualSwitch vswitch) {
        this.controller = controller;
        this.vswitch = vswitch;
    }

    private NetworkSpec network(final String name) {
        if (name == null) {
            throw Refusal.usage("network is missing");
        }
        return controller.state().network(name);
    }

    Views.Macs macs(final String name) {
        final NetworkSpec network = network(name);
        return new Views.Macs(
                name,
                vswitch.macs(name).stream()
                        .map(
                                m ->
                                        new Views.MacEntry(
                                                Mac.format(m.mac()),
                                                m.port(),
                                                remote(network, m),
                                                m.pinned(),
                                                m.idleMs()))
                        .toList());
    }

    private String remote(final NetworkSpec network, final MacInfo mac) {
        return mac.remote() == 0 || network.overlay() == null
                ? null
                : controller.address(network.overlay(), mac.remote());
    }

    OverlayViews.Flushed flush(final OverlayViews.FlushRequest request) {
        return new OverlayViews.Flushed(
                vswitch.mappings(network(request.network()).name()).flushMacs());
    }

    /** Of one network, or of all for null. */
    OverlayViews.Peers peers(final String name) {
        final Collection<NetworkSpec> networks =
                name == null ? controller.state().networks().values() : List.of(network(name));
        final List<OverlayViews.Peer> peers = new ArrayList<>();
        networks.stream().filter(n -> n.overlay() != null).forEach(n -> addPeers(peers, n));
        return new OverlayViews.Peers(peers);
    }

    private void addPeers(final List<OverlayViews.Peer> peers, final NetworkSpec network) {
        final OverlaySpec overlay = network.overlay();
        final List<String> remotes =
                vswitch.macs(network.name()).stream()
                        .map(mac -> remote(network, mac))
                        .filter(Objects::nonNull)
                        .toList();
        final Set<String> all = new TreeSet<>(overlay.peers());
        all.addAll(controller.catalogue().vteps(overlay.vni()));
        all.remove(overlay.local());
        for (final String peer : all) {
            final long macs = remotes.stream().filter(peer::equals).count();
            peers.add(
                    new OverlayViews.Peer(
                            network.name(),
                            overlay.vni(),
                            peer,
                            overlay.peers().contains(peer) ? "config" : "directory",
                            (int) macs));
        }
    }

    OverlayViews.Routers routers() {
        return new OverlayViews.Routers(
                controller.state().networks().values().stream()
                        .filter(network -> network.gateway() != null)
                        .map(OverlayReports::gateway)
                        .sorted(Comparator.comparing(OverlayViews.Gateway::router))
                        .toList());
    }

    private static OverlayViews.Gateway gateway(final NetworkSpec network) {
        final GatewaySpec gateway = network.gateway();
        return new OverlayViews.Gateway(
                gateway.router(),
                network.name(),
                gateway.mac(),
                gateway.addresses(),
                gateway.routes().stream().map(Object::toString).toList());
    }

    OverlayViews.Shared directory() {
        final String own = controller.directory().node();
        return new OverlayViews.Shared(
                controller.directory().hosts().stream()
                        .sorted(Comparator.comparing(HostState::node))
                        .map(host -> host(host, own))
                        .toList(),
                controller.catalogue().conflicts().stream()
                        .map(
                                c ->
                                        new OverlayViews.Conflict(
                                                c.vni(), c.what(), c.winner(), c.loser()))
                        .toList());
    }

    private static OverlayViews.Host host(final HostState host, final String own) {
        return new OverlayViews.Host(
                host.node(),
                host.node().equals(own),
                host.networks().stream().map(Membership::vtep).distinct().sorted().toList(),
                host.networks().size(),
                host.endpoints().size());
    }

    OverlayViews.Neighbours neighbours(final String name) {
        final NetworkSpec network = network(name);
        final List<OverlayViews.Neighbour> known = new ArrayList<>();
        network.neighbours()
                .forEach(
                        e ->
                                known.add(
                                        new OverlayViews.Neighbour(
                                                e.ip(), e.mac(), e.remote(), "config")));
        if (network.gateway() != null) {
            final GatewaySpec gateway = network.gateway();
            gateway.addresses().forEach(a -> known.add(neighbour(a, gateway.mac(), "router")));
        }
        if (network.overlay() != null || network.gateway() != null) {
            addEndpoints(known, network, controller.state());
        }
        if (network.overlay() != null) {
            addOthers(known, network);
        }
        return new OverlayViews.Neighbours(name, known);
    }

    private static OverlayViews.Neighbour neighbour(
            final String address, final String mac, final String source) {
        final String ip = Cidr.parse("address", address).ip().toString();
        return new OverlayViews.Neighbour(ip, mac, null, source);
    }

    private void addOthers(final List<OverlayViews.Neighbour> known, final NetworkSpec network) {
        final OverlaySpec overlay = network.overlay();
        controller
                .catalogue()
                .ips(overlay.vni())
                .forEach(
                        (ip, of) -> {
                            if (!of.vtep().equals(overlay.local())) {
                                known.add(
                                        new OverlayViews.Neighbour(
                                                ip, of.mac(), of.vtep(), "directory"));
                            }
                        });
    }

    private static void addEndpoints(
            final List<OverlayViews.Neighbour> known,
            final NetworkSpec network,
            final DesiredState state) {
        for (final DesiredPort port : state.ports().values()) {
            final PortSpec spec = port.spec();
            if (network.name().equals(spec.network()) && spec.mac() != null) {
                for (final String address : spec.addresses()) {
                    known.add(neighbour(address, spec.mac(), "port " + spec.name()));
                }
            }
        }
    }
}
