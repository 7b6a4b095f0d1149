package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.ctl.document.Plan;
import io.vswitch.ctl.state.BalancerChange;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.RouterChange;
import io.vswitch.rules.Rule;
import io.vswitch.tap.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills in what a request leaves out, so that what the journal holds means the same for ever: the
 * default network and layer, a MAC, a rule's id, a namespace's identity. One per request, under the
 * controller's lock.
 */
final class Completion {
    /** Network of a port that names none. */
    static final String DEFAULT_NETWORK = "default";

    /** Written for a port on no network. */
    static final String NO_NETWORK = "none";

    /** Layer of a rule that names none. */
    static final String DEFAULT_LAYER = "acl";

    /** Larger ids are not counted on from. */
    private static final String LARGEST_NUMBER = "99999999";

    private static final Path NAMED = Path.of("/run/netns");
    private static final Path PROC = Path.of("/proc");

    private final List<Change> steps = new ArrayList<>();
    private final Map<String, Integer> nextIds = new HashMap<>();
    private DesiredState state;

    private Completion(final DesiredState state) {
        this.state = state;
    }

    /** The steps of a request, and the state after them. */
    record Completed(List<Change> steps, DesiredState state) {}

    /** The steps that carry out a request; refuses what contradicts {@code state}. */
    static Completed complete(final List<Change> request, final DesiredState state) {
        final Completion completion = new Completion(state);
        request.forEach(completion::add);
        return new Completed(List.copyOf(completion.steps), completion.state);
    }

    /** The same for a plan; a refusal names the place in its document. */
    static Completed complete(final Plan plan, final DesiredState state) {
        final Completion completion = new Completion(state);
        for (final Plan.Step step : plan.steps()) {
            step.place()
                    .run(
                            () -> {
                                completion.add(step.change());
                                return null;
                            });
        }
        return new Completed(List.copyOf(completion.steps), completion.state);
    }

    private void add(final Change change) {
        if (change instanceof PortChange.Add add) {
            addPort(add.port());
        } else if (change instanceof NetworkChange.Add add) {
            step(new NetworkChange.Add(Underlay.completed(add.network())));
        } else if (change instanceof RouterChange.Add add) {
            step(Gateways.completed(add, state));
        } else if (change instanceof OverlayChange overlay) {
            step(Underlay.completed(overlay));
        } else if (change instanceof PortChange.Delete delete) {
            Underlay.requireNoTunnel(state.port(delete.name()).spec());
            step(change);
        } else if (change instanceof PortChange.SetGuards set) {
            final PortSpec port = state.port(set.name()).spec();
            step(new PortChange.SetGuards(set.name(), Guards.resolve(set.guards(), port)));
        } else if (change instanceof PortChange.SetLimits set && set.limits() != null) {
            final Limits before = Limits.of(state.port(set.name()).spec());
            step(new PortChange.SetLimits(set.name(), set.limits().over(before)));
        } else if (change instanceof PolicyChange.AddRule add) {
            addRule(add);
        } else if (change instanceof BalancerChange.Add add) {
            step(add.complete(new SecureRandom().nextLong() & Long.MAX_VALUE));
        } else {
            step(change);
            // An id that was given or freed by something else than a completed rule is looked up
            // anew.
            nextIds.clear();
        }
    }

    private void step(final Change change) {
        state = change.applyTo(state);
        steps.add(change);
    }

    private void addPort(final PortSpec port) {
        Names.checkInterface("port", port.name());
        Underlay.requireNoTunnel(port);
        final String network = port.network() == null ? DEFAULT_NETWORK : port.network();
        if (network.equals(DEFAULT_NETWORK) && !state.networks().containsKey(network)) {
            step(
                    new NetworkChange.Add(
                            new NetworkSpec(
                                    network,
                                    null,
                                    NetworkConfig.DEFAULT_MAC_LIMIT,
                                    NetworkConfig.DEFAULT_MAC_AGE_MS)));
        }
        final String joined = network.equals(NO_NETWORK) ? null : network;
        final PortSpec complete = located(port, joined, mac(port));
        step(new PortChange.Add(complete.withGuards(Guards.ofNew(port, complete))));
    }

    private static String mac(final PortSpec port) {
        if (port.mac() != null) {
            return Mac.format(Mac.parseUnicast(port.mac()));
        }
        return port.type() == PortType.TAP ? Mac.random() : null;
    }

    private static PortSpec located(final PortSpec port, final String network, final String mac) {
        String netns = port.netns();
        String netnsId = null;
        if (netns != null) {
            final Path path = NetworkNamespace.open(netns).path();
            netns = path.startsWith(NAMED) ? path.getFileName().toString() : path.toString();
            netnsId = path.startsWith(PROC) ? identity(path) : null;
        }
        return new PortSpec(
                port.name(),
                port.type(),
                network,
                netns,
                netnsId,
                port.device() != null ? port.device() : netns == null ? port.name() : "eth0",
                mac,
                port.addresses(),
                port.routes(),
                port.mtu(),
                port.vnetHdr(),
                port.enabled(),
                port.guards(),
                port.limits() == null ? null : port.limits().over(Limits.DEFAULT),
                port.handover());
    }

    /** Device and inode of a namespace: a process id that is used again leads to another one. */
    static String identity(final Path namespace) {
        try {
            return Files.getAttribute(namespace, "unix:dev")
                    + ":"
                    + Files.getAttribute(namespace, "unix:ino");
        } catch (IOException e) {
            return "gone";
        }
    }

    private void addRule(final PolicyChange.AddRule add) {
        if (DEFAULT_LAYER.equals(add.layer())) {
            addDefaults(state.port(add.port()), add.group());
        }
        final PolicyChange.AddRule complete = add.complete(group -> nextId(add, group));
        step(complete);
        final int number = number(complete.id());
        nextIds.computeIfPresent(place(add), (place, next) -> Math.max(next, number + 1));
    }

    private void addDefaults(final DesiredPort port, final String group) {
        if (!port.hasLayer(DEFAULT_LAYER)) {
            step(
                    new PolicyChange.AddLayer(
                            port.name(),
                            DEFAULT_LAYER,
                            PolicyChange.DEFAULT_PRIORITY,
                            "allow",
                            null,
                            null));
        }
        if (List.of("in", "out").contains(group) && !port.hasGroup(DEFAULT_LAYER, group)) {
            step(
                    new PolicyChange.AddGroup(
                            port.name(),
                            DEFAULT_LAYER,
                            group,
                            group,
                            PolicyChange.DEFAULT_PRIORITY,
                            null));
        }
    }

    private static String place(final PolicyChange.AddRule add) {
        return add.port() + " " + add.layer() + " " + add.group();
    }

    /** The number after the largest id that is a number. */
    private String nextId(final PolicyChange.AddRule add, final String group) {
        final int next =
                nextIds.computeIfAbsent(
                        place(add), p -> freeId(state.port(add.port()), add.layer(), group));
        return Integer.toString(next);
    }

    private static int freeId(final DesiredPort port, final String layer, final String group) {
        final String last =
                port.hasGroup(layer, group)
                        ? port.policy().floorId(layer, group, LARGEST_NUMBER)
                        : null;
        return last == null ? 1 : number(last) + 1;
    }

    /** The number that an id is, or 0. */
    private static int number(final String id) {
        final boolean isNumber = id.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber && Rule.compareIds(id, LARGEST_NUMBER) <= 0 ? Integer.parseInt(id) : 0;
    }
}
