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
 * @param handover for a device that a container runtime takes into a namespace; else null.
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
        Limits limits,
        Handover handover) {
    /**
     * A container runtime moves the device, names it and sets its addresses: the port's own only
     * say what its guards let pass.
     *
     * @param netns path of the namespace that the device was or is about to be moved to; null: the
     *     daemon's own.
     */
    public record Handover(String netns) {}

    public PortSpec {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
        routes = routes == null ? List.of() : List.copyOf(routes);
        guards = guards == null ? null : List.copyOf(guards);
    }

    PortSpec withEnabled(final boolean on) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, mtu, vnetHdr,
                on, guards, limits, handover);
    }

    /** The same port with other guards. */
    public PortSpec withGuards(final List<String> others) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, mtu, vnetHdr,
                enabled, others, limits, handover);
    }

    /** The same port with another MTU. */
    public PortSpec withMtu(final int bytes) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, bytes, vnetHdr,
                enabled, guards, limits, handover);
    }

    /** The same port with other limits. */
    public PortSpec withLimits(final Limits others) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, mtu, vnetHdr,
                enabled, guards, others, handover);
    }

    /** The same port, whose device a container runtime takes. */
    public PortSpec withHandover(final Handover taken) {
        return new PortSpec(
                name, type, network, netns, netnsId, device, mac, addresses, routes, mtu, vnetHdr,
                enabled, guards, limits, taken);
    }

    /**
     * True when the other differs in {@code enabled}, {@code guards}, limits and where it was
     * handed over at most.
     */
    public boolean sameDevice(final PortSpec other) {
        return (handover == null) == (other.handover == null)
                && withEnabled(other.enabled)
                        .withGuards(other.guards)
                        .withLimits(other.limits)
                        .withHandover(other.handover)
                        .equals(other);
    }
}
