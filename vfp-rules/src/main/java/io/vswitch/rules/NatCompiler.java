package io.vswitch.rules;

import io.vswitch.core.policy.NatPool;
import io.vswitch.core.policy.Translation;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles the rules of one port that translate connections; owned by the thread that compiles.
 * Those that name a pool or a load balancer are numbered: what a number stands for is looked up for
 * each policy.
 */
final class NatCompiler {
    private static final int FIRST_PORT = 1024;
    private static final int LAST_PORT = 65_535;

    private final List<Action> named = new ArrayList<>();

    NatCompiler copy() {
        final NatCompiler copy = new NatCompiler();
        copy.named.addAll(named);
        return copy;
    }

    CompiledNat compile(final RuleBody body) {
        final Action action = body.action();
        if (action instanceof Action.Balance || ((Action.Nat) action).spec().pool() != null) {
            if (!named.contains(action)) {
                named.add(action);
            }
            return new CompiledNat(named.indexOf(action));
        }
        final NatSpec spec = ((Action.Nat) action).spec();
        if (spec.isSource()) {
            return new CompiledNat(new SourceTranslation(of(spec.address()), macs(spec)));
        }
        final boolean range = spec.lastPort() != spec.firstPort();
        final int matched = range ? body.conditions().dstPort().first(0) : -1;
        return new CompiledNat(
                new DestinationTranslation(spec.address(), spec.firstPort(), matched, macs(spec)));
    }

    /**
     * What the numbers stand for; null for one whose pool or balancer has gone, and its rules
     * before it.
     */
    Translation[] resolve(final PoolSet pools, final Balancers balancers) {
        return named.stream()
                .map(action -> translation(action, pools, balancers))
                .toArray(Translation[]::new);
    }

    private static Translation translation(
            final Action action, final PoolSet pools, final Balancers balancers) {
        if (action instanceof Action.Balance) {
            final Balancer balancer = balancers.get(((Action.Balance) action).balancer());
            return balancer == null ? null : new BalanceTranslation(balancer);
        }
        final NatSpec spec = ((Action.Nat) action).spec();
        final NatPool pool = pools.find(spec.pool());
        return pool == null ? null : new SourceTranslation(pool, macs(spec));
    }

    private static MacChange macs(final NatSpec spec) {
        return new MacChange(spec.srcMac(), spec.dstMac());
    }

    private static NatPool of(final IpAddress address) {
        final NatPool.Range range =
                new NatPool.Range(address.isIpv6(), address.high(), address.low(), 1);
        return new NatPool(address.toString(), List.of(range), FIRST_PORT, LAST_PORT, true);
    }
}
