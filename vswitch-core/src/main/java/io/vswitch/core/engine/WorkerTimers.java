package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowAgeing;
import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.state.ConnectionTable;
import io.vswitch.core.view.WorkerInfo;

/**
 * What one worker does by the clock: ages flows and MACs in small steps, folds rule counters. Owned
 * by the worker.
 */
final class WorkerTimers {
    private static final long TICK_NS = 1_000_000;
    private static final long FOLD_NS = 50_000_000;

    /** Entries of each MAC table looked at per tick; 16 sweep a default table twice a second. */
    private static final int MAC_SWEEP_STEP = 16;

    /** Connections taken out per tick at most. */
    private static final int MAX_EXPIRED = 256;

    /** Most ticks made up for after the worker waited. */
    private static final int MAX_TICKS = 32;

    private final FlowTable flows;
    private final VerdictTable verdicts;
    private final ConnectionTable connections;
    private final long flowIdleNs;
    private boolean started;
    private long lastTickNs;
    private long lastFoldNs;
    private FlowAgeing ageing;

    /**
     * @param connections null: there are none.
     */
    WorkerTimers(
            final FlowTable flows,
            final VerdictTable verdicts,
            final ConnectionTable connections,
            final long flowIdleMs) {
        this.flows = flows;
        this.verdicts = verdicts;
        this.connections = connections;
        this.flowIdleNs = flowIdleMs * 1_000_000;
    }

    /** What the flow table has been through. */
    WorkerInfo.Flows flowReport() {
        return WorkerReport.flows(flows, ageing, flowIdleNs);
    }

    void run(final long nowNs, final SwitchSnapshot snapshot, final MacTable[] macs) {
        if (!started) {
            started = true;
            lastTickNs = nowNs;
            lastFoldNs = nowNs;
            ageing = new FlowAgeing(flows, flowIdleNs, nowNs);
        }
        if (nowNs - lastTickNs >= TICK_NS) {
            tick(nowNs, snapshot, macs);
        }
        verdicts.foldSome();
    }

    private void tick(final long nowNs, final SwitchSnapshot snapshot, final MacTable[] macs) {
        final int ticks = (int) Math.min(MAX_TICKS, (nowNs - lastTickNs) / TICK_NS);
        lastTickNs = nowNs;
        ageing.doWork(nowNs);
        if (connections != null) {
            connections.expire(nowNs, ticks * MAX_EXPIRED);
        }
        for (int id = 0; id < macs.length; id++) {
            if (macs[id] != null) {
                macs[id].expire(
                        nowNs,
                        snapshot.network(id).config().macAgeMs() * 1_000_000,
                        ticks * MAC_SWEEP_STEP);
            }
        }
        if (nowNs - lastFoldNs >= FOLD_NS) {
            lastFoldNs = nowNs;
            verdicts.beginFold();
        }
    }
}
