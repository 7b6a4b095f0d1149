package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.view.FlowInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Collects cached flows of one worker, a piece per duty cycle, so that forwarding goes on
 * meanwhile.
 */
final class FlowDump implements WorkerCommand {
    private static final int PIECE = 256;

    private final Predicate<FlowInfo> filter;
    private final int limit;
    private final List<FlowInfo> flows = new ArrayList<>();
    private final CompletableFuture<List<FlowInfo>> result = new CompletableFuture<>();
    private final long[] key = new long[FlowKey.WORDS];
    private int cursor;

    FlowDump(final Predicate<FlowInfo> filter, final int limit) {
        this.filter = filter;
        this.limit = limit;
    }

    CompletableFuture<List<FlowInfo>> result() {
        return result;
    }

    @Override
    public boolean run(final Worker worker) {
        try {
            return collect(worker);
        } catch (final RuntimeException e) {
            result.completeExceptionally(e);
            return true;
        }
    }

    private boolean collect(final Worker worker) {
        final FlowTable table = worker.flows();
        for (int i = 0; i < PIECE; i++) {
            if (flows.size() >= limit || cursor >= table.span()) {
                result.complete(flows);
                return true;
            }
            final int entry = cursor++;
            if (table.isLive(entry)) {
                final FlowInfo flow = read(worker, entry);
                if (filter.test(flow)) {
                    flows.add(flow);
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
                name(snapshot, fields.ingressPort),
                forwards ? name(snapshot, table.egress(entry)) : null,
                forwards ? null : verdict.dropReason().label(),
                worker.changeText(entry),
                verdict == null ? List.<RuleRef>of() : List.of(verdict.rules()),
                table.packets(entry),
                table.bytes(entry),
                (nowNs - table.createdNs(entry)) / 1_000_000,
                (nowNs - table.lastUsedNs(entry)) / 1_000_000,
                snapshot.generation(),
                worker.index());
    }

    private static String name(final SwitchSnapshot snapshot, final int id) {
        final PortState port = snapshot.port(id);
        return port == null ? "port-" + id : port.name();
    }
}
