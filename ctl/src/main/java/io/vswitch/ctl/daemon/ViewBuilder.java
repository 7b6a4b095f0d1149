package io.vswitch.ctl.daemon;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.view.PortConnections;
import io.vswitch.core.view.PortInfo;
import io.vswitch.core.view.PortStats;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlaySpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.Route;
import io.vswitch.rules.Action;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts the desired and the running state together for the eye; any thread, reads snapshots only.
 */
final class ViewBuilder {
    /** Reasons that a rule is to blame for. */
    static final List<DropReason> BY_RULES =
            List.of(DropReason.POLICY_BLOCKED, DropReason.REJECTED, DropReason.RATE_LIMITED);

    private static final PortStats NO_STATS = new PortStats(0, 0, 0, 0, 0, Map.of());

    private final Controller controller;
    private final VirtualSwitch vswitch;

    ViewBuilder(final Controller controller, final VirtualSwitch vswitch) {
        this.controller = controller;
        this.vswitch = vswitch;
    }

    static Views.Traffic traffic(final PortStats stats) {
        return new Views.Traffic(
                stats.rxPackets(),
                stats.rxBytes(),
                stats.txPackets(),
                stats.txBytes(),
                stats.dropped());
    }

    private Map<String, PortInfo> live() {
        return vswitch.ports().stream()
                .collect(Collectors.toMap(PortInfo::name, Function.identity()));
    }

    List<Views.Port> ports() {
        final Map<String, PortInfo> live = live();
        final Map<Integer, PortConnections> connections = vswitch.portConnections();
        return controller.state().ports().values().stream()
                .map(port -> port(port, live.get(port.name()), connections))
                .toList();
    }

    private Views.Port port(
            final DesiredPort port,
            final PortInfo info,
            final Map<Integer, PortConnections> connections) {
        final PortSpec spec = port.spec();
        final String problem = controller.problem(port.name());
        final boolean gone = info == null || info.gone() || problem != null;
        return new Views.Port(
                spec.name(),
                spec.type().name().toLowerCase(Locale.ROOT),
                spec.network(),
                spec.handover() == null ? spec.netns() : spec.handover().netns(),
                spec.device(),
                spec.mac(),
                spec.addresses(),
                spec.routes().stream().map(Route::toString).toList(),
                info == null ? spec.mtu() : info.mtu(),
                gone ? "gone" : spec.enabled() ? "up" : "disabled",
                gone && problem == null ? "its device or namespace has gone" : problem,
                spec.guards() == null ? List.of() : spec.guards(),
                spec.limits() == null ? null : spec.limits().toString(),
                info == null ? null : connections.get(info.id()),
                port.policy().ruleCount(),
                traffic(info == null ? NO_STATS : info.stats()));
    }

    List<Views.Network> networks() {
        final DesiredState state = controller.state();
        return state.networks().values().stream().map(n -> network(n, state)).toList();
    }

    private Views.Network network(final NetworkSpec network, final DesiredState state) {
        final long ports =
                state.ports().values().stream()
                        .filter(p -> network.name().equals(p.spec().network()))
                        .count();
        final OverlaySpec overlay = network.overlay();
        return new Views.Network(
                network.name(),
                network.subnet(),
                overlay == null ? null : overlay.vni(),
                overlay == null ? null : overlay.local(),
                overlay == null ? null : overlay.port(),
                network.macLimit(),
                network.macAgeMs() / 1000,
                (int) ports,
                vswitch.macs(network.name()).size());
    }

    List<Views.Tag> tags() {
        final DesiredState state = controller.state();
        final Map<String, Integer> rules = new HashMap<>();
        state.ports().values().forEach(port -> port.policy().countTags(rules));
        return state.tags().tags().stream()
                .sorted(Comparator.comparing(Tag::name))
                .map(
                        tag ->
                                new Views.Tag(
                                        tag.name(),
                                        tag.items(),
                                        state.tags().prefixes(tag.name()).size(),
                                        rules.getOrDefault(tag.name(), 0)))
                .toList();
    }

    List<Views.Pool> pools() {
        final DesiredState state = controller.state();
        return state.pools().pools().stream()
                .map(
                        pool ->
                                new Views.Pool(
                                        pool.name(),
                                        pool.items(),
                                        pool.addresses(),
                                        pool.ports(),
                                        state.ports().values().stream()
                                                .mapToInt(p -> p.policy().usersOfPool(pool.name()))
                                                .sum()))
                .toList();
    }

