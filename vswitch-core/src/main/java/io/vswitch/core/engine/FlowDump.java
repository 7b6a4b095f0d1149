package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.view.FlowInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Collects cached flows of one worker: the first ones met, or with an order the first ones by that,
 * keeping no more than were asked for; the worker's thread.
 */
final class FlowDump extends FlowWalk<List<FlowInfo>> {
    private final Comparator<FlowInfo> order;
    private final int limit;
    private final List<FlowInfo> flows = new ArrayList<>();

    /** With an order: what was met, the last by the order at the head. */
    private final PriorityQueue<FlowInfo> best;

    /**
     * @param order which flows come first, or null for those met first.
     */
    FlowDump(final Predicate<FlowInfo> filter, final Comparator<FlowInfo> order, final int limit) {
        super(filter);
        this.order = order;
        this.limit = limit;
        this.best = order == null ? null : new PriorityQueue<>(order.reversed());
    }

    @Override
    boolean isDone() {
        return limit <= 0 || order == null && flows.size() >= limit;
    }

    @Override
    void onFlow(final FlowTable table, final int entry, final FlowInfo flow) {
        if (order == null) {
            flows.add(flow);
        } else if (best.size() < limit) {
            best.add(flow);
        } else if (order.compare(flow, best.peek()) < 0) {
            best.poll();
            best.add(flow);
        }
    }

    /** In no order: who asked several workers sorts what they say. */
    @Override
    List<FlowInfo> answer() {
        return order == null ? flows : new ArrayList<>(best);
    }
}
