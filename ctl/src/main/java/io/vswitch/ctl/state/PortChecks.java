package io.vswitch.ctl.state;

import java.util.Objects;

/** What a new port must be like; stateless, any thread. */
final class PortChecks {
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 65_521;

    private PortChecks() {}

    static void check(final PortSpec port, final DesiredState state) {
        final String name = Names.checkInterface("port", port.name());
        if (port.type() != PortType.TUNNEL) {
            Names.checkInterface("interface", port.device());
        }
        if (port.mtu() != 0 && (port.mtu() < MIN_MTU || port.mtu() > MAX_MTU)) {
            throw Refusal.usage(
                    "MTU %d; allowed are %d to %d".formatted(port.mtu(), MIN_MTU, MAX_MTU));
        }
        for (final Route route : port.routes()) {
            Route.parse(route.toString());
        }
        Guards.of(port);
        Limits.of(port).over(Limits.DEFAULT);
        checkHandover(port);
        if (state.ports().containsKey(name)) {
            throw Refusal.failure("port '" + name + "' is there already");
        }
        final NetworkSpec network = port.network() == null ? null : state.network(port.network());
        for (final String address : port.addresses()) {
            checkAddress(port, network, Cidr.parse("address", address), state);
        }
        for (final DesiredPort other : state.ports().values()) {
            checkClash(port, other.spec());
        }
    }

    private static void checkHandover(final PortSpec port) {
        final boolean plain =
                port.type() == PortType.TAP && port.netns() == null && port.routes().isEmpty();
        if (port.handover() != null && !plain) {
            throw Refusal.usage(
                    "port '%s': only a TAP of the daemon's namespace without routes can be handed"
                                    .formatted(port.name())
                            + " over");
        }
    }

    private static void checkAddress(
            final PortSpec port,
            final NetworkSpec network,
            final Cidr address,
            final DesiredState state) {
        final Cidr subnet = network == null ? null : network.prefix();
        if (subnet != null
                && subnet.ip().bits() == address.ip().bits()
                && !subnet.contains(address.ip())) {
            throw Refusal.usage(
                    "address '%s' is outside %s of network '%s'"
                            .formatted(address, subnet, network.name()));
        }
        if (network == null) {
            return;
        }
        for (final DesiredPort other : state.ports().values()) {
            if (network.name().equals(other.spec().network()) && owns(other.spec(), address.ip())) {
                throw Refusal.failure(
                        "address '%s' belongs to port '%s' already"
                                .formatted(address, other.name()));
            }
        }
    }

    /** Whether an address is one of the port's. */
    static boolean owns(final PortSpec port, final Ip address) {
        return port.addresses().stream()
                .anyMatch(a -> Cidr.parse("address", a).ip().equals(address));
    }

    private static void checkClash(final PortSpec port, final PortSpec other) {
        if (port.type() != PortType.TUNNEL
                && port.device().equals(other.device())
                && Objects.equals(port.netns(), other.netns())
                && Objects.equals(port.netnsId(), other.netnsId())) {
            throw Refusal.failure(
                    "interface '%s'%s belongs to port '%s' already"
                            .formatted(
                                    port.device(),
                                    port.netns() == null ? "" : " in namespace " + port.netns(),
                                    other.name()));
        }
        if (port.mac() != null
                && port.mac().equals(other.mac())
                && Objects.equals(port.network(), other.network())) {
            throw Refusal.failure(
                    "MAC '%s' belongs to port '%s' already".formatted(port.mac(), other.name()));
        }
    }
}
