package io.vswitch.containers.docker;

import io.vswitch.ctl.state.BackendSpec;
import io.vswitch.ctl.state.Ip;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.RulesChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * What the services of a swarm come to on this host's switch; made anew for each look at them.
 *
 * <pre>
 *   service                     tag service-NAME: all its addresses
 *   service on a network        load balancer service-NAME-NETWORK over its tasks on all nodes
 *     with a virtual address    neighbour of the network; every port there has a rule that balances
 * </pre>
 */
final class ServicePlan {
    /** Names of tags and load balancers of services begin so. */
    static final String PREFIX = "service-";

    /** The layer of rules that balance. */
    static final String LAYER = "services";

    /** Behind the rules of labels and options, which see virtual addresses. */
    private static final int PRIORITY = 200;

    private static final int PING = 10;
    private static final int BALANCE = 20;

    /** Of a name of 31 characters. */
    private static final int LONGEST_TAG = 23;

    private static final int LONGEST_BALANCER = 16;
    private static final int SHORT_ID = 6;
    private static final byte[] DOCKERS_MAC = {0x02, 0x42};

    /** Addresses by the names of their tags. */
    final Map<String, List<String>> tags = new TreeMap<>();

    /** Backends by the names of their load balancers. */
    final Map<String, List<BackendSpec>> balancers = new TreeMap<>();

    /** Virtual addresses and their MACs, by the switch's network. */
    final Map<String, Map<String, String>> neighbours = new TreeMap<>();

    /** Rules by the switch's network. */
    private final Map<String, List<RulesChange.Line>> rules = new HashMap<>();

    private ServicePlan() {}

    /** What these services come to on a host that has these networks. */
    static ServicePlan of(
            final EngineView.Swarm swarm, final Collection<Records.Network> networks) {
        final ServicePlan plan = new ServicePlan();
        networks.forEach(network -> plan.neighbours.put(network.name(), new TreeMap<>()));
        for (final EngineView.Service service : swarm.services()) {
            final TreeSet<String> addresses = new TreeSet<>();
            for (final EngineView.Place place : service.places()) {
                networks.stream()
                        .filter(network -> network.id().equals(place.network()))
                        .forEach(network -> plan.add(service, place, network, addresses));
            }
            if (!addresses.isEmpty()) {
                plan.tags.put(tag(service.name()), List.copyOf(addresses));
            }
        }
        return plan;
    }

    private void add(
            final EngineView.Service service,
            final EngineView.Place place,
            final Records.Network network,
            final TreeSet<String> addresses) {
        place.tasks().forEach(task -> addresses.add(task.ip()));
        if (place.vip() == null) {
            return;
        }
        addresses.add(place.vip());
        final String balancer = balancer(service.name(), network);
        balancers.put(balancer, place.tasks().stream().map(ServicePlan::backend).toList());
        neighbours.get(network.name()).put(place.vip(), mac(place.vip()));
        final List<RulesChange.Line> lines =
                rules.computeIfAbsent(network.name(), name -> new ArrayList<>());
        lines.add(
                new RulesChange.Line(
                        id("ping", place.vip()),
                        PING,
                        "answer echo where dst-ip " + place.vip() + " proto icmp icmp-type 8"));
        lines.add(
                new RulesChange.Line(
                        id("vip", place.vip()),
                        BALANCE,
                        "balance %s where dst-ip %s proto tcp,udp"
                                .formatted(balancer, place.vip())));
    }

    private static BackendSpec backend(final EngineView.Task task) {
        return new BackendSpec(task.ip(), null, task.draining() ? "drain" : "up", mac(task.ip()));
    }

    /** The layer of a port on this network of the switch. */
    LayerPlan layer(final String network) {
        return new LayerPlan(LAYER, PRIORITY, List.of(), rules.getOrDefault(network, List.of()));
    }

    /**
     * The layer of a task that is reached by published ports of other nodes: its answers go back to
     * the MAC that asked, which may be that of any node.
     */
    LayerPlan layer(
            final Records.Network network, final Records.Endpoint endpoint, final Published by) {
        final String ip = endpoint.addresses().get(0).replaceFirst("/.*", "");
        return new LayerPlan(
                LAYER,
                PRIORITY,
                List.of(
                        new RulesChange.Line(
                                "published",
                                BALANCE,
                                "dnat %s src-mac=%s where src-ip not %s dst-ip %s proto tcp,udp"
                                        .formatted(
                                                ip, mac(by.vip()), network.subnets().get(0), ip))),
                rules.getOrDefault(network.name(), List.of()));
    }

    /** The tag that stands for a service in rules. */
    static String tag(final String service) {
        return PREFIX + shortened(service, LONGEST_TAG);
    }

    /** The load balancer of a service on a network. */
    static String balancer(final String service, final Records.Network network) {
        return PREFIX
                + shortened(service, LONGEST_BALANCER)
                + "-"
                + network.id().substring(0, SHORT_ID);
    }

    private static String id(final String kind, final String ip) {
        return kind + "-" + ip.replace('.', '-').replace(':', '-');
    }

    private static String shortened(final String given, final int longest) {
        final String name = given.replaceAll("[^0-9A-Za-z_-]", "-");
        if (name.length() <= longest) {
            return name;
        }
        final CRC32 hash = new CRC32();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        return "%s-%08x".formatted(name.substring(0, longest - 9), hash.getValue());
    }

    /** As the driver gives them to containers, so that no node need be asked. */
    static String mac(final String ip) {
        long mac = 0;
        for (final byte[] part : List.of(DOCKERS_MAC, Ip.parse("address", ip).bytes())) {
            for (final byte b : part) {
                mac = mac << 8 | b & 0xff;
            }
        }
        return Mac.format(mac);
    }
}
