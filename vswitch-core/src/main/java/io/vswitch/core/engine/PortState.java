package io.vswitch.core.engine;

import io.vswitch.core.counters.PortCounters;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.Port;

/**
 * One port in one snapshot: immutable, but for the counters, of which each worker writes its own.
 *
 * @param id index in the snapshot, 0 to 65,534.
 * @param networkId index of its network in the snapshot, or {@link #NO_NETWORK}.
 * @param counters one per worker.
 */
record PortState(
        int id,
        Port port,
        int networkId,
        PortPolicy policy,
        boolean enabled,
        PortCounters[] counters) {
    static final int NO_NETWORK = -1;

    String name() {
        return port.name();
    }

    PortState withPolicy(final PortPolicy newPolicy) {
        return new PortState(id, port, networkId, newPolicy, enabled, counters);
    }

    PortState withEnabled(final boolean newEnabled) {
        return new PortState(id, port, networkId, policy, newEnabled, counters);
    }
}
