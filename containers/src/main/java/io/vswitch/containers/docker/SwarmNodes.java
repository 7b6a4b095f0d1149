package io.vswitch.containers.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.vswitch.containers.SwitchClient;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of the swarm, as peers of its networks; any thread. The engine tells of a node once,
 * and not again to a driver that was away; so it is also asked, network by network, who is on it.
 */
final class SwarmNodes {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmNodes.class);

    /** So many seconds the engine may take to show a network that it has made. */
    private static final int ABSENCES = 10;

    private final Records records;
    private final SwitchClient vswitch;
    private final Engine engine;
    private final Map<String, Integer> absences = new HashMap<>();
    private final Consumer<String> forget;
    private volatile Set<String> heard = Set.of();

    /**
     * A node.
     *
     * @param self this host.
     */
    record Node(String address, boolean self) {}

    /**
     * Asks nobody yet.
     *
     * @param forget is told of networks that the engine has no more.
     */
    SwarmNodes(
            final Records records,
            final SwitchClient vswitch,
            final Engine engine,
            final Consumer<String> forget) {
        this.forget = forget;
        this.records = records;
        this.vswitch = vswitch;
        this.engine = engine;
    }

    /** A node has come, or this host has joined. */
    synchronized void discovered(final Messages.Discovery found) throws IOException {
        final Node node = found.node();
        if (node == null) {
            return;
        }
        if (node.self()) {
            for (final Node before : records.nodes().all()) {
                if (before.self()) {
                    records.nodes().remove(before.address());
                }
            }
        }
        records.nodes().put(node.address(), node);
    }

    /** A node has gone. */
    synchronized void lost(final Messages.Discovery gone) throws IOException {
        if (gone.node() != null) {
            records.nodes().remove(gone.node().address());
        }
    }

    /** This host's address on the underlay; refuses when it is in no swarm. */
    String own() {
        for (final Node node : records.nodes().all()) {
            if (node.self()) {
                return node.address();
            }
        }
        final String address = engine.get("/info").path("Swarm").path("NodeAddr").asText();
        if (address.isEmpty()) {
            throw Refusal.failure("this engine is in no swarm");
        }
        return address;
    }

    /** Where all nodes are that are known, this one among them. */
    Set<String> addresses() {
        final Set<String> all = new TreeSet<>(heard);
        records.nodes().all().forEach(node -> all.add(node.address()));
        return all;
    }

    /** A network is new here: whoever may be on it is its peer until more is known. */
    void introduce(final String id) {
        final Records.Network network = records.networks().get(id);
        if (network != null && network.options().overlay() != null) {
            setPeers(network, addresses());
        }
    }

    /** Makes the switch's peers those that the engine knows. */
    void refresh() {
        final Set<String> all = new TreeSet<>();
        for (final Records.Network network : records.networks().all()) {
            if (network.swarm()) {
                try {
                    all.addAll(refresh(network));
                } catch (final Refusal e) {
                    LOG.debug("peers of {}: {}", network.name(), e.getMessage());
                }
            }
        }
        heard = all;
        try {
            forgetAbsent();
        } catch (final Refusal e) {
            LOG.debug("networks: {}", e.getMessage());
        }
    }

    /** An engine that was killed doesn't have them removed, and no network may take their place. */
    private void forgetAbsent() {
        final Set<String> there = new HashSet<>();
        engine.get("/networks").forEach(network -> there.add(network.path("Id").asText()));
        final Set<String> used =
                records.endpoints().all().stream()
                        .map(Records.Endpoint::network)
                        .collect(Collectors.toSet());
        for (final Records.Network network : records.networks().all()) {
            final String id = network.id();
            if (!network.swarm() || there.contains(id) || used.contains(id)) {
                absences.remove(id);
            } else if (absences.merge(id, 1, Integer::sum) >= ABSENCES) {
                LOG.info("the engine has no network {} any more", network.name());
                absences.remove(id);
                forget.accept(id);
            }
        }
    }

    private Set<String> refresh(final Records.Network network) {
        if (network.options().overlay() == null) {
            return Set.of();
        }
        final Set<String> wanted =
                records.nodes().all().stream()
                        .filter(node -> !node.self())
                        .map(Node::address)
                        .collect(Collectors.toCollection(TreeSet::new));
        try {
            for (final JsonNode peer :
                    engine.get("/networks/" + network.id() + "?verbose=true").path("Peers")) {
                wanted.add(peer.path("IP").asText());
            }
        } catch (final Refusal e) {
            // A worker without a task on the network: its engine knows nothing of it.
            LOG.debug("peers of {}: {}", network.name(), e.getMessage());
        }
        setPeers(network, wanted);
        return wanted;
    }

    private void setPeers(final Records.Network network, final Set<String> nodes) {
        final Set<String> wanted = new TreeSet<>(nodes);
        wanted.remove(network.options().overlay().local());
        final Set<String> known = vswitch.peers(network.name());
        final List<Change> changes = new ArrayList<>();
        for (final String peer : wanted) {
            if (!known.contains(peer)) {
                changes.add(new OverlayChange.AddPeer(network.name(), peer));
            }
        }
        for (final String peer : known) {
            if (!wanted.contains(peer)) {
                changes.add(new OverlayChange.DeletePeer(network.name(), peer));
            }
        }
        if (!changes.isEmpty()) {
            LOG.info("peers of {}: {}", network.name(), wanted);
            vswitch.apply(changes);
        }
    }
}
