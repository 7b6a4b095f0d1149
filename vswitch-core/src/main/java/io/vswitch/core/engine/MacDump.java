package io.vswitch.core.engine;

import io.vswitch.core.l2.MacTable;
import io.vswitch.core.view.MacInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Collects the learned MACs of one network as one worker has them, a piece per duty cycle, so that
 * forwarding goes on meanwhile.
 */
final class MacDump implements WorkerCommand {
    private static final int PIECE = 256;

    private final NetworkState network;
    private final SwitchSnapshot snapshot;
    private final List<MacInfo> macs = new ArrayList<>();
    private final CompletableFuture<List<MacInfo>> result = new CompletableFuture<>();
    private int cursor;

    MacDump(final NetworkState network, final SwitchSnapshot snapshot) {
        this.network = network;
        this.snapshot = snapshot;
    }

    CompletableFuture<List<MacInfo>> result() {
        return result;
    }

    @Override
    public boolean run(final Worker worker) {
        final MacTable table = worker.macs(network.id());
        for (int i = 0; i < PIECE; i++) {
            final int entry = table == null ? MacTable.NONE : table.nextLive(cursor);
            if (entry == MacTable.NONE) {
                result.complete(macs);
                return true;
            }
            cursor = entry + 1;
            macs.add(read(table, entry, worker.nowNs()));
        }
        return false;
    }

    private MacInfo read(final MacTable table, final int entry, final long nowNs) {
        final PortState port = snapshot.port(table.port(entry));
        return new MacInfo(
                network.name(),
                table.mac(entry),
                port == null ? "port-" + table.port(entry) : port.name(),
                table.remote(entry),
                table.isPinned(entry),
                (nowNs - table.lastSeenNs(entry)) / 1_000_000);
    }
}
