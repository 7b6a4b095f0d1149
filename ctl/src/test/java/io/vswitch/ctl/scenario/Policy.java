package io.vswitch.ctl.scenario;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a scenario wants of the switch, in words that every back end translates. A port has layers;
 * packets from its endpoint meet them in the order given, packets to it in the opposite order. The
 * first matching rule of a layer counts. Ports without layers let everything through.
 *
 * <p>A rule is {@code allow}, {@code block}, {@code reject}, {@code redirect PORT}, {@code rewrite
 * SET...}, {@code snat POOL}, {@code dnat IP:PORT} or {@code balance NAME}, then {@code where} and
 * conditions: fields and values as in docs/rules.md.
 */
final class Policy {
    private final List<Layer> layers;
    private final Map<Endpoint, List<String>> guards;
    private final Map<String, String> pools = new LinkedHashMap<>();
    private final Map<String, Balancer> balancers = new LinkedHashMap<>();

    /** A load balancer; connections of a client go to one backend where the affinity is client. */
    record Balancer(String affinity, List<Backend> backends) {}

    /** A server of a load balancer: up, drain or down. */
    record Backend(String address, int weight, String state) {}

    /** Rules of one port for packets from (out) and to (in) its endpoint. */
    static final class Layer {
        final Endpoint endpoint;
        final String name;
        boolean blocking;
        boolean stateful;
        final List<String> out = new ArrayList<>();
        final List<String> in = new ArrayList<>();

        Layer(final Endpoint endpoint, final String name) {
            this.endpoint = endpoint;
            this.name = name;
        }
    }

    private Policy() {
        layers = new ArrayList<>();
        guards = new EnumMap<>(Endpoint.class);
    }

    /** A switch that learns, and lets everything through. */
    static Policy open() {
        return new Policy();
    }

    /** The usual firewall of an endpoint: it may open connections, and nobody may to it. */
    static Policy onlyOpenedBy(final Endpoint endpoint) {
        return open().stateful(endpoint)
                .block()
                .out("allow ethertype arp", "allow ethertype ipv4", "allow ethertype ipv6")
                .in("allow ethertype arp", "allow where proto icmpv6 icmp-type 135")
                .in("allow where proto icmpv6 icmp-type 136");
    }

    /** Begins another layer of an endpoint; what isn't matched is allowed. */
    Policy at(final Endpoint endpoint) {
        layers.add(new Layer(endpoint, "l" + layers.size()));
        return this;
    }

    /** Begins another layer that allows the replies of what it allows. */
    Policy stateful(final Endpoint endpoint) {
        at(endpoint);
        last().stateful = true;
        return this;
    }

    /** What isn't matched in the layer begun last is blocked. */
    Policy block() {
        last().blocking = true;
        return this;
    }

    /** Adds rules for packets from the endpoint. */
    Policy out(final String... rules) {
        last().out.addAll(List.of(rules));
        return this;
    }

    /** Adds rules for packets to the endpoint. */
    Policy in(final String... rules) {
        last().in.addAll(List.of(rules));
        return this;
    }

    /** Holds what an endpoint sends against its own addresses, by names of docs/operations.md. */
    Policy guard(final Endpoint endpoint, final String... names) {
        guards.put(endpoint, List.of(names));
        return this;
    }

    /** Names addresses and ports for snat, as {@code 10.0.0.1-10.0.0.4:2000-2999}. */
    Policy withPool(final String name, final String addressesAndPorts) {
        pools.put(name, addressesAndPorts);
        return this;
    }

    /** Names backends for balance. */
    Policy withBalancer(final String name, final String affinity, final Backend... backends) {
        balancers.put(name, new Balancer(affinity, List.of(backends)));
        return this;
    }

    Map<String, String> pools() {
        return pools;
    }

    Map<String, Balancer> balancers() {
        return balancers;
    }

    /** Addresses and ports of a pool, or the address itself that stands for one. */
    String pool(final String nameOrAddress) {
        return pools.getOrDefault(nameOrAddress, nameOrAddress);
    }

    Balancer balancer(final String name) {
        return balancers.get(name);
    }

    List<String> guards(final Endpoint endpoint) {
        return guards.getOrDefault(endpoint, List.of());
    }

    List<Layer> layers(final Endpoint endpoint) {
        return layers.stream().filter(layer -> layer.endpoint == endpoint).toList();
    }

    boolean isOpen() {
        return layers.isEmpty() && guards.isEmpty();
    }

    private Layer last() {
        return layers.get(layers.size() - 1);
    }
}
