package io.vswitch.bench;

import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Pool;
import io.vswitch.rules.PoolSet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.TagSet;
import io.vswitch.rules.Verdict;
import java.util.List;

/** A stateful layer that gives what leaves through its port a source of 32 addresses; stateless. */
final class NatPolicy {
    private NatPolicy() {}

    static PortPolicy of(final String port) {
        final PoolSet pools =
                PoolSet.EMPTY.with(Pool.of("outside", List.of("198.51.100.0/27"), null));
        final PolicySet set =
                PolicySet.of(port)
                        .withLayer(new Layer("nat", 100, Verdict.ALLOW, true))
                        .withGroup(new Group("nat", "in", Direction.INBOUND, 100))
                        .withRule(
                                "nat",
                                "in",
                                Rule.of("all", 100, "snat outside where src-ip 10.0.0.0/8"));
        return new PolicyCompiler(port).compile(set, TagSet.EMPTY, pools, name -> -1);
    }
}
