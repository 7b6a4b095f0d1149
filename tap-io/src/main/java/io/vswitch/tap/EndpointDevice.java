package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A TAP with all that a container expects of its interface: MAC, MTU, addresses, routes; built and
 * used by the conductor. Setters return this.
 */
public final class EndpointDevice {
    private final TapOptions options;
    private final List<String> addresses = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private String mac;
    private int mtu;
    private boolean down;

    public EndpointDevice(final TapOptions options) {
        this.options = options;
    }

    /**
     * @param address six hex bytes with colons; default: the kernel's random one.
     */
    public EndpointDevice mac(final String address) {
        MacText.parse(address);
        mac = address;
        return this;
    }

    /**
     * @param bytes largest network-layer packet; default: the kernel's, 1500.
     */
    public EndpointDevice mtu(final int bytes) {
        mtu = bytes;
        return this;
    }

    /**
     * @param prefix address and prefix length like {@code 10.0.0.2/24}.
     */
    public EndpointDevice address(final String prefix) {
        IpPrefix.parse(prefix);
        addresses.add(prefix);
        return this;
    }

    /**
     * A route through the device.
     *
     * @param destination a prefix, or {@code default}.
     * @param gateway next hop, or null for a destination on the link.
     */
    public EndpointDevice route(final String destination, final String gateway) {
        routes.add(new Route(destination, gateway));
        return this;
    }

    /** Leaves the device down, for somebody else to move it and bring it up. */
    public EndpointDevice leaveDown() {
        down = true;
        return this;
    }

    /**
     * Creates and configures the device and brings it up. On failure there is no device.
     *
     * @throws SwitchException when it exists already, or with what failed.
     */
    public TapPort create() {
        try (LinkConfig config = LinkConfig.open(options.namespace())) {
            if (config.find(options.device()).isPresent()) {
                throw new SwitchException(
                        "device '" + options.device() + "' exists already in " + place());
            }
            return createWith(config);
        }
    }

    private TapPort createWith(final LinkConfig config) {
        final TapPort port = TapPort.openTransient(options);
        try {
            configure(config);
            port.refreshMtu();
            port.makePersistent();
            return port;
        } catch (final RuntimeException e) {
            port.close();
            throw e;
        }
    }

    private void configure(final LinkConfig config) {
        final String device = options.device();
        if (mtu > 0) {
            config.setMtu(device, mtu);
        }
        if (mac != null) {
            config.setMac(device, mac);
        }
        if (down) {
            return;
        }
        options.namespace().run(this::disableAddressDetection);
        config.setUp(device, true);
        addresses.forEach(address -> config.ensureAddress(device, address));
        routes.forEach(route -> config.ensureRoute(device, route.destination, route.gateway));
    }

    /**
     * The switch hands out the addresses: a link-local one need not wait a second for duplicates to
     * answer.
     */
    private void disableAddressDetection() {
        final Path setting = Path.of("/proc/sys/net/ipv6/conf", options.device(), "accept_dad");
        try {
            if (Files.isWritable(setting)) {
                Files.writeString(setting, "0");
            }
        } catch (final IOException e) {
            // Costs a second of IPv6 at start, nothing else.
        }
    }

    /**
     * Attaches to the device as it is, addresses and all, after a restart.
     *
     * @throws SwitchException when it isn't there, or with what failed.
     */
    public TapPort attach() {
        try (LinkConfig config = LinkConfig.open(options.namespace())) {
            if (config.find(options.device()).isEmpty()) {
                throw new SwitchException(
                        "device '" + options.device() + "' not found in " + place());
            }
        }
        return TapPort.open(options);
    }

    /**
     * Deletes the device; false when it isn't there. Also with a port open on it, which is then
     * gone.
     */
    public static boolean delete(final NetworkNamespace namespace, final String device) {
        try (LinkConfig config = LinkConfig.open(namespace)) {
            return config.delete(device);
        }
    }

    private String place() {
        return options.namespace().isOwn()
                ? "the host's network namespace"
                : "network namespace '" + options.namespace() + "'";
    }

    private record Route(String destination, String gateway) {}
}
