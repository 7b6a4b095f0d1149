package io.vswitch.rules;

import io.vswitch.core.policy.NatPool;
import io.vswitch.core.policy.Translation;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles the rules of one port that translate connections; owned by the thread that compiles.
 * Those that name a pool are numbered: what a number stands for is looked up for each policy.
 */
final class NatCompiler {
    private static final int FIRST_PORT = 1024;
    private static final int LAST_PORT = 65_535;

    private final List<NatSpec> pooled = new ArrayList<>();

    NatCompiler copy() {
        final NatCompiler copy = new NatCompiler();
        copy.pooled.addAll(pooled);
        return copy;
    }

    CompiledNat compile(final RuleBody body) {
        final NatSpec spec = ((Action.Nat) body.action()).spec();
        if (spec.pool() != null) {
            if (!pooled.contains(spec)) {
                pooled.add(spec);
            }
            return new CompiledNat(pooled.indexOf(spec));
        }
        if (spec.isSource()) {
            return new CompiledNat(new SourceTranslation(of(spec.address()), macs(spec)));
        }
        final boolean range = spec.lastPort() != spec.firstPort();
        final int matched = range ? body.conditions().dstPort().first(0) : -1;
        return new CompiledNat(
                new DestinationTranslation(spec.address(), spec.firstPort(), matched, macs(spec)));
    }

    /** What the numbers stand for; null for one whose pool has gone, and its rules before it. */
    Translation[] resolve(final PoolSet pools) {
        return pooled.stream().map(spec -> translation(spec, pools)).toArray(Translation[]::new);
    }

    private static Translation translation(final NatSpec spec, final PoolSet pools) {
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
