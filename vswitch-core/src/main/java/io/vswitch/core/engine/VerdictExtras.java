package io.vswitch.core.engine;

import io.vswitch.core.guard.RateLimiter;
import io.vswitch.core.policy.RuleRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the rules of a verdict do with each packet besides deciding it: copies, limits, a note.
 * Owned by one worker; the buckets are those of its share of each rule's limit.
 */
final class VerdictExtras {
    /** Ids of the ports that get a copy, -1 for one that isn't there. */
    final int[] mirrors;

    final RuleRef[] audits;
    final RuleRef[] limited;

    /** One for each of {@link #limited}. */
    final RateLimiter[] limiters;

    private VerdictExtras(
            final int[] mirrors,
            final List<RuleRef> audits,
            final List<RuleRef> limited,
            final RateLimiter[] limiters) {
        this.mirrors = mirrors;
        this.audits = audits.toArray(RuleRef[]::new);
        this.limited = limited.toArray(RuleRef[]::new);
        this.limiters = limiters;
    }

    /**
     * The extras of a path, or null when each packet is only counted.
     *
     * @param buckets of this worker, by rule; a missing one is added.
     * @param workers that share a limit.
     */
    static VerdictExtras of(
            final RuleRef[] path,
            final int[] mirrors,
            final Map<RuleRef, RateLimiter> buckets,
            final int workers) {
        final List<RuleRef> audits = new ArrayList<>(0);
        final List<RuleRef> limited = new ArrayList<>(0);
        for (final RuleRef rule : path) {
            if (rule.extras().audit() && !audits.contains(rule)) {
                audits.add(rule);
            }
            if (rule.extras().limit() != null && !limited.contains(rule)) {
                limited.add(rule);
            }
        }
        if (mirrors.length + audits.size() + limited.size() == 0) {
            return null;
        }
        final RateLimiter[] limiters = new RateLimiter[limited.size()];
        for (int i = 0; i < limiters.length; i++) {
            limiters[i] =
                    buckets.computeIfAbsent(
                            limited.get(i), r -> new RateLimiter(r.extras().limit(), workers));
        }
        return new VerdictExtras(mirrors, audits, limited, limiters);
    }
}
