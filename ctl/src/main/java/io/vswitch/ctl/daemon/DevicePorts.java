package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.SharedMacPort;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.Route;
import io.vswitch.tap.EndpointDevice;
import io.vswitch.tap.LinkConfig;
import io.vswitch.tap.LinkInfo;
import io.vswitch.tap.NetworkNamespace;
import io.vswitch.tap.PacketSocketPort;
import io.vswitch.tap.TapOptions;
import io.vswitch.tap.TapPort;
import java.util.Optional;
import java.util.function.Function;

/** Opens TAPs and packet sockets as ports want them; under the controller's lock. */
final class DevicePorts implements PortOpener {
    private final int queues;

    /**
     * Takes the number of queues per TAP.
     *
     * @param workers one queue for each, so that every worker receives.
     */
    DevicePorts(final int workers) {
        queues = workers;
    }

    @Override
    public Port create(final PortSpec spec) {
        return switch (spec.type()) {
            case TAP -> isTaken(spec) ? handedOver(spec) : endpoint(spec).create();
            case UPLINK -> uplink(spec);
            case L2BRIDGE -> bridged(spec);
            case TUNNEL -> throw new IllegalArgumentException(spec.name());
        };
    }

    private static boolean isTaken(final PortSpec spec) {
        return spec.handover() != null && spec.handover().netns() != null;
    }

    @Override
    public Port restore(final PortSpec spec) {
        return switch (spec.type()) {
            case TAP ->
                    spec.handover() != null
                            ? handedOver(spec)
                            : isThere(spec) ? endpoint(spec).attach() : endpoint(spec).create();
            case UPLINK -> uplink(spec);
            case L2BRIDGE -> bridged(spec);
            case TUNNEL -> throw new IllegalArgumentException(spec.name());
        };
    }

    /** The runtime renames the device as it likes, but keeps its MAC. */
    private Port handedOver(final PortSpec spec) {
        final NetworkNamespace own = NetworkNamespace.own();
        if (find(own, link -> link.find(spec.device())).isPresent()) {
            return new EndpointDevice(options(spec, own)).attach();
        }
        if (!isTaken(spec)) {
            return endpoint(spec).create();
        }
        final NetworkNamespace taken = NetworkNamespace.open(spec.handover().netns());
        final LinkInfo there =
                find(taken, link -> link.findTap(spec.mac()))
                        .orElseThrow(
                                () ->
                                        new SwitchException(
                                                "its device has gone with its container"));
        return new EndpointDevice(options(spec, taken).device(there.name())).attach();
    }

    private static Optional<LinkInfo> find(
            final NetworkNamespace namespace,
            final Function<LinkConfig, Optional<LinkInfo>> search) {
        try (LinkConfig link = LinkConfig.open(namespace)) {
            return search.apply(link);
        }
    }

    private Port uplink(final PortSpec spec) {
        return PacketSocketPort.open(spec.name(), spec.device(), namespace(spec), queues);
    }

    private Port bridged(final PortSpec spec) {
        final String mac =
                find(namespace(spec), link -> link.find(spec.device()))
                        .map(LinkInfo::mac)
                        .orElse("");
        if (mac.isEmpty()) {
            throw new SwitchException("device '" + spec.device() + "' has no MAC to share");
        }
        return new SharedMacPort(uplink(spec), Mac.parse(mac));
    }

    private static boolean isThere(final PortSpec spec) {
        try (LinkConfig link = LinkConfig.open(namespace(spec))) {
            return link.find(spec.device()).isPresent();
        }
    }

    /** A namespace given by process is the one it was when the port was added, or none. */
    private static NetworkNamespace namespace(final PortSpec spec) {
        if (spec.netns() == null) {
            return NetworkNamespace.own();
        }
        final NetworkNamespace namespace = NetworkNamespace.open(spec.netns());
        if (spec.netnsId() != null
                && !spec.netnsId().equals(Completion.identity(namespace.path()))) {
            throw new SwitchException(
                    "network namespace '"
                            + spec.netns()
                            + "' is another one than when the port was added");
        }
        return namespace;
    }

    private TapOptions options(final PortSpec spec, final NetworkNamespace namespace) {
        return new TapOptions(spec.name())
                .device(spec.device())
                .namespace(namespace)
                .queues(queues)
                .vnetHeader(spec.vnetHdr());
    }

    private EndpointDevice endpoint(final PortSpec spec) {
        final EndpointDevice endpoint =
                new EndpointDevice(options(spec, namespace(spec))).mac(spec.mac()).mtu(spec.mtu());
        if (spec.handover() != null) {
            return endpoint.leaveDown();
        }
        spec.addresses().forEach(endpoint::address);
        for (final Route route : spec.routes()) {
            endpoint.route(route.prefix(), route.gateway());
        }
        return endpoint;
    }

    @Override
    public void keep(final Port port, final boolean keep) {
        if (port instanceof TapPort tap) {
            try {
                tap.persistent(keep);
            } catch (SwitchException e) {
                // The device went with its namespace; there is nothing to keep or to remove.
                return;
            }
        }
    }
}
