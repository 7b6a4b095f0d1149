package io.vswitch.containers.docker;

import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.state.Refusal;
import java.util.Collection;
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

    private final SwitchClient vswitch;
    private String told;
    private String problem;
    private int rounds;

    SwarmDirectory(final SwitchClient vswitch) {
        this.vswitch = vswitch;
    }

    /**
     * Joins, or leaves when no network needs it; again now and then, since a switch that was
     * restarted has forgotten it.
     *
     * @param nodes addresses of all that are known.
     */
    void refresh(final Collection<Records.Network> networks, final Set<String> nodes) {
        final Optional<Records.Network> network =
                networks.stream()
                        .filter(n -> n.directoryKey() != null && n.options().overlay() != null)
                        .min(Comparator.comparing(Records.Network::directoryKey));
        final String where =
                network.map(n -> where(n.options().overlay().local(), nodes)).orElse(null);
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
