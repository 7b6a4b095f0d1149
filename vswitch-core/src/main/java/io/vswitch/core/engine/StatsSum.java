package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.counters.PortCounters;
import io.vswitch.core.view.PortStats;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Sums counters that several workers write. */
final class StatsSum {
    private StatsSum() {}

    static PortStats of(final List<PortCounters> all) {
        final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        long rxPackets = 0;
        long rxBytes = 0;
        long txPackets = 0;
        long txBytes = 0;
        long replicated = 0;
        for (final PortCounters counters : all) {
            rxPackets += counters.rxPackets();
            rxBytes += counters.rxBytes();
            txPackets += counters.txPackets();
            txBytes += counters.txBytes();
            replicated += counters.replicated();
            counters.addDropsTo(drops);
        }
        return new PortStats(rxPackets, rxBytes, txPackets, txBytes, replicated, drops);
    }

    static PortStats plus(final PortStats a, final PortStats b) {
        final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        drops.putAll(a.drops());
        b.drops().forEach((reason, count) -> drops.merge(reason, count, Long::sum));
        return new PortStats(
                a.rxPackets() + b.rxPackets(),
                a.rxBytes() + b.rxBytes(),
                a.txPackets() + b.txPackets(),
                a.txBytes() + b.txBytes(),
                a.replicated() + b.replicated(),
                drops);
    }
}
