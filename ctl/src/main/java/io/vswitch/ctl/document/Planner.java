package io.vswitch.ctl.document;

import io.vswitch.ctl.document.Document.NetworkEntry;
import io.vswitch.ctl.document.Document.PortEntry;
import io.vswitch.ctl.state.DesiredPort;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.NetworkChange;
import io.vswitch.ctl.state.NetworkSpec;
import io.vswitch.ctl.state.OverlayChange;
import io.vswitch.ctl.state.PolicyChange;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicySet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what leads from a desired state to a document; used once. What is new comes first, so that
 * rules may redirect to it; what goes comes last, when no rule does.
 */
public final class Planner {
    /** Network of a port that names none. */
    public static final String DEFAULT_NETWORK = "default";

    private final Document document;
    private final DesiredState state;
    private final boolean prune;
    private final String file;
    private final Plan plan = new Plan();

    private Planner(
            final String file,
            final Document document,
            final DesiredState state,
            final boolean prune) {
        this.file = file;
        this.document = document;
        this.state = state;
        this.prune = prune;
    }

    /**
     * The plan for a document.
     *
     * @param prune removes the networks and ports that a section of the document doesn't have.
     */
    public static Plan plan(
            final String file,
            final Document document,
            final DesiredState state,
            final boolean prune) {
        return new Planner(file, document, state, prune).plan();
    }

    private Plan plan() {
        if (document.networks() != null) {
            document.networks().values().forEach(this::network);
        }
        final TagPlanner tags = new TagPlanner(plan, state.tags());
        if (document.tags() != null) {
            tags.wanted(document.tags());
        }
        final PoolPlanner pools = new PoolPlanner(plan, state.pools());
        if (document.pools() != null) {
            pools.wanted(document.pools());
        }
        final BalancerPlanner balancers = new BalancerPlanner(plan, state.balancers());
        if (document.balancers() != null) {
            balancers.wanted(document.balancers());
        }
        final SpacePlanner spaces = new SpacePlanner(plan, state.spaces());
        if (document.spaces() != null) {
            spaces.wanted(document.spaces());
        }
        if (document.ports() != null) {
            ports();
        }
        if (document.tags() != null) {
            tags.left(document.tags().keySet(), prune, Place.top(file, 1).key("tags", 1));
        }
        if (document.pools() != null) {
            pools.left(document.pools().keySet(), prune, Place.top(file, 1).key("pools", 1));
        }
        if (document.balancers() != null) {
            balancers.left(document.balancers().keySet(), prune, Place.top(file, 1));
        }
        if (document.spaces() != null) {
            spaces.left(document.spaces().keySet(), prune, Place.top(file, 1).key("spaces", 1));
        }
        if (document.networks() != null) {
            state.networks().values().forEach(this::leftNetwork);
        }
        return plan;
    }

    private void ports() {
        document.ports().values().forEach(this::port);
        final Set<String> ports = portsToBe();
        document.ports().values().forEach(port -> policy(port, ports));
        // Their rules first, since those may redirect to one another.
        state.ports().values().forEach(this::leftLayers);
        state.ports().values().forEach(this::leftPort);
    }

    private void network(final NetworkEntry entry) {
        final NetworkSpec before = state.networks().get(entry.spec().name());
        final NetworkSpec wanted = OverlayFields.completed(entry.spec(), before);
        final String what = "network " + wanted.name();
        if (wanted.equals(before)) {
            return;
        }
        if (before == null) {
            plan.added(what, SpecText.of(wanted));
        } else if (wanted.sameSettings(before)) {
            plan.changed(what, OverlayFields.text(before), OverlayFields.text(wanted));
            plan.step(new OverlayChange.Replace(wanted), entry.place());
            return;
        } else {
            plan.changed(what, SpecText.of(before), SpecText.of(wanted));
            plan.step(new NetworkChange.Delete(before.name()), entry.place());
        }
        plan.step(new NetworkChange.Add(wanted), entry.place());
    }

    private void port(final PortEntry entry) {
        final DesiredPort before = state.ports().get(entry.spec().name());
        final String what = "port " + entry.spec().name();
        if (entry.spec().type() == PortType.TUNNEL) {
            tunnel(entry, before);
            return;
        }
        if (before == null) {
            plan.added(what, SpecText.of(PortSpecs.completed(entry.spec(), null)));
            plan.step(new PortChange.Add(entry.spec()), entry.place());
            return;
        }
        final PortSpec wanted = PortSpecs.completed(entry.spec(), before.spec());
        checkSameDevice(entry, before.spec(), wanted);
        if (wanted.enabled() != before.spec().enabled()) {
            plan.changed(what, onOff(before.spec()), onOff(wanted));
            plan.step(
                    new PortChange.Enable(wanted.name(), wanted.enabled()),
                    entry.places().get("enabled"));
        }
        guards(entry, before.spec());
        limits(entry, before.spec());
    }

