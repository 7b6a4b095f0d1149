package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.NatPool;
import io.vswitch.core.policy.NatPorts;
import io.vswitch.core.policy.Translation;

/** Gives connections a source of a pool; immutable, any thread. */
final class SourceTranslation implements Translation {
    private final NatPool pool;
    private final MacChange macs;

    SourceTranslation(final NatPool pool, final MacChange macs) {
        this.pool = pool;
        this.macs = macs;
    }

    @Override
    public DropReason choose(final HeaderFields fields, final NatPorts ports) {
        if (pool.size(fields.isIpv6()) == 0) {
            return DropReason.REWRITE_IMPOSSIBLE;
        }
        if (!ports.takeSource(pool, fields)) {
            return DropReason.NAT_EXHAUSTED;
        }
        macs.apply(fields);
        return null;
    }

    @Override
    public boolean restore(final HeaderFields before, final HeaderFields after) {
        macs.apply(after);
        return pool.coversSource(after)
                && before.destinationLow == after.destinationLow
                && before.destinationHigh == after.destinationHigh
                && before.destinationPort == after.destinationPort;
    }
}
