package io.vswitch.containers.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the swarm's leader decides for a network: its options as every node gets them, with a VNI of
 * its own. Any thread, one at a time.
 *
 * <p>A VNI follows from the network's id, the next free one if that is taken. The swarm keeps it
 * and tells it to the next leader, for each of its networks before any new one.
 */
final class SwarmNetworks {
    /** Where the engine's own overlays are is 4789. */
    static final int PORT = 14_789;

    /** What is wrong with a network; each node that is to have it says so. */
    static final String REFUSED = "refused";

    /** Secret of the endpoint directory of the swarm's nodes. */
    static final String DIRECTORY_KEY = "directory-key";

    private static final int KEY_BYTES = 32;
    private static final Logger LOG = LoggerFactory.getLogger(SwarmNetworks.class);

    private final Records records;
    private final SwitchClient vswitch;
    private final Engine engine;

    /**
     * What a network got, and under the name of the option the secret that it gets next.
     *
     * @param key secret of the directory, the same for all.
     */
    record Allocation(String id, int vni, String key) {}

    SwarmNetworks(final Records records, final SwitchClient vswitch, final Engine engine) {
        this.records = records;
        this.vswitch = vswitch;
        this.engine = engine;
    }

    /**
     * The options of a network. The engine's user never sees a refusal of this call, and it is
     * repeated for ever; so what is wrong becomes an option, which nodes refuse.
     */
    synchronized Map<String, String> allocate(final Messages.AllocateNetwork request)
            throws IOException {
        final String id = NetworkDriver.checkId(request.networkID());
        final Map<String, String> options = new TreeMap<>(request.options());
        options.remove(REFUSED);
        options.putIfAbsent("mode", Mode.OVERLAY.label());
        final String key = options.remove(DIRECTORY_KEY);
        try {
            if (options.get("mode").equals(Mode.OVERLAY.label())) {
                options.putIfAbsent("port", Integer.toString(PORT));
                final int vni = vni(id, options.get("vni"));
                options.put("vni", Integer.toString(vni));
                NetworkOptions.parse(Map.of(NetworkOptions.GENERIC, options));
                final Allocation allocation = new Allocation(id, vni, key(key));
                records.allocations().put(id, allocation);
                options.put(DIRECTORY_KEY, allocation.key());
            } else {
                NetworkOptions.parse(Map.of(NetworkOptions.GENERIC, options));
            }
        } catch (final Refusal e) {
            LOG.warn("network {}: {}", id, e.getMessage());
            options.put(REFUSED, e.getMessage());
        }
        return options;
    }

    synchronized void free(final Messages.Reference request) throws IOException {
        records.allocations().remove(NetworkDriver.checkId(request.networkID()));
    }

    private int vni(final String id, final String wanted) throws IOException {
        final int vni = wanted == null ? derived(id) : NetworkOptions.vni(wanted);
        for (final Allocation other : records.allocations().all()) {
            if (other.vni() == vni && !other.id().equals(id) && exists(other)) {
                throw Refusal.failure(
                        "VNI %d is in use by network %s; choose another"
                                .formatted(vni, other.id().substring(0, 12)));
            }
        }
        return vni;
    }

    /** The one that is given, that of the other networks, whoever chose it, or a new one. */
    private String key(final String given) throws IOException {
        final Allocation before = records.allocations().get(DIRECTORY_KEY);
        if (before != null && (given == null || given.equals(before.key()))) {
            return before.key();
        }
        final byte[] secret = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(secret);
        final String key = given == null ? Base64.getEncoder().encodeToString(secret) : given;
        // Kept longer than any network, so that nodes needn't form another group each time.
        records.allocations().put(DIRECTORY_KEY, new Allocation(DIRECTORY_KEY, 0, key));
        return key;
    }

    private int derived(final String id) {
        final Allocation before = records.allocations().get(id);
        if (before != null) {
            return before.vni();
        }
        final Set<Integer> taken = new HashSet<>();
        records.allocations().all().forEach(allocation -> taken.add(allocation.vni()));
        vswitch.state().networks().values().stream()
                .map(Views.Network::vni)
                .filter(Objects::nonNull)
                .forEach(taken::add);
        final CRC32 hash = new CRC32();
        hash.update(id.getBytes(StandardCharsets.US_ASCII));
        int vni = (int) (hash.getValue() % OverlaySpec.MAX_VNI) + 1;
        while (taken.contains(vni)) {
            vni = vni % OverlaySpec.MAX_VNI + 1;
        }
        return vni;
    }

    /** It may have been freed while another manager was the leader. */
    private boolean exists(final Allocation other) throws IOException {
        try {
            for (final JsonNode network : engine.get("/networks")) {
                if (network.path("Id").asText().equals(other.id())) {
                    return true;
                }
            }
        } catch (final Refusal e) {
            return true;
        }
        records.allocations().remove(other.id());
        return false;
    }
}
