package io.vswitch.core.engine;

import io.vswitch.core.l2.Location;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.packet.Addresses;
import io.vswitch.core.view.MacPin;
import io.vswitch.core.view.Neighbour;
import java.util.ArrayList;
import java.util.List;

/** Hands a network's mappings to every worker, one after the other; any thread. */
final class WorkerMappings implements Mappings {
    private final String network;
    private final WorkerQueries queries;

    WorkerMappings(final String network, final WorkerQueries queries) {
        this.network = network;
        this.queries = queries;
    }

    @Override
    public void pin(final List<MacPin> changes) {
        for (final Worker worker : queries.workers()) {
            // all workers have the same pins: what the first takes no other refuses
            queries.ask(worker, self -> pin(self, changes));
        }
    }

    private Void pin(final Worker worker, final List<MacPin> changes) {
        final MacTable table = worker.macs(id(worker));
        final List<MacPin> before = new ArrayList<>();
        try {
            for (final MacPin change : changes) {
                before.add(pinOf(worker, table, change.mac()));
                apply(worker, table, change);
            }
        } catch (final SwitchException e) {
            for (int i = before.size() - 1; i >= 0; i--) {
                apply(worker, table, before.get(i));
            }
            throw e;
        }
        return null;
    }

    private static MacPin pinOf(final Worker worker, final MacTable table, final long mac) {
        final int location = table.pinned(mac);
        return location == Location.NONE
                ? new MacPin(mac, null, 0)
                : new MacPin(
                        mac,
                        worker.snapshot().portName(Location.port(location)),
                        Location.remote(location));
    }

    private void apply(final Worker worker, final MacTable table, final MacPin change) {
        if (change.port() == null) {
            table.unpin(change.mac());
        } else if (!table.pin(change.mac(), location(worker, change), worker.nowNs())) {
            throw new SwitchException(
                    "network '%s': MAC %s can't be pinned: no host's, or no room; allowed are %d"
                            .formatted(network, Addresses.mac(change.mac()), table.limit()));
        }
    }

    private int location(final Worker worker, final MacPin change) {
        final PortState port = worker.snapshot().port(change.port());
        if (port == null || port.networkId() != id(worker)) {
            throw new SwitchException(
                    "port '" + change.port() + "' isn't on network '" + network + "'");
        }
        return Location.of(port.id(), change.remote());
    }

    private int id(final Worker worker) {
        final NetworkState state = worker.snapshot().network(network);
        if (state == null) {
            throw new SwitchException("unknown network '" + network + "'");
        }
        return state.id();
    }

    @Override
    public long flushMacs() {
        long most = 0;
        for (final Worker worker : queries.workers()) {
            most = Math.max(most, queries.ask(worker, self -> self.macs(id(self)).flush()));
        }
        return most;
    }

    @Override
    public void neighbours(final List<Neighbour> changes) {
        for (final Worker worker : queries.workers()) {
            queries.ask(
                    worker,
                    self -> {
                        self.neighbours().change(id(self), changes);
                        // routed flows depend on it
                        self.macs(id(self)).touch();
                        return null;
                    });
        }
    }
}
