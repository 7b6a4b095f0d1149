package io.vswitch.ctl.state;

import java.util.List;

/**
 * Desired settings of a port; immutable.
 *
 * @param network its network, or null.
 * @param netns namespace that holds the device: a name below /run/netns or a path; null: the
 *     daemon's own.
 * @param netnsId device and inode of the namespace, for a path that may come to mean another one;
 *     else null.
 * @param device name of the device: the TAP's inside its namespace, or the uplink's.
 * @param mac of the endpoint; null for an uplink.
 * @param addresses of the endpoint, with length.
 * @param mtu bytes, or 0 for the device's default.
 * @param vnetHdr exchanges super-frames and partial checksums with the kernel.
 * @param enabled forwards frames.
 * @param guards names of what is checked of the frames it sends; null: in a request the default, in
 *     the desired state none.
 * @param limits how much may pass; null: the defaults.
 */
public record PortSpec(
        String name,
        PortType type,
        String network,
        String netns,
        String netnsId,
        String device,
        String mac,
        List<String> addresses,
        List<Route> routes,
        int mtu,
        boolean vnetHdr,
        boolean enabled,
        List<String> guards,
        Limits limits) {
    public PortSpec {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
        routes = routes == null ? List.of() : List.copyOf(routes);
        guards = guards == null ? null : List.copyOf(guards);
    }

    PortSpec withEnabled(final boolean on) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, mtu, vnetHdr,
                on, guards, limits);
    }

    /** The same port with other guards. */
    public PortSpec withGuards(final List<String> others) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, mtu, vnetHdr,
                enabled, others, limits);
    }

    /** The same port with another MTU. */
    public PortSpec withMtu(final int bytes) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, bytes, vnetHdr,
                enabled, guards, limits);
    }

    /** The same port with other limits. */
    public PortSpec withLimits(final Limits others) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, mtu, vnetHdr,
                enabled, guards, others);
    }

    /** True when the other differs in {@code enabled}, {@code guards} and limits at most. */
    public boolean sameDevice(final PortSpec other) {
        return withEnabled(other.enabled)
                .withGuards(other.guards)
                .withLimits(other.limits)
                .equals(other);
    }
}
