package io.vswitch.core.engine;

import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.view.Neighbour;
import java.util.Arrays;
import java.util.List;

/** What one worker was told of neighbours, by network; owned by the worker. */
final class Neighbours {
    private final long seed;
    private NeighbourTable[] tables = {};
    private NetworkConfig[] configs = {};

    Neighbours(final long seed) {
        this.seed = seed;
    }

    /** Tables of networks that aren't there any more go. */
    void onSnapshot(final SwitchSnapshot next) {
        tables = Arrays.copyOf(tables, next.networkLimit());
        configs = Arrays.copyOf(configs, next.networkLimit());
        for (int id = 0; id < tables.length; id++) {
            final NetworkState network = next.network(id);
            if (network == null || network.config() != configs[id]) {
                tables[id] = null;
                configs[id] = network == null ? null : network.config();
            }
        }
    }

    /** Neighbours of a network, or null: it was told of none. */
    NeighbourTable table(final int network) {
        return network >= 0 && network < tables.length ? tables[network] : null;
    }

    void change(final int network, final List<Neighbour> changes) {
        if (tables[network] == null) {
            tables[network] = new NeighbourTable(seed);
        }
        for (final Neighbour change : changes) {
            final long low = change.ipv6() ? change.low() : NeighbourTable.ipv4((int) change.low());
            if (change.mac() == 0) {
                tables[network].remove(change.high(), low);
            } else {
                tables[network].put(change.high(), low, change.mac());
            }
        }
        if (tables[network].size() == 0) {
            tables[network] = null;
        }
    }
}
