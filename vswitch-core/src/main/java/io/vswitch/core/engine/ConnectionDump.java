package io.vswitch.core.engine;

import io.vswitch.core.state.ConnectionTable;
import io.vswitch.core.view.ConnectionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Collects connections of one worker, a piece per duty cycle, so that forwarding goes on meanwhile;
 * the worker's thread.
 */
final class ConnectionDump implements WorkerCommand {
    private static final int PIECE = 256;

    private final Predicate<ConnectionInfo> filter;
    private final int limit;
    private final List<ConnectionInfo> found = new ArrayList<>();
    private final CompletableFuture<List<ConnectionInfo>> result = new CompletableFuture<>();
    private SwitchSnapshot snapshot;
    private int cursor;

    ConnectionDump(final Predicate<ConnectionInfo> filter, final int limit) {
        this.filter = filter;
        this.limit = limit;
    }

    CompletableFuture<List<ConnectionInfo>> result() {
        return result;
    }

    @Override
    public boolean run(final Worker worker) {
        try {
            return walk(worker);
        } catch (final RuntimeException e) {
            result.completeExceptionally(e);
            return true;
        }
    }

    private boolean walk(final Worker worker) {
        final ConnectionTable table = worker.connections();
        snapshot = worker.snapshot();
        for (int i = 0; i < PIECE; i++) {
            if (table == null || cursor >= table.span() || found.size() >= limit) {
                result.complete(found);
                return true;
            }
            final int entry = cursor++;
            final ConnectionInfo info =
                    table.reader().read(entry, worker.nowNs(), this::name, worker.index());
            if (info != null && filter.test(info)) {
                found.add(info);
            }
        }
        return false;
    }

    private String name(final int portId, final int layer) {
        final PortState port = snapshot.port(portId);
        if (port == null) {
            return null;
        }
        return layer == 0 ? port.name() : port.policy().layerName(layer);
    }
}
