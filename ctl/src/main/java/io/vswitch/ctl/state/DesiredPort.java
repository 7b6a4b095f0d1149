package io.vswitch.ctl.state;

import io.vswitch.rules.Action;
import io.vswitch.rules.Group;
import io.vswitch.rules.PolicySet;
import java.util.Optional;
import java.util.stream.Stream;

/** A port and its layers; immutable. */
public record DesiredPort(PortSpec spec, PolicySet policy) {
    public String name() {
        return spec.name();
    }

    DesiredPort with(final PortSpec changed) {
        return new DesiredPort(changed, policy);
    }

    DesiredPort with(final PolicySet changed) {
        return new DesiredPort(spec, changed);
    }

    /** True when the port has this layer. */
    public boolean hasLayer(final String layer) {
        return policy.layers().stream().anyMatch(l -> l.name().equals(layer));
    }

    /** True when the port has this layer, and the layer this group. */
    public boolean hasGroup(final String layer, final String group) {
        return hasLayer(layer)
                && policy.groups(layer).stream().anyMatch(g -> g.name().equals(group));
    }

    /** A rule that redirects to a port, as text; empty when there is none. */
    public Optional<String> redirectTo(final String port) {
        return policy.layers().stream()
                .flatMap(layer -> policy.groups(layer.name()).stream())
                .flatMap(group -> redirectsTo(port, group))
                .findFirst();
    }

    private Stream<String> redirectsTo(final String port, final Group group) {
        return policy.rules(group.layer(), group.name()).stream()
                .filter(rule -> isRedirectTo(port, rule.body().action()))
                .map(rule -> name() + " " + group.layer() + "." + group.name() + " " + rule.id());
    }

    private static boolean isRedirectTo(final String port, final Action action) {
        return action instanceof Action.Redirect redirect && redirect.port().equals(port);
    }
}
