package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;

/** What a walk over the layers came to, for people; stateless. */
final class PolicyText {
    private PolicyText() {}

    /**
     * Which backend a connection was given, and why; empty for other rules.
     *
     * @param done by {@link StatefulWalk}.
     * @param fields after the rule.
     */
    static String translated(
            final CompiledRule rule,
            final int done,
            final HeaderFields fields,
            final PolicyDecision decision) {
        if (rule == null
                || decision.isDropped()
                || !(rule.rule.body().action() instanceof Action.Balance)) {
            return "";
        }
        final IpAddress address =
                new IpAddress(fields.isIpv6(), fields.destinationHigh, fields.destinationLow);
        return ": to "
                + Backend.id(address, fields.destinationPort)
                + (done == StatefulWalk.KEPT
                        ? ", where its connection is"
                        : ", by its share of connections");
    }
}
