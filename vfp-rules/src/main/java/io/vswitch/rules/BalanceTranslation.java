package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.NatPorts;
import io.vswitch.core.policy.Translation;

/** Gives each connection to a backend of a load balancer; immutable, any thread. */
final class BalanceTranslation implements Translation {
    private final Balancer balancer;

    BalanceTranslation(final Balancer balancer) {
        this.balancer = balancer;
    }

    @Override
    public DropReason choose(final HeaderFields fields, final NatPorts ports) {
        if (!balancer.isOfFamily(fields)) {
            return balancer.isEmpty() ? DropReason.NO_BACKEND : DropReason.REWRITE_IMPOSSIBLE;
        }
        final int backend = balancer.choose(fields);
        if (backend == Balancer.NONE) {
            return DropReason.NO_BACKEND;
        }
        balancer.apply(backend, fields);
        return null;
    }

    /** Holds while the backend is there and not down, whomever the table would choose now. */
    @Override
    public boolean restore(final HeaderFields before, final HeaderFields after) {
        final int backend = balancer.keeper(before, after);
        if (backend == Balancer.NONE) {
            return false;
        }
        balancer.applyMac(backend, after);
        return after.sourceLow == before.sourceLow
                && after.sourceHigh == before.sourceHigh
                && after.sourcePort == before.sourcePort;
    }

    @Override
    public boolean choosesAnew() {
        return true;
    }

    @Override
    public void opened(final HeaderFields after) {
        balancer.countOpened(after);
    }
}
