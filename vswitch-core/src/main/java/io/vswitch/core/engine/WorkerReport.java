package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowAgeing;
import io.vswitch.core.flow.FlowPressure;
import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.view.PortConnections;
import io.vswitch.core.view.WorkerInfo;
import java.util.HashMap;
import java.util.Map;

/** Reads a worker's own counters; on the worker's thread. */
final class WorkerReport {
    private WorkerReport() {}

    /**
     * @param ageing null before the worker's first cycle.
     */
    static WorkerInfo.Flows flows(
            final FlowTable table, final FlowAgeing ageing, final long fullIdleNs) {
        return new WorkerInfo.Flows(
                table.size(),
                table.capacity(),
                table.inserted(),
                table.removed(),
                table.expired(),
                table.evictions(),
                ageing == null ? FlowPressure.NORMAL : ageing.pressure(),
                (ageing == null ? fullIdleNs : ageing.effectiveIdleNs()) / 1_000_000,
                ageing == null ? 0 : ageing.timesShortened(),
                ageing == null ? 0 : ageing.timesFull());
    }

    static WorkerInfo.Macs macs(final MacTable[] tables) {
        int size = 0;
        int limit = 0;
        long expired = 0;
        long moved = 0;
        long evicted = 0;
        for (final MacTable table : tables) {
            if (table != null) {
                size += table.size();
                limit += table.limit();
                expired += table.expired();
                moved += table.moves();
                evicted += table.evictions();
            }
        }
        return new WorkerInfo.Macs(size, limit, expired, moved, evicted);
    }

    /** Connections of stateful layers, by port id; ports without any are left out. */
    static Map<Integer, PortConnections> connections(final Worker worker) {
        final Map<Integer, PortConnections> counts = new HashMap<>();
        final int limit = worker.connections() == null ? 0 : worker.snapshot().portLimit();
        for (int id = 0; id < limit; id++) {
            final PortConnections own = worker.connections().of(id);
            if (!own.equals(PortConnections.NONE)) {
                counts.put(id, own);
            }
        }
        return counts;
    }
}