    /** A document without limits means the defaults. */
    private void limits(final PortEntry entry, final PortSpec before) {
        final Limits wanted = Limits.of(entry.spec());
        if (!wanted.equals(Limits.of(before))) {
            plan.changed(
                    "port " + before.name(), "limits " + Limits.of(before), "limits " + wanted);
            plan.step(
                    new PortChange.SetLimits(before.name(), wanted.whole()),
                    entry.places().get("limits"));
        }
    }

    /** A tunnel is there as its network is, which the document names or the state has. */
    private void tunnel(final PortEntry entry, final DesiredPort before) {
        final String name = entry.spec().name();
        final boolean comes =
                document.networks() != null
                        && document.networks().values().stream()
                                .anyMatch(n -> name.equals(n.spec().tunnel()));
        if (!comes && (before == null || before.spec().type() != PortType.TUNNEL)) {
            throw entry.place().refuse("no network has this tunnel; it comes with the network");
        }
        final boolean enabled = before == null || before.spec().enabled();
        if (enabled != entry.spec().enabled()) {
            final String now = entry.spec().enabled() ? "enabled" : "disabled";
            plan.changed("port " + name, enabled ? "enabled" : "disabled", now);
            plan.step(new PortChange.Enable(name, entry.spec().enabled()), entry.place());
        }
    }

    private void guards(final PortEntry entry, final PortSpec before) {
        if (entry.spec().guards() == null) {
            return;
        }
        final Place place = entry.places().get("guards");
        final List<String> wanted = place.run(() -> Guards.resolve(entry.spec().guards(), before));
        if (!wanted.equals(before.guards() == null ? List.of() : before.guards())) {
            plan.changed(
                    "port " + before.name(),
                    "guards " + Guards.text(before.guards()),
                    "guards " + Guards.text(wanted));
            plan.step(new PortChange.SetGuards(before.name(), wanted), place);
        }
    }

    private static String onOff(final PortSpec spec) {
        return spec.enabled() ? "enabled" : "disabled";
    }

    private static void checkSameDevice(
            final PortEntry entry, final PortSpec before, final PortSpec wanted) {
        final Map<String, String> is = SpecText.fields(before);
        for (final Map.Entry<String, String> field : SpecText.fields(wanted).entrySet()) {
            final String now = is.get(field.getKey());
            if (!Objects.equals(now, field.getValue())) {
                throw entry.places()
                        .get(field.getKey())
                        .refuse(
                                "%s of the port is '%s', not '%s', and can't change in place;"
                                                .formatted(field.getKey(), now, field.getValue())
                                        + " `vswitchctl del-port "
                                        + before.name()
                                        + "` first");
            }
        }
    }

    private void policy(final PortEntry entry, final Set<String> ports) {
        if (entry.layers() == null) {
            return;
        }
        final String name = entry.spec().name();
        final DesiredPort before = state.ports().get(name);
        final PolicySet policy = before == null ? PolicySet.of(name) : before.policy();
        new PolicyPlanner(plan, policy, entry.place(), ports).layers(entry.layers());
    }

    private Set<String> portsToBe() {
        final Set<String> names = new TreeSet<>(document.ports().keySet());
        if (!prune) {
            names.addAll(state.ports().keySet());
        }
        return names;
    }

    private void leftLayers(final DesiredPort port) {
        if (prune && !document.ports().containsKey(port.name())) {
            for (final Layer layer : port.policy().layers()) {
                plan.step(
                        new PolicyChange.DeleteLayer(port.name(), layer.name()),
                        leftPlace("ports", port.name()));
            }
        }
    }

    private Place leftPlace(final String section, final String name) {
        return Place.top(file, 1).key(section, 1).key(name, 1);
    }

    private void leftPort(final DesiredPort port) {
        if (document.ports().containsKey(port.name()) || port.spec().type() == PortType.TUNNEL) {
            return;
        }
        final String what = "port " + port.name();
        if (!prune || isHandedOver(port) || isOfRuntime(port.spec().network())) {
            plan.stays(what);
            return;
        }
        plan.removed(what, SpecText.of(port.spec()));
        plan.step(new PortChange.Delete(port.name()), leftPlace("ports", port.name()));
    }

    private void leftNetwork(final NetworkSpec network) {
        final String name = network.name();
        if (document.networks().containsKey(name)
                || name.equals(DEFAULT_NETWORK) && someoneDefaults()) {
            return;
        }
        final String what = "network " + name;
        if (!prune || isOfRuntime(name)) {
            plan.stays(what);
            return;
        }
        plan.removed(what, SpecText.of(network));
        plan.step(new NetworkChange.Delete(name), leftPlace("networks", name));
    }

    private static boolean isHandedOver(final DesiredPort port) {
        return port.spec().handover() != null;
    }

    /** Containers are on it: their runtime removes it, and nobody else. */
    private boolean isOfRuntime(final String network) {
        return network != null
                && state.ports().values().stream()
                        .anyMatch(p -> isHandedOver(p) && network.equals(p.spec().network()));
    }

    private boolean someoneDefaults() {
        return document.ports() != null
                && document.ports().values().stream().anyMatch(p -> p.spec().network() == null);
    }
}
