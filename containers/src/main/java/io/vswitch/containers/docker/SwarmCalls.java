package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the engine asks of a driver of scope global beyond or other than of a local one. Any thread.
 */
final class SwarmCalls implements PluginHandler.Calls {
    private final NetworkDriver driver;
    private final SwarmNetworks networks;
    private final SwarmNodes nodes;

    SwarmCalls(final NetworkDriver driver, final SwarmNetworks networks, final SwarmNodes nodes) {
        this.driver = driver;
        this.networks = networks;
        this.nodes = nodes;
    }

    @Override
    public Object call(final String method, final byte[] body) throws IOException {
        switch (method) {
            case "/NetworkDriver.GetCapabilities":
                return Map.of("Scope", "global", "ConnectivityScope", "global");
            case "/NetworkDriver.AllocateNetwork":
                return Map.of(
                        "Options",
                        networks.allocate(Messages.read(body, Messages.AllocateNetwork.class)));
            case "/NetworkDriver.FreeNetwork":
                networks.free(Messages.read(body, Messages.Reference.class));
                return PluginHandler.DONE;
            case "/NetworkDriver.CreateNetwork":
                createNetwork(Messages.read(body, Messages.CreateNetwork.class));
                return PluginHandler.DONE;
            case "/NetworkDriver.DiscoverNew":
                nodes.discovered(Messages.read(body, Messages.Discovery.class));
                return PluginHandler.DONE;
            case "/NetworkDriver.DiscoverDelete":
                nodes.lost(Messages.read(body, Messages.Discovery.class));
                return PluginHandler.DONE;
            default:
                return null;
        }
    }

    /** A network of the swarm comes to this node. */
    void createNetwork(final Messages.CreateNetwork request) throws IOException {
        driver.createNetwork(filledIn(request), true);
    }

    /** A network of the swarm leaves this node. */
    void deleteNetwork(final String id) throws IOException {
        driver.deleteNetwork(new Messages.Reference(id, null));
    }

    /** With what this node alone knows, and without what was meant for the drivers only. */
    private Messages.CreateNetwork filledIn(final Messages.CreateNetwork request) {
        final Map<String, String> options =
                new TreeMap<>(NetworkOptions.generic(request.options()));
        if (options.containsKey(SwarmNetworks.REFUSED)) {
            throw Refusal.usage(options.get(SwarmNetworks.REFUSED));
        }
        if (!options.containsKey("mode")) {
            throw Refusal.usage(
                    "networks of %s are made by a swarm's manager; use -d vswitch for one of this"
                                    .formatted(NetworkDriver.SWARM_NAME)
                            + " host alone");
        }
        if (options.get("mode").equals(Mode.OVERLAY.label())) {
            options.putIfAbsent("local", nodes.own());
        }
        final Map<String, Object> all = new HashMap<>(request.options());
        all.put(NetworkOptions.GENERIC, options);
        return new Messages.CreateNetwork(request.networkID(), all, request.ipv4(), request.ipv6());
    }
}
