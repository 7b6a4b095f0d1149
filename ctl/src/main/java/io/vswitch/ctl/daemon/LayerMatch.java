package io.vswitch.ctl.daemon;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.view.LayerStep;

/** What one layer says to a packet, by the code that forwards; used once, by one thread. */
final class LayerMatch implements PolicyTrace {
    private final String port;
    private LayerStep step;

    private LayerMatch(final String port) {
        this.port = port;
    }

    /**
     * @param policy of the one layer.
     */
    static LayerStep of(
            final PortPolicy policy,
            final String port,
            final Direction direction,
            final HeaderFields fields) {
        final LayerMatch match = new LayerMatch(port);
        final PolicyDecision decision = new PolicyDecision();
        decision.reset();
        policy.evaluate(direction, fields, decision, match);
        return match.step;
    }

    @Override
    public void layer(
            final Direction direction,
            final String layer,
            final String group,
            final String rule,
            final String outcome) {
        step = new LayerStep(port, direction, layer, group, rule, outcome);
    }
}
