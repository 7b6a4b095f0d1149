package io.vswitch.ctl.state;

import java.util.List;

/** A change of the networks; immutable. */
public sealed interface NetworkChange extends Change {
    /** One network more. */
    record Add(NetworkSpec network) implements NetworkChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final String name = Names.checkNetwork(network.name());
            if (state.networks().containsKey(name)) {
                throw Refusal.failure("network '" + name + "' is there already");
            }
            if (network.macLimit() < 1 || network.macLimit() > 1_000_000) {
                throw Refusal.usage(
                        "network '%s': MAC limit %d; allowed are 1 to 1000000"
                                .formatted(name, network.macLimit()));
            }
            if (network.macAgeMs() < 1_000 || network.macAgeMs() > 86_400_000) {
                throw Refusal.usage(
                        "network '%s': MAC age %d s; allowed are 1 to 86400"
                                .formatted(name, network.macAgeMs() / 1000));
            }
            checkOverlap(state);
            OverlayChecks.check(network, state);
            return withTunnel(state.with(network));
        }

        private DesiredState withTunnel(final DesiredState state) {
            final OverlaySpec overlay = network.overlay();
            return overlay == null
                    ? state
                    : new PortChange.Add(overlay.port(network.name())).applyTo(state);
        }

        private void checkOverlap(final DesiredState state) {
            final Cidr prefix = network.prefix();
            if (prefix == null) {
                return;
            }
            for (final NetworkSpec other : state.networks().values()) {
                if (other.subnet() != null && other.prefix().overlaps(prefix)) {
                    throw Refusal.failure(
                            "subnet '%s' overlaps %s of network '%s'"
                                    .formatted(prefix, other.subnet(), other.name()));
                }
            }
        }
    }

    /** One network less. */
    record Delete(String name) implements NetworkChange {
        @Override
        public DesiredState applyTo(final DesiredState state) {
            final String tunnel = state.network(name).tunnel();
            final List<String> users =
                    state.ports().values().stream()
                            .filter(p -> name.equals(p.spec().network()))
                            .filter(p -> !p.name().equals(tunnel))
                            .map(DesiredPort::name)
                            .toList();
            if (state.network(name).gateway() != null) {
                throw Refusal.failure(
                        "network '%s' is on router '%s'; delete that first"
                                .formatted(name, state.network(name).gateway().router()));
            }
            if (!users.isEmpty()) {
                throw Refusal.failure(
                        "network '%s' has %d port%s (%s%s); delete %s first"
                                .formatted(
                                        name,
                                        users.size(),
                                        users.size() == 1 ? "" : "s",
                                        String.join(", ", users.stream().limit(5).toList()),
                                        users.size() > 5 ? ", ..." : "",
                                        users.size() == 1 ? "it" : "them"));
            }
            final DesiredState rest =
                    tunnel == null ? state : new PortChange.Delete(tunnel).applyTo(state);
            return rest.withoutNetwork(name);
        }
    }
}
