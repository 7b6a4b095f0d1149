package io.vswitch.containers.docker;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine asks of a driver of scope global beyond or other than of a local one. Any thread.
 */
final class SwarmCalls implements PluginHandler.Calls {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmCalls.class);

    private final Records records;
    private final NetworkDriver driver;
    private final SwarmNetworks networks;
    private final SwarmNodes nodes;

    SwarmCalls(
            final Records records,
            final NetworkDriver driver,
            final SwarmNetworks networks,
            final SwarmNodes nodes) {
        this.records = records;
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
                createNowOrLater(Messages.read(body, Messages.CreateNetwork.class));
                return PluginHandler.DONE;
            case "/NetworkDriver.CreateEndpoint":
                return answerInPlace(Messages.read(body, Messages.Reference.class).networkID());
            case "/NetworkDriver.Join":
                createPending(Messages.read(body, Messages.Reference.class).networkID());
                return null;
            case "/NetworkDriver.DeleteNetwork":
                records.pending()
                        .remove(
                                NetworkDriver.checkId(
                                        Messages.read(body, Messages.Reference.class).networkID()));
                return null;
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

    /** A network of the swarm comes to this node, though no task on it does. */
    void join(final Messages.CreateNetwork request) throws IOException {
        create(request);
    }

    /** A network that came so leaves this node. */
    void leave(final String id) {
        driver.forgetNetwork(id);
    }

    /**
     * The engine tells nobody why a network of the swarm can't be made here, but says why a
     * container can't join it: so it is tried again then, and that is refused. Not its endpoint,
     * since the engine would believe for ever that the network is in use.
     */
    private void createNowOrLater(final Messages.CreateNetwork request) throws IOException {
        final String id = NetworkDriver.checkId(request.networkID());
        if (!NetworkOptions.generic(request.options()).containsKey("mode")) {
            throw Refusal.usage(
                    "networks of %s are made by a swarm's manager; use -d vswitch for one of this"
                                    .formatted(NetworkDriver.SWARM_NAME)
                            + " host alone");
        }
        try {
            create(request);
            records.pending().remove(id);
        } catch (final Refusal e) {
            LOG.warn("network {}: {}", id, e.getMessage());
            records.pending().put(id, request);
        }
    }

    /** Null when the network is there, or can be made now. */
    private Object answerInPlace(final String id) throws IOException {
        try {
            createPending(id);
            return null;
        } catch (final Refusal e) {
            return new Messages.Created(new Messages.Interface(null, null, null));
        }
    }

    private void createPending(final String id) throws IOException {
        final Messages.CreateNetwork request = id == null ? null : records.pending().get(id);
        if (request != null) {
            create(request);
            records.pending().remove(id);
        }
    }

    /** With what this node alone knows, and without what was meant for the drivers only. */
    private void create(final Messages.CreateNetwork request) throws IOException {
        final Map<String, String> options =
                new TreeMap<>(NetworkOptions.generic(request.options()));
        if (options.containsKey(SwarmNetworks.REFUSED)) {
            throw Refusal.usage(options.get(SwarmNetworks.REFUSED));
        }
        if (options.get("mode").equals(Mode.OVERLAY.label())) {
            options.putIfAbsent("local", nodes.own());
        }
        final String key = options.remove(SwarmNetworks.DIRECTORY_KEY);
        final Map<String, Object> all = new HashMap<>(request.options());
        all.put(NetworkOptions.GENERIC, options);
        driver.createNetwork(
                new Messages.CreateNetwork(
                        request.networkID(), all, request.ipv4(), request.ipv6()),
                true,
                key);
        nodes.introduce(request.networkID());
    }
}
