package io.vswitch.core.engine;

import io.vswitch.core.port.Port;
import io.vswitch.core.view.PortInfo;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/** What is told of ports and networks; stateless, any thread. */
final class PortViews {
    private PortViews() {}

    /**
     * All ports of a snapshot.
     *
     * @param gone those whose device has vanished.
     */
    static List<PortInfo> of(
            final SwitchSnapshot current, final Set<Port> gone, final PortBooks books) {
        return IntStream.range(0, current.portLimit())
                .mapToObj(current::port)
                .filter(Objects::nonNull)
                .map(port -> info(current, port, gone, books))
                .toList();
    }

    private static PortInfo info(
            final SwitchSnapshot current,
            final PortState state,
            final Set<Port> gone,
            final PortBooks books) {
        final Port port = state.port();
        final NetworkState network = current.network(state.networkId());
        return new PortInfo(
                state.id(),
                state.name(),
                port.kind(),
                network == null ? null : network.name(),
                port.mtu(),
                port.offloads(),
                state.enabled(),
                gone.contains(port),
                books.of(state));
    }

    /** Names of all networks of a snapshot. */
    static List<String> networks(final SwitchSnapshot current) {
        return IntStream.range(0, current.networkLimit())
                .mapToObj(current::network)
                .filter(Objects::nonNull)
                .map(NetworkState::name)
                .toList();
    }
}
