package io.vswitch.ctl.state;

import io.vswitch.rules.PolicySet;
import java.util.Optional;

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

    /** A rule that redirects or mirrors to a port, as text; empty when there is none. */
    public Optional<String> redirectTo(final String port) {
        return Optional.ofNullable(policy.redirectTo(port)).map(rule -> name() + " " + rule);
    }

    /** A rule that gives connections to a load balancer, as text; empty when there is none. */
    public Optional<String> balanceTo(final String balancer) {
        return Optional.ofNullable(policy.balanceTo(balancer)).map(rule -> name() + " " + rule);
    }
}
