package io.vswitch.containers.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks the engine for all of an {@link EngineView}; one thread. */
final class EngineReader {
    private static final String SERVICE_NAME = "com.docker.swarm.service.name";

    private final Engine engine;

    EngineReader(final Engine engine) {
        this.engine = engine;
    }

    /** Containers and networks of this host; services come from somebody else. */
    EngineView read(final EngineView.Swarm swarm) {
        final Map<String, EngineView.Network> networks = new HashMap<>();
        for (final JsonNode network : engine.get("/networks")) {
            networks.put(
                    network.path("Id").asText(),
                    new EngineView.Network(
                            network.path("Name").asText(), Labels.of(network.path("Labels"))));
        }
        final Map<String, EngineView.Attached> endpoints = new HashMap<>();
        for (final JsonNode container : engine.get("/containers/json")) {
            container
                    .path("NetworkSettings")
                    .path("Networks")
                    .forEach(leg -> add(endpoints, container, leg));
        }
        return new EngineView(endpoints, networks, swarm);
    }

    private static void add(
            final Map<String, EngineView.Attached> endpoints,
            final JsonNode container,
            final JsonNode leg) {
        final JsonNode labels = container.path("Labels");
        endpoints.put(
                leg.path("EndpointID").asText(),
                new EngineView.Attached(
                        container.path("Names").path(0).asText().replaceFirst("^/", ""),
                        leg.path("NetworkID").asText(),
                        labels.path(SERVICE_NAME).asText(null),
                        Labels.of(labels)));
    }

    /** What part this engine has in a swarm. */
    enum Role {
        NONE,
        WORKER,
        MANAGER
    }

    Role role() {
        final JsonNode swarm = engine.get("/info").path("Swarm");
        if (!swarm.path("LocalNodeState").asText().equals("active")) {
            return Role.NONE;
        }
        return swarm.path("ControlAvailable").asBoolean() ? Role.MANAGER : Role.WORKER;
    }

    /**
     * All services, as a manager knows them.
     *
     * @throws Refusal when the swarm has no leader, too.
     */
    EngineView.Swarm services() {
        final Map<String, Map<String, List<EngineView.Task>>> tasks = tasks();
        final List<EngineView.Service> services = new ArrayList<>();
        for (final JsonNode service : engine.get("/services")) {
            final Map<String, List<EngineView.Task>> own =
                    tasks.getOrDefault(service.path("ID").asText(), Map.of());
            final Map<String, String> vips = new HashMap<>();
            for (final JsonNode vip : service.path("Endpoint").path("VirtualIPs")) {
                vips.put(vip.path("NetworkID").asText(), withoutLength(vip.path("Addr")));
            }
            own.keySet().forEach(network -> vips.putIfAbsent(network, null));
            final List<EngineView.Place> places = new ArrayList<>();
            vips.forEach(
                    (network, vip) ->
                            places.add(
                                    new EngineView.Place(
                                            network, vip, own.getOrDefault(network, List.of()))));
            services.add(
                    new EngineView.Service(
                            service.path("Spec").path("Name").asText(),
                            Labels.of(service.path("Spec").path("Labels")),
                            places));
        }
        return new EngineView.Swarm(true, services, overlays());
    }

    /** Tasks that run, by service and network. */
    private Map<String, Map<String, List<EngineView.Task>>> tasks() {
        final Map<String, Map<String, List<EngineView.Task>>> all = new HashMap<>();
        for (final JsonNode task : engine.get("/tasks")) {
            if (!task.path("Status").path("State").asText().equals("running")) {
                continue;
            }
            final boolean draining = !task.path("DesiredState").asText().equals("running");
            for (final JsonNode leg : task.path("NetworksAttachments")) {
                all.computeIfAbsent(task.path("ServiceID").asText(), id -> new HashMap<>())
                        .computeIfAbsent(
                                leg.path("Network").path("ID").asText(), id -> new ArrayList<>())
                        .add(
                                new EngineView.Task(
                                        withoutLength(leg.path("Addresses").path(0)), draining));
            }
        }
        return all;
    }

    private List<EngineView.Overlay> overlays() {
        final List<EngineView.Overlay> overlays = new ArrayList<>();
        for (final JsonNode network : engine.get("/networks")) {
            final Map<String, String> options = new HashMap<>();
            network.path("Options")
                    .properties()
                    .forEach(o -> options.put(o.getKey(), o.getValue().asText()));
            final JsonNode pool = network.path("IPAM").path("Config").path(0);
            if (network.path("Scope").asText().equals("swarm") && isOurs(network)) {
                overlays.add(
                        new EngineView.Overlay(
                                network.path("Id").asText(),
                                pool.path("Subnet").asText(null),
                                pool.path("Gateway").asText(null),
                                options));
            }
        }
        return overlays;
    }

    private static boolean isOurs(final JsonNode network) {
        return network.path("Driver").asText().equals("vswitch:swarm");
    }

    /**
     * Services of some networks, as their nodes tell each other: no labels, only tasks that run.
     */
    EngineView.Swarm services(final List<String> networks) {
        final Map<String, List<EngineView.Place>> places = new HashMap<>();
        for (final String id : networks) {
            engine.get("/networks/" + id + "?verbose=true")
                    .path("Services")
                    .properties()
                    .forEach(
                            service -> {
                                if (!service.getKey().isEmpty()) {
                                    places.computeIfAbsent(
                                                    service.getKey(), name -> new ArrayList<>())
                                            .add(place(id, service.getValue()));
                                }
                            });
        }
        final List<EngineView.Service> services = new ArrayList<>();
        places.forEach((name, all) -> services.add(new EngineView.Service(name, Map.of(), all)));
        return new EngineView.Swarm(false, services, List.of());
    }

    private static EngineView.Place place(final String network, final JsonNode service) {
        final List<EngineView.Task> tasks = new ArrayList<>();
        for (final JsonNode task : service.path("Tasks")) {
            tasks.add(new EngineView.Task(task.path("EndpointIP").asText(), false));
        }
        final String vip = service.path("VIP").asText();
        return new EngineView.Place(
                network, vip.isEmpty() || vip.equals("<nil>") ? null : vip, tasks);
    }

    private static String withoutLength(final JsonNode address) {
        return address.asText().replaceFirst("/.*$", "");
    }
}
