package io.vswitch.containers.docker;

import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.state.Refusal;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this node's switch join the endpoint directory of the swarm's nodes; one thread. They find
 * one another at the engine's addresses, and know one another by a secret that comes with each
 * network. Where it can't be, tunnels learn from what comes out of them.
 */
final class SwarmDirectory {
    /** TCP port; the engine's own gossip is at 7946. */
    static final int PORT = 14_790;

    private static final Logger LOG = LoggerFactory.getLogger(SwarmDirectory.class);
    private static final int REPEATED = 10;

    private final Records records;
    private final SwarmNodes nodes;
    private final SwitchClient vswitch;
    private String told;
    private String problem;
    private int rounds;

    /**
     * Joins nothing yet.
     *
     * @param vswitch not for others: joining takes seconds.
     */
    SwarmDirectory(final Records records, final SwarmNodes nodes, final SwitchClient vswitch) {
        this.records = records;
        this.nodes = nodes;
        this.vswitch = vswitch;
    }

    /**
     * Joins; again now and then, since a switch that was restarted has forgotten it. Without a
     * network it stays as it is: the next one mostly has the same secret.
     */
    void refresh() {
        final Optional<Records.Network> network =
                records.networks().all().stream()
                        .filter(n -> n.directoryKey() != null && n.options().overlay() != null)
                        .min(Comparator.comparing(Records.Network::directoryKey));
        if (network.isEmpty() && told != null) {
            return;
        }
        final String where =
                network.map(n -> where(n.options().overlay().local(), nodes.addresses()))
                        .orElse(null);
        final String key = network.map(Records.Network::directoryKey).orElse(null);
        final String next = where + " " + key;
        if (next.equals(told) && rounds++ % REPEATED != 0) {
            return;
        }
        try {
            vswitch.joinDirectory(where, key);
            if (!next.equals(told)) {
                LOG.info("directory: {}", where == null ? "none" : where);
            }
            told = next;
            problem = null;
        } catch (final Refusal e) {
            if (!e.getMessage().equals(problem)) {
                problem = e.getMessage();
                LOG.warn("no endpoint directory: {}", problem);
            }
        }
    }

    private static String where(final String own, final Set<String> nodes) {
        final StringBuilder text = new StringBuilder("jgroups:").append(host(own));
        nodes.stream()
                .filter(node -> !node.equals(own))
                .forEach(n -> text.append(',').append(host(n)));
        return text.toString();
    }

    private static String host(final String ip) {
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + PORT;
    }
}
