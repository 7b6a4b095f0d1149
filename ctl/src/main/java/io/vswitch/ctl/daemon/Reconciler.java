package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.port.Port;
import io.vswitch.core.view.PortInfo;
import io.vswitch.ctl.directory.Catalogue;
import io.vswitch.ctl.directory.Directory;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.rules.Balancers;
import io.vswitch.rules.PolicySet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the running switch in line with the desired state; under the controller's lock, except
 * {@link #problem}. A port whose device can't be opened stays wanted, and is tried again.
 */
final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private record Attached(Port port, int id, PortSpec spec) {}

    private final VirtualSwitch vswitch;
    private final PortOpener opener;
    private final Overlays overlays;
    private final Policies policies;
    private final Map<String, Attached> attached = new HashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private DesiredState current = DesiredState.EMPTY;

    Reconciler(final VirtualSwitch vswitch, final PortOpener opener, final Tunnels tunnels) {
        this.vswitch = vswitch;
        this.opener = opener;
        this.overlays = new Overlays(vswitch, tunnels);
        this.policies = new Policies(tunnels);
    }

    /** From now on hosts that share the directory are told of, and heard. */
    void directory(final Directory shared) {
        overlays.directory(shared);
        takeDirectory();
    }

    /** Does what hosts say in the directory now. */
    void takeDirectory() {
        overlays.takeDirectory();
        overlays.publish(current, attached.keySet());
    }

    Catalogue catalogue() {
        return overlays.catalogue();
    }

    /** Why a wanted port has no device, or null. */
    String problem(final String port) {
        return problems.get(port);
    }

    /** Counters of a rule, or null while its port has no device. */
    RuleRef ref(final String port, final String layer, final String group, final String id) {
        return policies.ref(port, layer, group, id);
    }

    /** Meters of a port. */
    List<MeterCounter> meters(final String port) {
        return policies.meters(port);
    }

    /** The load balancers of now, with their counters; any thread. */
    Balancers balancers() {
        return policies.balancers();
    }

    /** The compiled form of layers that no port gets. */
    PortPolicy suppose(final PolicySet policy) {
        return policies.suppose(policy, this::idOf);
    }

    /** Opens the devices of the ports that {@code next} adds; when one fails, none stays. */
    Map<String, Port> open(final DesiredState next) {
        final Map<String, Port> opened = new LinkedHashMap<>();
        try {
            for (final DesiredPort port : next.ports().values()) {
                if (isNew(port.spec())) {
                    opened.put(port.name(), create(port.spec(), next, opened));
                }
            }
            return opened;
        } catch (final RuntimeException e) {
            opened.values().forEach(Port::close);
            throw e;
        }
    }

    private Port create(
            final PortSpec spec, final DesiredState next, final Map<String, Port> opened) {
        return spec.type() == PortType.TUNNEL
                ? overlays.open(next.network(spec.network()))
                : opener.create(fitting(spec, next, opened));
    }

    private Port restore(final PortSpec spec) {
        return spec.type() == PortType.TUNNEL
                ? overlays.open(current.network(spec.network()))
                : opener.restore(fitting(spec, current, Map.of()));
    }

    /** The port with an MTU that its network's tunnel can take, unless it has one of its own. */
    private PortSpec fitting(
            final PortSpec spec, final DesiredState state, final Map<String, Port> opened) {
        if (spec.mtu() != 0 || spec.network() == null) {
            return spec;
        }
        final String tunnel = state.network(spec.network()).tunnel();
        if (tunnel == null) {
            return spec;
        }
        final Attached live = attached.get(tunnel);
        final Port port = live == null ? opened.get(tunnel) : live.port();
        return port == null ? spec : spec.withMtu(port.mtu());
    }

    private boolean isNew(final PortSpec spec) {
        final DesiredPort before = current.ports().get(spec.name());
        return before == null || !before.spec().sameDevice(spec);
    }

    /** Whether the devices of the ports that {@code next} lacks outlive the process. */
    void keepRemoved(final DesiredState next, final boolean keep) {
        attached.forEach(
                (name, live) -> {
                    if (isRemoved(name, next)) {
                        opener.keep(live.port(), keep);
                    }
                });
    }

    void keep(final Map<String, Port> opened) {
        opened.values().forEach(port -> opener.keep(port, true));
    }

    private boolean isRemoved(final String name, final DesiredState next) {
        final DesiredPort after = next.ports().get(name);
        final DesiredPort before = current.ports().get(name);
        return after == null
                || before == null
                || !after.spec().sameDevice(before.spec())
                || after.spec().type() == PortType.TUNNEL && isRemade(after.spec(), next);
    }

    /** True when the network goes and another of its name comes, at one stroke. */
    private boolean isRemade(final PortSpec tunnel, final DesiredState next) {
        return !next.network(tunnel.network())
                .sameSettings(current.networks().get(tunnel.network()));
    }

    /** Makes the switch run {@code next}; returns when every worker does. */
    void publish(final DesiredState next, final Map<String, Port> opened) {
        for (final String name : Set.copyOf(attached.keySet())) {
            if (isRemoved(name, next)) {
                detach(name);
                policies.forget(name);
            }
        }
        problems.keySet().removeIf(name -> !next.ports().containsKey(name));
        overlays.releaseNetworks(next);
        publishNetworks(next);
        final Predicate<DesiredPort> usesWhatChanged = changedObjects(next);
        final List<String> changed = new ArrayList<>();
        for (final DesiredPort port : next.ports().values()) {
            if (opened.containsKey(port.name())) {
                attach(port, opened.get(port.name()));
            } else if (attached.containsKey(port.name())) {
                adjust(port.spec());
                final DesiredPort before = current.ports().get(port.name());
                if (before == null
                        || before.policy() != port.policy()
                        || usesWhatChanged.test(port)) {
                    changed.add(port.name());
                }
            } else {
                problems.putIfAbsent(port.name(), "not attached yet");
            }
        }
        current = next;
        for (final String name : redirectingTo(opened.keySet())) {
            if (!changed.contains(name)) {
                changed.add(name);
            }
        }
        publishPolicies(changed);
        overlays.publish(next, attached.keySet());
    }

    /** Gives the policies what rules name; true of a port whose rules name something changed. */
    private Predicate<DesiredPort> changedObjects(final DesiredState next) {
        policies.tags(next.tags());
        policies.pools(next.pools());
        final Set<String> tags = next.tags().changedSince(current.tags());
        final Set<String> pools = next.pools().changedSince(current.pools());
        final Set<String> balancers = policies.balancers(next);
        final Set<String> spaces = policies.providers().state(next);
        return port ->
                port.policy().usesTag(tags)
                        || usesOneOf(pools, port)
                        || spaces.stream().anyMatch(s -> port.policy().encapBy(s) != null)
                        || balancers.stream().anyMatch(b -> port.balanceTo(b).isPresent());
    }

    private static boolean usesOneOf(final Set<String> pools, final DesiredPort port) {
        return pools.stream().anyMatch(pool -> port.policy().usersOfPool(pool) > 0);
    }

    private void publishNetworks(final DesiredState next) {
        for (final NetworkSpec network : current.networks().values()) {
            if (!network.sameSettings(next.networks().get(network.name()))) {
                vswitch.removeNetwork(network.name());
                overlays.forget(network.name());
            }
        }
        final List<String> live = vswitch.networks();
        for (final NetworkSpec network : next.networks().values()) {
            if (!live.contains(network.name())) {
                vswitch.addNetwork(
                        new NetworkConfig(network.name(), network.macLimit(), network.macAgeMs()));
            }
        }
    }

    private void attach(final DesiredPort port, final Port device) {
        final PortPolicy policy = policies.compile(port.policy(), this::idOf);
        final int id;
        try {
            final PortSpec spec = port.spec();
            id = vswitch.addPort(device, spec.network(), policy, spec.enabled(), Guards.of(spec));
        } catch (final RuntimeException e) {
            device.close();
            throw e;
        }
        attached.put(port.name(), new Attached(device, id, port.spec()));
        overlays.attached(port.spec(), device);
        policies.providers().attached(port.spec(), id);
        problems.remove(port.name());
    }

    private void detach(final String name) {
        vswitch.removePort(name);
        policies.providers().detached(attached.remove(name).spec());
        overlays.detached(name);
    }

    private void adjust(final PortSpec spec) {
        final Attached live = attached.get(spec.name());
        if (!Objects.equals(live.spec().guards(), spec.guards())
                || !Objects.equals(live.spec().limits(), spec.limits())) {
            vswitch.guards(spec.name(), Guards.of(spec));
        }
        if (live.spec().enabled() != spec.enabled()) {
            vswitch.enablePort(spec.name(), spec.enabled());
        }
        attached.put(spec.name(), new Attached(live.port(), live.id(), spec));
    }

    /** Id of a port that rules redirect to; a port without device has one that nobody has. */
    private int idOf(final String port) {
        final Attached live = attached.get(port);
        return live == null ? Policies.NOBODY : live.id();
    }

    private void publishPolicies(final List<String> ports) {
        policies.providers().settled();
        if (ports.isEmpty()) {
            return;
        }
        final List<PortPolicy> compiled = new ArrayList<>();
        for (final String port : ports) {
            compiled.add(policies.compile(current.ports().get(port).policy(), this::idOf));
        }
        vswitch.policies(ports, compiled);
    }

    /** Tries to attach the wanted ports that have no device or whose device has gone. */
    void retry() {
        final List<String> back = new ArrayList<>();
        for (final PortInfo info : vswitch.ports()) {
            if (info.gone() && attached.containsKey(info.name())) {
                problems.putIfAbsent(info.name(), "its device or namespace has gone");
            }
        }
        for (final String name : tunnelsFirst(problems.keySet())) {
            if (tryAttach(current.ports().get(name))) {
                back.add(name);
            }
        }
        if (!back.isEmpty()) {
            publishPolicies(redirectingTo(back));
            overlays.publish(current, attached.keySet());
        }
    }

    /** Other ports of a network take their MTU from its tunnel. */
    private List<String> tunnelsFirst(final Collection<String> names) {
        return names.stream()
                .sorted(Comparator.comparing(name -> typeOf(name) != PortType.TUNNEL))
                .toList();
    }

    private PortType typeOf(final String name) {
        return current.ports().get(name).spec().type();
    }

    private boolean tryAttach(final DesiredPort port) {
        final String name = port.name();
        try {
            if (attached.containsKey(name) && port.spec().type() == PortType.TUNNEL) {
                detach(name);
            }
            final Port device = restore(port.spec());
            if (attached.containsKey(name)) {
                detach(name);
            }
            opener.keep(device, true);
            attach(port, device);
            LOG.info("port {} is attached", name);
            return true;
        } catch (final SwitchException e) {
            if (!e.getMessage().equals(problems.put(name, e.getMessage()))) {
                LOG.warn("port {} has no device: {}", name, e.getMessage());
            }
            return false;
        }
    }

    /** Ports whose rules redirect to one of these, or lead through tunnels that came or went. */
    private List<String> redirectingTo(final Collection<String> targets) {
        return attached.keySet().stream().filter(name -> leadsTo(targets, name)).toList();
    }

    private boolean leadsTo(final Collection<String> targets, final String name) {
        final DesiredPort port = current.ports().get(name);
        return policies.providers().moved(port)
                || targets.stream().anyMatch(target -> port.redirectTo(target).isPresent());
    }

    /** Starts with the state of the journal: whatever has no device now is tried later. */
    void start(final DesiredState state) {
        publishNetworks(state);
        policies.tags(state.tags());
        policies.pools(state.pools());
        policies.balancers(state);
        policies.providers().state(state);
        current = state;
        state.ports().values().forEach(port -> problems.put(port.name(), "not attached yet"));
        retry();
    }
}
