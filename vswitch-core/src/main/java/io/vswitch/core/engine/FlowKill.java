package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.view.FlowInfo;
import java.util.function.Predicate;

/**
 * Takes cached flows of one worker out of its table: the next packet of each is decided anew. The
 * worker's thread.
 */
final class FlowKill extends FlowWalk<Long> {
    private long removed;

    FlowKill(final Predicate<FlowInfo> filter) {
        super(filter);
    }

    @Override
    boolean isDone() {
        return false;
    }

    @Override
    void onFlow(final FlowTable table, final int entry, final FlowInfo flow) {
        table.remove(entry);
        removed++;
    }

    @Override
    Long answer() {
        return removed;
    }
}
