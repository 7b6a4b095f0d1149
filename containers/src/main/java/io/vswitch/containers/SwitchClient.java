package io.vswitch.containers;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.api.OverlayViews;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Json;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is asked of vswitchd; any thread, one at a time. Each call is one request: all of it holds,
 * on disk, or nothing. Refuses with vswitchd's own words, also when it doesn't run.
 */
public final class SwitchClient implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 20;
    private static final int MAC_LIMIT = 8192;
    private static final long MAC_AGE_MS = 300_000;

    private final ApiClient api;
    private final String owner;

    /**
     * Connects with the first request.
     *
     * @param owner of the layers that are added, or null.
     */
    public SwitchClient(final Path socket, final String owner) {
        this.owner = owner;
        api = new ApiClient(socket, TIMEOUT_SECONDS);
    }

    /** Has all changes carried out, or none. */
    public synchronized void apply(final List<Change> changes) {
        if (!changes.isEmpty()) {
            api.apply(changes, owner);
        }
    }

    /** What the switch has, by name. */
    public record State(Map<String, Views.Network> networks, Map<String, Views.Port> ports) {}

    /** What the switch has now. */
    public synchronized State state() {
        return new State(
                read("/v1/networks", Views.Networks.class).networks().stream()
                        .collect(Collectors.toMap(Views.Network::name, Function.identity())),
                read("/v1/ports", Views.Ports.class).ports().stream()
                        .collect(Collectors.toMap(Views.Port::name, Function.identity())));
    }

    /** The other hosts of a network that were set by {@link #apply}. */
    public synchronized Set<String> peers(final String network) {
        return read("/v1/peers?network=" + network, OverlayViews.Peers.class).peers().stream()
                .filter(peer -> peer.source().equals("config"))
                .map(OverlayViews.Peer::peer)
                .collect(Collectors.toSet());
    }

    /**
     * Joins an endpoint directory.
     *
     * @param where as {@code vswitchd --directory} takes it, or null to leave.
     */
    public synchronized void joinDirectory(final String where, final String key) {
        api.post("/v1/directory", Json.write(new OverlayViews.JoinRequest(where, key)));
    }

    /** The switch's answer to a reading request. */
    public synchronized <T> T read(final String path, final Class<T> type) {
        try {
            return Json.read(api.get(path), type);
        } catch (IOException e) {
            throw Refusal.failure("vswitchd's answer can't be read: " + e.getMessage());
        }
    }

    /**
     * A network.
     *
     * @param subnet of its endpoints, or null.
     * @param overlay how it reaches other hosts, or null.
     */
    public static Change addNetwork(
            final String name, final String subnet, final OverlaySpec overlay) {
        return new NetworkChange.Add(
                new NetworkSpec(
                        name, subnet, MAC_LIMIT, MAC_AGE_MS, overlay, null, List.of(), List.of()));
    }

    @Override
    public void close() {
        api.close();
    }
}
