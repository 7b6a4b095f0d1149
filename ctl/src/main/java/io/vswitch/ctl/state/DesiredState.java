package io.vswitch.ctl.state;

import io.vswitch.core.policy.Direction;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.LoadBalancer;
import io.vswitch.rules.LoadBalancerSet;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.PoolSet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Space;
import io.vswitch.rules.SpaceSet;
import io.vswitch.rules.TagSet;
import io.vswitch.rules.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Everything the user asked for, by name; immutable: a {@link Change} leads to the next one. */
public record DesiredState(
        SortedMap<String, NetworkSpec> networks,
        SortedMap<String, DesiredPort> ports,
        TagSet tags,
        PoolSet pools,
        LoadBalancerSet balancers,
        SpaceSet spaces) {
    /** Nothing. */
    public static final DesiredState EMPTY =
            new DesiredState(
                    Collections.unmodifiableSortedMap(new TreeMap<>()),
                    Collections.unmodifiableSortedMap(new TreeMap<>()),
                    TagSet.EMPTY,
                    PoolSet.EMPTY,
                    LoadBalancerSet.EMPTY,
                    SpaceSet.EMPTY);

    /** The port of this name; refuses when there is none. */
    public DesiredPort port(final String name) {
        final DesiredPort port = ports.get(name);
        if (port == null) {
            throw Names.unknown("port", name, ports.keySet());
        }
        return port;
    }

    /** The network of this name; refuses when there is none. */
    public NetworkSpec network(final String name) {
        final NetworkSpec network = networks.get(name);
        if (network == null) {
            throw Names.unknown("network", name, networks.keySet());
        }
        return network;
    }

    /** The state after all changes, in order; refuses all when one can't be. */
    public DesiredState apply(final List<Change> changes) {
        DesiredState next = this;
        for (final Change change : changes) {
            next = change.applyTo(next);
        }
        return next;
    }

    /** The changes that lead from {@link #EMPTY} to this state. */
    public List<Change> toChanges() {
        final List<Change> changes = new ArrayList<>();
        networks.values().forEach(n -> changes.add(new NetworkChange.Add(n)));
        ports.values().forEach(p -> addPort(changes, p.spec()));
        tags.tags().forEach(t -> changes.add(new TagChange.Add(t.name(), t.items())));
        pools.pools().forEach(p -> changes.add(new PoolChange.Add(p.name(), p.items(), p.ports())));
        balancers.all().forEach(b -> changes.add(added(b)));
        spaces.spaces().forEach(space -> addSpace(changes, space));
        // After all ports, since a rule may redirect to any of them.
        ports.values().forEach(p -> addPolicy(changes, p.policy()));
        return changes;
    }

    private static void addPort(final List<Change> changes, final PortSpec port) {
        if (port.type() != PortType.TUNNEL) {
            changes.add(new PortChange.Add(port));
        } else if (!port.enabled()) {
            changes.add(new PortChange.Enable(port.name(), false));
        }
    }

    private static BalancerChange added(final LoadBalancer balancer) {
        return new BalancerChange.Add(
                balancer.name(),
                balancer.affinity().label(),
                balancer.seed(),
                balancer.backends().stream().map(BackendSpec::of).toList());
    }

    private static void addSpace(final List<Change> changes, final Space space) {
        final int packets = space.parking().packets();
        changes.add(new SpaceChange.Add(space.name(), packets, space.parking().timeoutMs()));
        if (space.size() > 0) {
            changes.add(
                    new SpaceChange.Map(
                            space.name(),
                            space.mappings().stream().map(SpaceChange.Line::of).toList()));
        }
    }

    private static void addPolicy(final List<Change> changes, final PolicySet policy) {
        final String port = policy.port();
        for (final Layer layer : policy.layers()) {
            changes.add(
                    new PolicyChange.AddLayer(
                            port,
                            layer.name(),
                            layer.priority(),
                            layer.defaultVerdict() == Verdict.ALLOW ? "allow" : "block",
                            layer.stateful() ? true : null,
                            layer.owner()));
            for (final Group group : policy.groups(layer.name())) {
                changes.add(
                        new PolicyChange.AddGroup(
                                port,
                                layer.name(),
                                group.name(),
                                group.direction() == Direction.INBOUND ? "in" : "out",
                                group.priority(),
                                group.where().isEmpty() ? null : group.where().toString()));
                for (final Rule rule : policy.rules(layer.name(), group.name())) {
                    changes.add(
                            new PolicyChange.AddRule(
                                    port,
                                    layer.name(),
                                    group.name(),
                                    rule.id(),
                                    rule.priority(),
                                    rule.text()));
                }
            }
        }
    }

    DesiredState with(final NetworkSpec network) {
        return new DesiredState(
                Copies.put(networks, network.name(), network),
                ports,
                tags,
                pools,
                balancers,
                spaces);
    }

    DesiredState withoutNetwork(final String name) {
        return new DesiredState(
                Copies.remove(networks, name), ports, tags, pools, balancers, spaces);
    }

    DesiredState with(final TagSet changed) {
        return new DesiredState(networks, ports, changed, pools, balancers, spaces);
    }

    DesiredState with(final PoolSet changed) {
        return new DesiredState(networks, ports, tags, changed, balancers, spaces);
    }

    DesiredState with(final LoadBalancerSet changed) {
        return new DesiredState(networks, ports, tags, pools, changed, spaces);
    }

    DesiredState with(final SpaceSet changed) {
        return new DesiredState(networks, ports, tags, pools, balancers, changed);
    }

    DesiredState with(final DesiredPort port) {
        return new DesiredState(
                networks, Copies.put(ports, port.name(), port), tags, pools, balancers, spaces);
    }

    DesiredState withoutPort(final String name) {
        final NetworkSpec network = networks.get(String.valueOf(port(name).spec().network()));
        final NetworkSpec without =
                network == null ? null : network.withoutMac(e -> name.equals(e.port()));
        final DesiredState base = without == null ? this : with(without);
        return new DesiredState(
                base.networks, Copies.remove(ports, name), tags, pools, balancers, spaces);
    }
}
