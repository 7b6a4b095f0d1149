package io.vswitch.core.engine;

import io.vswitch.core.l2.Epoch;
import io.vswitch.core.l2.MacTable;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Gives the MAC tables of a router's networks one epoch: a routed flow of one network depends on
 * the MACs of another. Stateless; runs on the worker's thread as it takes a snapshot, which has all
 * flows decided anew.
 */
final class Epochs {
    private Epochs() {}

    static void share(final SwitchSnapshot snapshot, final MacTable[] macs) {
        final Map<Router, Epoch> shared = new IdentityHashMap<>();
        for (int id = 0; id < macs.length; id++) {
            if (macs[id] != null) {
                final Router router = snapshot.network(id).router();
                macs[id].epoch(
                        router == null
                                ? new Epoch()
                                : shared.computeIfAbsent(router, r -> new Epoch()));
            }
        }
    }
}