    Views.Policy policy(final PolicySet policy) {
        final List<Views.Layer> layers = new ArrayList<>();
        for (final Layer layer : policy.layers()) {
            layers.add(
                    new Views.Layer(
                            layer.name(),
                            layer.priority(),
                            layer.defaultVerdict().label(),
                            layer.stateful(),
                            layer.owner(),
                            policy.groups(layer.name()).stream()
                                    .map(g -> group(policy, g))
                                    .toList()));
        }
        return new Views.Policy(policy.port(), layers);
    }

    private Views.Group group(final PolicySet policy, final Group group) {
        return new Views.Group(
                group.name(),
                group.direction() == Direction.INBOUND ? "in" : "out",
                group.priority(),
                group.where().isEmpty() ? null : group.where().toString(),
                policy.rules(group.layer(), group.name()).stream()
                        .map(rule -> rule(policy.port(), group, rule))
                        .toList());
    }

    private Views.Rule rule(final String port, final Group group, final Rule rule) {
        final RuleRef ref = controller.ref(port, group.layer(), group.name(), rule.id());
        return new Views.Rule(
                rule.id(),
                rule.priority(),
                rule.text(),
                ref == null ? 0 : ref.packets(),
                ref == null ? 0 : ref.bytes(),
                ref == null ? 0 : ref.limited());
    }

    Views.Drops drops() {
        final List<Views.Drop> drops = new ArrayList<>();
        for (final PortInfo info : vswitch.ports()) {
            info.stats()
                    .drops()
                    .forEach((reason, packets) -> drops.add(drop(info.name(), reason, packets)));
        }
        drops.sort((a, b) -> Long.compare(b.packets(), a.packets()));
        return new Views.Drops(vswitch.totals().dropped(), drops);
    }

    private Views.Drop drop(final String port, final DropReason reason, final long packets) {
        final List<String> rules =
                BY_RULES.contains(reason) ? texts(blockers(port, reason)) : List.of();
        return new Views.Drop(port, reason.label(), reason.text(), packets, rules);
    }

    private static List<String> texts(final List<Views.DropSum> rules) {
        return rules.stream().map(rule -> rule.name() + " (" + rule.packets() + ")").toList();
    }

    /** Rules of the port that drop and have dropped: a packet is counted where it was dropped. */
    List<Views.DropSum> blockers(final String port, final DropReason reason) {
        final List<Views.DropSum> rules = new ArrayList<>();
        final DesiredPort owner = controller.state().ports().get(port);
        if (owner == null) {
            return rules;
        }
        for (final Layer layer : owner.policy().layers()) {
            for (final Group group : owner.policy().groups(layer.name())) {
                addBlockers(rules, owner, group, reason);
            }
        }
        return rules;
    }

    private static boolean drops(final Rule rule, final DropReason reason) {
        return switch (reason) {
            case POLICY_BLOCKED -> rule.body().action() == Action.BLOCK;
            case REJECTED -> rule.body().action() == Action.REJECT;
            default -> rule.body().options().limit() != null;
        };
    }

    private static long dropped(final RuleRef ref, final DropReason reason) {
        return reason == DropReason.RATE_LIMITED ? ref.limited() : ref.packets();
    }

    List<Views.Meter> meters() {
        final List<Views.Meter> meters = new ArrayList<>();
        for (final String port : controller.state().ports().keySet()) {
            for (final MeterCounter meter : controller.meters(port)) {
                meters.add(
                        new Views.Meter(
                                meter.name(),
                                port,
                                meter.direction() == Direction.INBOUND ? "in" : "out",
                                meter.packets(),
                                meter.bytes()));
            }
        }
        meters.sort(
                Comparator.comparing(Views.Meter::name)
                        .thenComparing(Views.Meter::port)
                        .thenComparing(Views.Meter::direction));
        return meters;
    }

    private void addBlockers(
            final List<Views.DropSum> rules,
            final DesiredPort port,
            final Group group,
            final DropReason reason) {
        for (final Rule rule : port.policy().rules(group.layer(), group.name())) {
            if (drops(rule, reason)) {
                final RuleRef ref =
                        controller.ref(port.name(), group.layer(), group.name(), rule.id());
                final long dropped = ref == null ? 0 : dropped(ref, reason);
                if (dropped > 0) {
                    final String name =
                            "%s %s.%s %s \"%s\""
                                    .formatted(
                                            port.name(),
                                            group.layer(),
                                            group.name(),
                                            rule.id(),
                                            rule.text());
                    rules.add(new Views.DropSum(name, dropped));
                }
            }
        }
    }
}
