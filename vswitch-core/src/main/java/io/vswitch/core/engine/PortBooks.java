package io.vswitch.core.engine;

import io.vswitch.core.counters.CountersFile;
import io.vswitch.core.counters.PortCounters;
import io.vswitch.core.view.PortStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The counters of all ports there are and ever were. Opened and retired by the conductor, read by
 * any thread; a lock keeps readers off counters that are being given back, so that sums never count
 * a port twice or not at all. Workers don't come here.
 */
final class PortBooks {
    private final CountersFile file;
    private final int workers;
    private final AtomicReference<SwitchSnapshot> published;

    /** Ports that are gone from the snapshot, but that a worker may still count for. */
    private final List<PortState> leaving = new ArrayList<>();

    private PortStats retired = StatsSum.of(List.of());

    PortBooks(
            final CountersFile file,
            final int workers,
            final AtomicReference<SwitchSnapshot> published) {
        this.file = file;
        this.workers = workers;
        this.published = published;
    }

    /**
     * Counters for a new port, one set per worker.
     *
     * @throws SwitchException when the counters file has no room for them; nothing is taken then.
     */
    PortCounters[] open(final String port) {
        final PortCounters[] counters = new PortCounters[workers];
        try {
            for (int i = 0; i < workers; i++) {
                counters[i] = new PortCounters(file.counters(), port, i);
            }
            return counters;
        } catch (final IllegalStateException e) {
            for (int i = 0; i < workers && counters[i] != null; i++) {
                counters[i].free();
            }
            throw new SwitchException(
                    "port '"
                            + port
                            + "': no room for its counters; allowed: "
                            + file.capacity() / (PortCounters.COUNT * workers)
                            + " ports with "
                            + workers
                            + " worker(s)");
        }
    }

    /** A port is about to be taken out of the snapshot. */
    synchronized void leave(final PortState port) {
        leaving.add(port);
    }

    /** No worker counts for the port any more. */
    synchronized void retire(final PortState port) {
        leaving.remove(port);
        retired = StatsSum.plus(retired, StatsSum.of(Arrays.asList(port.counters())));
        for (final PortCounters counters : port.counters()) {
            counters.free();
        }
    }

    /** Sums over one port of the current snapshot; zero when it has left meanwhile. */
    synchronized PortStats of(final PortState port) {
        final PortState now = published.getAcquire().port(port.id());
        final boolean stays = now != null && now.counters() == port.counters();
        return StatsSum.of(stays ? Arrays.asList(port.counters()) : List.of());
    }

    /** Sums over all ports; no sum ever falls. */
    synchronized PortStats totals() {
        final SwitchSnapshot current = published.getAcquire();
        final Set<PortCounters> all = Collections.newSetFromMap(new IdentityHashMap<>());
        for (final PortState port : leaving) {
            all.addAll(Arrays.asList(port.counters()));
        }
        for (int id = 0; id < current.portLimit(); id++) {
            if (current.port(id) != null) {
                all.addAll(Arrays.asList(current.port(id).counters()));
            }
        }
        return StatsSum.plus(retired, StatsSum.of(List.copyOf(all)));
    }
}
