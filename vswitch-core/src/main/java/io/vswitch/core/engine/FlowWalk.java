package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.l2.Location;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.view.FlowInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Goes through the cached flows of one worker, a piece per duty cycle, so that forwarding goes on
 * meanwhile; the worker's thread. A flow that stays is met once; one that is made meanwhile may be
 * met or not.
 *
 * @param <T> what the walk answers.
 */
abstract class FlowWalk<T> implements WorkerCommand {
    private static final int PIECE = 256;

    private final Predicate<FlowInfo> filter;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final long[] key = new long[FlowKey.WORDS];
    private int cursor;

    FlowWalk(final Predicate<FlowInfo> filter) {
        this.filter = filter;
    }

    CompletableFuture<T> result() {
        return result;
    }

    /** True when no further flow is wanted. */
    abstract boolean isDone();

    /** A flow that passes the filter; it may be removed from here. */
    abstract void onFlow(FlowTable table, int entry, FlowInfo flow);

    /** What was found, once all flows were met. */
    abstract T answer();

    @Override
    public final boolean run(final Worker worker) {
        try {
            return walk(worker);
        } catch (final RuntimeException e) {
            result.completeExceptionally(e);
            return true;
        }
    }

    private boolean walk(final Worker worker) {
        final FlowTable table = worker.flows();
        for (int i = 0; i < PIECE; i++) {
            if (isDone() || cursor >= table.span()) {
                result.complete(answer());
                return true;
            }
            final int entry = cursor++;
            if (table.isLive(entry)) {
                final FlowInfo flow = read(worker, entry);
                if (filter.test(flow)) {
                    onFlow(table, entry, flow);
                }
            }
        }
        return false;
    }

    private FlowInfo read(final Worker worker, final int entry) {
        final FlowTable table = worker.flows();
        for (int i = 0; i < key.length; i++) {
            key[i] = table.keyWord(entry, i);
        }
        final HeaderFields fields = new HeaderFields().load(key, 0);
        final SwitchSnapshot snapshot = worker.snapshot();
        final Verdict verdict = worker.verdict(entry);
        final boolean forwards = verdict == null || verdict.dropReason() == null;
        final long nowNs = worker.nowNs();
        return new FlowInfo(
                fields,
                snapshot.portName(fields.ingressPort),
                forwards ? snapshot.portName(Location.port(table.egress(entry))) : null,
                forwards ? null : verdict.dropReason().label(),
                worker.changeText(entry, fields),
                verdict == null ? List.<RuleRef>of() : List.of(verdict.rules()),
                table.packets(entry),
                table.bytes(entry),
                (nowNs - table.createdNs(entry)) / 1_000_000,
                (nowNs - table.lastUsedNs(entry)) / 1_000_000,
                snapshot.generation(),
                worker.index());
    }
}
