package io.vswitch.ctl.daemon;

import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.ctl.state.StaticMac;
import io.vswitch.ctl.state.StaticNeighbour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.List;

/**
 * Fills in what a request leaves out of overlays, from the host's own addresses; addresses and MACs
 * get their one form. Stateless, any thread.
 */
final class Underlay {
    /** For documentation (RFC 5737): what the default route leads to. */
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("192.0.2.1", 9);

    private Underlay() {}

    /** A network with our own address and its peers in their one form. */
    static NetworkSpec completed(final NetworkSpec network) {
        final OverlaySpec overlay = network.overlay();
        if (overlay == null) {
            return network;
        }
        final String local = overlay.local() == null ? ownAddress() : overlay.local();
        final List<String> peers = overlay.peers().stream().map(Underlay::peer).sorted().toList();
        return network.with(
                new OverlaySpec(
                        overlay.vni(),
                        Ip.parse("local address", local).toString(),
                        overlay.port(),
                        overlay.anyPeer(),
                        peers));
    }

    /** A change with its addresses and MACs in their one form. */
    static OverlayChange completed(final OverlayChange change) {
        if (change instanceof OverlayChange.AddPeer add) {
            return new OverlayChange.AddPeer(add.network(), peer(add.peer()));
        }
        if (change instanceof OverlayChange.DeletePeer delete) {
            return new OverlayChange.DeletePeer(delete.network(), ip("peer", delete.peer()));
        }
        if (change instanceof OverlayChange.AddMac add) {
            final StaticMac e = add.entry();
            return new OverlayChange.AddMac(
                    add.network(), new StaticMac(mac(e.mac()), e.port(), remote(e.remote())));
        }
        if (change instanceof OverlayChange.DeleteMac delete) {
            return new OverlayChange.DeleteMac(delete.network(), mac(delete.mac()));
        }
        if (change instanceof OverlayChange.AddNeighbour add) {
            final StaticNeighbour e = add.entry();
            return new OverlayChange.AddNeighbour(
                    add.network(),
                    new StaticNeighbour(ip("address", e.ip()), mac(e.mac()), remote(e.remote())));
        }
        if (change instanceof OverlayChange.DeleteNeighbour delete) {
            return new OverlayChange.DeleteNeighbour(delete.network(), ip("address", delete.ip()));
        }
        return change;
    }

    /** Refuses what is to be done with a tunnel by itself. */
    static void requireNoTunnel(final PortSpec port) {
        if (port.type() == PortType.TUNNEL) {
            throw Refusal.failure(
                    "port '%s' is the tunnel of network '%s': it comes and goes with the network"
                            .formatted(port.name(), port.network()));
        }
    }

    private static String mac(final String text) {
        return Mac.format(Mac.parseUnicast(text));
    }

    private static String remote(final String text) {
        return text == null ? null : ip("remote", text);
    }

    private static String ip(final String what, final String text) {
        return Ip.parse(what, text).toString();
    }

    private static String peer(final String text) {
        final Ip peer = Ip.parse("peer", text);
        try {
            final NetworkInterface own = NetworkInterface.getByInetAddress(peer.address());
            if (own != null) {
                throw Refusal.usage(
                        "peer '%s' is our own address, of %s".formatted(peer, own.getName()));
            }
        } catch (final SocketException e) {
            // no interface has it, as far as can be told
            return peer.toString();
        }
        return peer.toString();
    }

    /** Our address towards the default route; connecting sends nothing. */
    private static String ownAddress() {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(ELSEWHERE);
            final InetAddress local = ((InetSocketAddress) channel.getLocalAddress()).getAddress();
            if (!local.isLoopbackAddress() && !local.isAnyLocalAddress()) {
                return new Ip(local).toString();
            }
        } catch (final IOException e) {
            throw noAddress();
        }
        throw noAddress();
    }

    private static Refusal noAddress() {
        return Refusal.usage(
                "there is no default route to tell our address by; give it with --local");
    }
}
