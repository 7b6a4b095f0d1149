package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.port.Port;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.tap.UdpOptions;
import io.vswitch.tap.UdpUnderlay;
import io.vswitch.vxlan.TunnelPort;
import io.vswitch.vxlan.Vtep;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tunnels over UDP sockets: one VTEP for each of our addresses and UDP ports, shared by their
 * overlays, in the switch from its first tunnel to its last. Under the controller's lock.
 */
final class VtepTunnels implements Tunnels {
    private static final Logger LOG = LoggerFactory.getLogger(VtepTunnels.class);

    private final VirtualSwitch vswitch;
    private final int queues;
    private final boolean cuts;
    private final Map<Place, Vtep> vteps = new HashMap<>();

    /** What overlays of one VTEP have in common. */
    private record Place(String local, int port) {
        static Place of(final OverlaySpec overlay) {
            return new Place(overlay.local(), overlay.port());
        }
    }

    /**
     * @param workers one queue for each.
     * @param cuts whether all goes through sockets, super-frames in pieces.
     */
    VtepTunnels(final VirtualSwitch vswitch, final int workers, final boolean cuts) {
        this.vswitch = vswitch;
        this.queues = workers;
        this.cuts = cuts;
    }

    @Override
    public Port open(final OverlaySpec overlay) {
        return vtep(overlay).tunnel(overlay.tunnel(), overlay.vni());
    }

    private Vtep vtep(final OverlaySpec overlay) {
        final Place place = Place.of(overlay);
        final Vtep open = vteps.get(place);
        if (open != null) {
            return open;
        }
        final UdpOptions options =
                new UdpOptions(address(overlay.local()))
                        .port(overlay.port())
                        .queues(queues)
                        .superFrames(!cuts);
        final UdpUnderlay underlay = UdpUnderlay.open(options);
        final Vtep vtep = new Vtep(freeName(overlay.port()), underlay);
        LOG.info("{}: super-frames {}", vtep.name(), underlay.superFrames());
        try {
            vswitch.addPort(vtep, null);
        } catch (final RuntimeException e) {
            vtep.close();
            throw e;
        }
        vteps.put(place, vtep);
        return vtep;
    }

    /** No port of a user's can be called so, for the colon. */
    private String freeName(final int port) {
        final Set<String> taken =
                vteps.values().stream().map(Vtep::name).collect(Collectors.toSet());
        String name = "vtep:" + port;
        for (int i = 2; taken.contains(name); i++) {
            name = "vtep:" + port + "." + i;
        }
        return name;
    }

    private static InetAddress address(final String text) {
        return Ip.parse("address", text).address();
    }

    @Override
    public int remote(final OverlaySpec overlay, final String address) {
        return vtep(overlay).remote(address(address));
    }

    @Override
    public String address(final OverlaySpec overlay, final int remote) {
        final Vtep vtep = vteps.get(Place.of(overlay));
        return vtep == null || remote < 1 || remote > vtep.remoteCount()
                ? null
                : new Ip(vtep.address(remote)).toString();
    }

    @Override
    public void peers(final Port tunnel, final int[] remotes, final boolean anyPeer) {
        ((TunnelPort) tunnel).peers(remotes, anyPeer);
    }

    @Override
    public void retain(final Set<OverlaySpec> used) {
        final Set<Place> places = used.stream().map(Place::of).collect(Collectors.toSet());
        vteps.entrySet()
                .removeIf(
                        entry -> {
                            final boolean unused = !places.contains(entry.getKey());
                            if (unused) {
                                vswitch.removePort(entry.getValue().name());
                            }
                            return unused;
                        });
    }
}
