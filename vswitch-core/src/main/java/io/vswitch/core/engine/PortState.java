package io.vswitch.core.engine;

import io.vswitch.core.counters.PortCounters;
import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.Port;

/**
 * One port in one snapshot: immutable, but for the counters, of which each worker writes its own.
 *
 * @param id index in the snapshot, 0 to 65,534.
 * @param networkId index of its network in the snapshot, or {@link #NO_NETWORK}.
 * @param counters one per worker.
 * @param guards what is checked of the frames it sends.
 */
record PortState(
        int id,
        Port port,
        int networkId,
        PortPolicy policy,
        boolean enabled,
        PortCounters[] counters,
        PortGuards guards) {
    static final int NO_NETWORK = -1;

    String name() {
        return port.name();
    }

    PortState withPolicy(final PortPolicy newPolicy) {
        return new PortState(id, port, networkId, newPolicy, enabled, counters, guards);
    }

    PortState withEnabled(final boolean newEnabled) {
        return new PortState(id, port, networkId, policy, newEnabled, counters, guards);
    }

    PortState withGuards(final PortGuards newGuards) {
        return new PortState(id, port, networkId, policy, enabled, counters, newGuards);
    }
}
