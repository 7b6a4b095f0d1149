package io.vswitch.ctl.state;

import io.vswitch.rules.Action;
import io.vswitch.rules.Rule;

/** Checks that what a rule names is there; stateless. */
final class RuleReferences {
    private RuleReferences() {}

    /** Refuses a rule that names a tag, port, pool or load balancer that isn't there. */
    static void check(final DesiredState state, final Rule rule) {
        state.tags().check(rule.body().conditions().tags());
        rule.body().ports().forEach(state::port);
        state.balancers().check(rule.body().action());
        if (rule.body().action() instanceof Action.Nat nat && nat.spec().pool() != null) {
            state.pools().pool(nat.spec().pool());
        }
    }
}
