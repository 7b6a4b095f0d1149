package io.vswitch.ctl.daemon;

import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.ctl.state.DesiredState;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.rules.BalancerCompiler;
import io.vswitch.rules.Balancers;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.PoolSet;
import io.vswitch.rules.TagSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** The compilers of all ports; under the controller's lock. */
final class Policies {
    /** Id of a port that isn't there. */
    static final int NOBODY = -1;

    private final Map<String, PolicyCompiler> compilers = new HashMap<>();

    private final BalancerCompiler balancerCompiler = new BalancerCompiler();

    private final Providers providers;

    private TagSet tags = TagSet.EMPTY;
    private PoolSet pools = PoolSet.EMPTY;
    private volatile Balancers balancers = Balancers.NONE;

    Policies(final Tunnels tunnels) {
        providers = new Providers(tunnels);
    }

    /** Where encap and decap rules lead. */
    Providers providers() {
        return providers;
    }

    /** What the tags in rules stand for from now on. */
    void tags(final TagSet changed) {
        tags = changed;
    }

    /** What the pools in rules stand for from now on. */
    void pools(final PoolSet changed) {
        pools = changed;
    }

    /**
     * What load balancers are from now on.
     *
     * @return names of those that are new or not as they were.
     */
    Set<String> balancers(final DesiredState next) {
        final Balancers before = balancers;
        final Map<String, String> macs = new HashMap<>();
        if (!next.balancers().names().isEmpty()) {
            next.ports().values().forEach(port -> addHost(macs, port.spec()));
        }
        balancers = balancerCompiler.compile(next.balancers(), macs::get);
        return balancers.changedSince(before);
    }

    private static void addHost(final Map<String, String> macs, final PortSpec port) {
        if (port.mac() != null) {
            port.addresses().forEach(a -> macs.put(a.substring(0, a.indexOf('/')), port.mac()));
        }
    }

    /** The load balancers of now, with their counters; any thread. */
    Balancers balancers() {
        return balancers;
    }

    PortPolicy compile(final PolicySet policy, final ToIntFunction<String> portIds) {
        final PolicyCompiler compiler =
                compilers.computeIfAbsent(policy.port(), PolicyCompiler::new);
        return providers
                .in(compiler, policy.port())
                .balancers(balancers)
                .compile(policy, tags, pools, portIds);
    }

    /** What {@link #compile} would make of a policy that isn't kept. */
    PortPolicy suppose(final PolicySet policy, final ToIntFunction<String> portIds) {
        final PolicyCompiler compiler =
                compilers.getOrDefault(policy.port(), new PolicyCompiler(policy.port()));
        return providers
                .in(compiler.copy(), policy.port())
                .balancers(balancers)
                .compile(policy, tags, pools, portIds);
    }

    /** Counters of a rule, or null while its port has no device. */
    RuleRef ref(final String port, final String layer, final String group, final String id) {
        final PolicyCompiler compiler = compilers.get(port);
        return compiler == null ? null : compiler.ref(layer, group, id);
    }

    /** Meters of a port. */
    List<MeterCounter> meters(final String port) {
        final PolicyCompiler compiler = compilers.get(port);
        return compiler == null ? List.of() : compiler.meters();
    }

    void forget(final String port) {
        compilers.remove(port);
    }
}
