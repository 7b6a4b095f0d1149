package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.rules.Rule;
import io.vswitch.tap.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills in what a request leaves out, so that what the journal holds means the same for ever: the
 * default network and layer, a MAC, a rule's id, a namespace's identity. Stateless.
 */
final class Completion {
    /** Network of a port that names none. */
    static final String DEFAULT_NETWORK = "default";

    /** Written for a port on no network. */
    static final String NO_NETWORK = "none";

    /** Layer of a rule that names none. */
    static final String DEFAULT_LAYER = "acl";

    private static final Path NAMED = Path.of("/run/netns");
    private static final Path PROC = Path.of("/proc");

    private Completion() {}

    /** The steps that carry out a request; refuses what contradicts {@code state}. */
    static List<Change> complete(final List<Change> request, final DesiredState state) {
        final List<Change> steps = new ArrayList<>();
        DesiredState at = state;
        for (final Change change : request) {
            for (final Change step : complete(change, at)) {
                steps.add(step);
                at = step.applyTo(at);
            }
        }
        return steps;
    }

    private static List<Change> complete(final Change change, final DesiredState state) {
        if (change instanceof PortChange.Add add) {
            return port(add.port(), state);
        }
        if (change instanceof PolicyChange.AddRule add) {
            return rule(add, state);
        }
        return List.of(change);
    }

    private static List<Change> port(final PortSpec port, final DesiredState state) {
        Names.checkInterface("port", port.name());
        final List<Change> steps = new ArrayList<>();
        final String network = port.network() == null ? DEFAULT_NETWORK : port.network();
        if (network.equals(DEFAULT_NETWORK) && !state.networks().containsKey(network)) {
            steps.add(
                    new NetworkChange.Add(
                            new NetworkSpec(
                                    network,
                                    null,
                                    NetworkConfig.DEFAULT_MAC_LIMIT,
                                    NetworkConfig.DEFAULT_MAC_AGE_MS)));
        }
        steps.add(
                new PortChange.Add(
                        located(port, network.equals(NO_NETWORK) ? null : network, mac(port))));
        return steps;
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
                port.enabled());
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

    private static List<Change> rule(final PolicyChange.AddRule add, final DesiredState state) {
        final DesiredPort port = state.port(add.port());
        final List<Change> steps = new ArrayList<>();
        if (add.layer().equals(DEFAULT_LAYER)) {
            addDefaults(steps, port, add.group());
        }
        steps.add(add.complete(group -> nextId(port, add.layer(), group)));
        return steps;
    }

    private static void addDefaults(
            final List<Change> steps, final DesiredPort port, final String group) {
        if (!port.hasLayer(DEFAULT_LAYER)) {
            steps.add(
                    new PolicyChange.AddLayer(
                            port.name(), DEFAULT_LAYER, PolicyChange.DEFAULT_PRIORITY, "allow"));
        }
        if (List.of("in", "out").contains(group) && !port.hasGroup(DEFAULT_LAYER, group)) {
            steps.add(
                    new PolicyChange.AddGroup(
                            port.name(),
                            DEFAULT_LAYER,
                            group,
                            group,
                            PolicyChange.DEFAULT_PRIORITY));
        }
    }

    /** The number after the largest id that is a number. */
    private static String nextId(final DesiredPort port, final String layer, final String group) {
        int next = 1;
        if (port.hasGroup(layer, group)) {
            for (final Rule rule : port.policy().rules(layer, group)) {
                if (rule.id().matches("\\d{1,8}")) {
                    next = Math.max(next, Integer.parseInt(rule.id()) + 1);
                }
            }
        }
        return Integer.toString(next);
    }
}
