package io.vswitch.ctl.state;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.rules.Action;
import io.vswitch.rules.EncapSpec;
import io.vswitch.rules.Mapping;
import io.vswitch.rules.Rule;

/** Checks that what a rule names is there; stateless. */
final class RuleReferences {
    private RuleReferences() {}

    private static void checkOverlay(
            final DesiredState state, final String port, final Rule rule, final EncapSpec spec) {
        final NetworkSpec network =
                state.networks().get(String.valueOf(state.port(port).spec().network()));
        final int vni = spec.vni();
        final boolean known =
                vni == Mapping.OWN_VNI
                        ? network != null && network.overlay() != null
                        : state.networks().values().stream()
                                .anyMatch(n -> n.overlay() != null && n.overlay().vni() == vni);
        if (!known) {
            throw new SwitchException(
                    "rule '%s': %s; %s"
                            .formatted(
                                    rule.id(),
                                    vni == Mapping.OWN_VNI
                                            ? "port '" + port + "' is on no overlay network"
                                            : "no network has VNI " + vni,
                                    "add one by `vswitchctl add-network NAME --mode overlay`"));
        }
    }

    /** Refuses a rule that names a tag, port, pool, load balancer or space that isn't there. */
    static void check(final DesiredState state, final String port, final Rule rule) {
        state.spaces().check(rule.body().action());
        if (rule.body().action() instanceof Action.Encap encap) {
            checkOverlay(state, port, rule, encap.spec());
        }
        state.tags().check(rule.body().conditions().tags());
        rule.body().ports().forEach(state::port);
        state.balancers().check(rule.body().action());
        if (rule.body().action() instanceof Action.Nat nat && nat.spec().pool() != null) {
            state.pools().pool(nat.spec().pool());
        }
    }
}
