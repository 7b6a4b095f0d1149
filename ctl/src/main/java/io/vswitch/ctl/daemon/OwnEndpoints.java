package io.vswitch.ctl.daemon;

import io.vswitch.ctl.directory.Catalogue;
import io.vswitch.ctl.directory.Directory;
import io.vswitch.ctl.directory.Endpoint;
import io.vswitch.ctl.directory.Membership;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host publishes in the directory, and what it has heard from it; under the controller's
 * lock.
 */
final class OwnEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(OwnEndpoints.class);

    private final Map<String, Endpoint> published = new HashMap<>();
    private final Set<Catalogue.Conflict> reported = new HashSet<>();
    private List<Membership> networks = List.of();
    private Directory directory = Directory.NONE;
    private Catalogue catalogue = new Catalogue(List.of());
    private boolean isNew;

    void directory(final Directory shared) {
        directory = shared;
        isNew = true;
    }

    /** What all hosts have published, as it was heard last. */
    Catalogue catalogue() {
        return catalogue;
    }

    /** Hears what hosts have published, and reports each conflict once. */
    void refresh() {
        catalogue = new Catalogue(directory.hosts());
        final List<Catalogue.Conflict> conflicts = catalogue.conflicts();
        for (final Catalogue.Conflict conflict : conflicts) {
            if (reported.add(conflict)) {
                LOG.warn(
                        "VNI {}: {} is claimed twice: {} has it, {} has not",
                        conflict.vni(),
                        conflict.what(),
                        conflict.winner(),
                        conflict.loser());
            }
        }
        reported.retainAll(conflicts);
    }

    /** Publishes the endpoints of the ports that are attached, unless all is as it was. */
    void publish(final DesiredState state, final Set<String> attached) {
        if (directory == Directory.NONE) {
            return;
        }
        final Map<String, Endpoint> next = new HashMap<>();
        for (final DesiredPort port : state.ports().values()) {
            if (attached.contains(port.name()) && isEndpoint(port.spec(), state)) {
                next.put(port.name(), endpoint(port.spec(), state.network(port.spec().network())));
            }
        }
        final List<Membership> joined =
                state.networks().values().stream()
                        .filter(n -> n.overlay() != null && attached.contains(n.tunnel()))
                        .map(n -> new Membership(n.overlay().vni(), n.overlay().local()))
                        .toList();
        if (isNew || !next.equals(published) || !joined.equals(networks)) {
            isNew = false;
            published.clear();
            published.putAll(next);
            networks = joined;
            directory.publish(joined, new ArrayList<>(next.values()));
        }
    }

    private static boolean isEndpoint(final PortSpec port, final DesiredState state) {
        return port.network() != null
                && port.mac() != null
                && state.network(port.network()).overlay() != null;
    }

    /** With the generation that it had, or one higher than whoever had its MAC or addresses. */
    private Endpoint endpoint(final PortSpec port, final NetworkSpec network) {
        final Endpoint endpoint =
                new Endpoint(
                        network.overlay().vni(),
                        port.mac(),
                        port.addresses().stream()
                                .map(a -> Cidr.parse("address", a).ip().toString())
                                .toList(),
                        network.overlay().local(),
                        0);
        final Endpoint before = published.get(port.name());
        if (before != null && before.with(0).equals(endpoint)) {
            return before;
        }
        return catalogue.next(endpoint);
    }
}
