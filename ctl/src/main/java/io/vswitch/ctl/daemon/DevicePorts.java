package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.port.Port;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.Route;
import io.vswitch.tap.EndpointDevice;
import io.vswitch.tap.LinkConfig;
import io.vswitch.tap.NetworkNamespace;
import io.vswitch.tap.PacketSocketPort;
import io.vswitch.tap.TapOptions;
import io.vswitch.tap.TapPort;

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
            case TAP -> endpoint(spec).create();
            case UPLINK -> uplink(spec);
            case TUNNEL -> throw new IllegalArgumentException(spec.name());
        };
    }

    @Override
    public Port restore(final PortSpec spec) {
        return switch (spec.type()) {
            case TAP -> isThere(spec) ? endpoint(spec).attach() : endpoint(spec).create();
            case UPLINK -> uplink(spec);
            case TUNNEL -> throw new IllegalArgumentException(spec.name());
        };
    }

    private Port uplink(final PortSpec spec) {
        return PacketSocketPort.open(spec.name(), spec.device(), namespace(spec), queues);
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

    private EndpointDevice endpoint(final PortSpec spec) {
        final EndpointDevice endpoint =
                new EndpointDevice(
                                new TapOptions(spec.name())
                                        .device(spec.device())
                                        .namespace(namespace(spec))
                                        .queues(queues)
                                        .vnetHeader(spec.vnetHdr()))
                        .mac(spec.mac())
                        .mtu(spec.mtu());
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
