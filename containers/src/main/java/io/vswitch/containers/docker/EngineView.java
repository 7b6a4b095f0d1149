package io.vswitch.containers.docker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the engine tells of containers, networks and services that matters to the switch; immutable.
 * Labels are those that begin with {@code vswitch.}, without that.
 *
 * @param endpoints of running containers, by their ids.
 * @param networks by their ids.
 * @param swarm what is known of services; null where there is no swarm, or nothing is told of it.
 */
record EngineView(Map<String, Attached> endpoints, Map<String, Network> networks, Swarm swarm) {
    static final EngineView EMPTY = new EngineView(Map.of(), Map.of(), null);

    /**
     * A container on a network.
     *
     * @param service of the swarm, or null.
     */
    record Attached(String container, String network, String service, Map<String, String> labels) {}

    /** A network. */
    record Network(String name, Map<String, String> labels) {}

    /**
     * The services of the swarm.
     *
     * @param whole true when it is a manager's knowledge: all services, with their labels.
     */
    record Swarm(boolean whole, List<Service> services, List<Overlay> overlays) {
        Swarm {
            services = services == null ? List.of() : List.copyOf(services);
            overlays = overlays == null ? List.of() : List.copyOf(overlays);
        }

        /** The service of this name, or null. */
        Service service(final String name) {
            return services.stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
        }
    }

    /** A service and the networks it is on. */
    record Service(String name, Map<String, String> labels, List<Place> places) {
        Service {
            labels = labels == null ? Map.of() : Map.copyOf(labels);
            places = places == null ? List.of() : List.copyOf(places);
        }
    }

    /**
     * A service on one network.
     *
     * @param vip its virtual address, or null.
     */
    record Place(String network, String vip, List<Task> tasks) {
        Place {
            tasks = tasks == null ? List.of() : List.copyOf(tasks);
        }
    }

    /**
     * A task that runs.
     *
     * @param draining it is to end, and gets no new connections.
     */
    record Task(String ip, boolean draining) {}

    /** A network of the swarm as its manager tells of it, for nodes that have no task on it. */
    record Overlay(String id, String subnet, String gateway, Map<String, String> options) {
        /** What the engine would say of it to a node with a task. */
        Messages.CreateNetwork request() {
            final Map<String, Object> all = new HashMap<>();
            all.put(NetworkOptions.GENERIC, options);
            return new Messages.CreateNetwork(
                    id, all, List.of(new Messages.Pool(subnet, gateway)), List.of());
        }
    }
}
