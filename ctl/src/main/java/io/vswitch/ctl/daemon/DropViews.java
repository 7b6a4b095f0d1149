package io.vswitch.ctl.daemon;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.view.DropLog;
import io.vswitch.core.view.DroppedPacket;
import io.vswitch.core.view.PortInfo;
import io.vswitch.ctl.api.Views;
import io.vswitch.ctl.state.Refusal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What clients ask about dropped packets, summed and one by one; any thread. */
final class DropViews {
    private static final int MAX_LAST = 1000;
    private static final int DEFAULT_LAST = 20;

    private final ViewBuilder views;
    private final VirtualSwitch vswitch;

    DropViews(final ViewBuilder views, final VirtualSwitch vswitch) {
        this.views = views;
        this.vswitch = vswitch;
    }

    Views.DropSums sums(final String by) {
        final Views.Drops drops = views.drops();
        final List<Views.DropSum> sums =
                switch (String.valueOf(by)) {
                    case "port" -> total(drops, true);
                    case "reason" -> total(drops, false);
                    case "rule" -> byRule(drops.total());
                    default ->
                            throw Refusal.usage(
                                    "by '" + by + "'; allowed are port, rule and reason");
                };
        sums.sort((a, b) -> Long.compare(b.packets(), a.packets()));
        return new Views.DropSums(by, drops.total(), sums);
    }

    private static List<Views.DropSum> total(final Views.Drops drops, final boolean byPort) {
        final Map<String, Long> sums = new TreeMap<>();
        for (final Views.Drop drop : drops.drops()) {
            sums.merge(byPort ? drop.port() : drop.reason(), drop.packets(), Long::sum);
        }
        final List<Views.DropSum> list = new ArrayList<>();
        sums.forEach((name, packets) -> list.add(new Views.DropSum(name, packets)));
        return list;
    }

    private List<Views.DropSum> byRule(final long total) {
        final List<Views.DropSum> sums = new ArrayList<>();
        for (final PortInfo port : vswitch.ports()) {
            for (final DropReason reason : ViewBuilder.BY_RULES) {
                sums.addAll(views.blockers(port.name(), reason));
            }
        }
        final long others = total - sums.stream().mapToLong(Views.DropSum::packets).sum();
        if (others > 0) {
            sums.add(new Views.DropSum("no rule, or one that is gone", others));
        }
        return sums;
    }

    Views.LastDrops last(final String limit) {
        return view(vswitch.lastDrops(count(limit)));
    }

    Views.LastDrops audited(final String limit) {
        return view(vswitch.lastAudited(count(limit)));
    }

    Views.LastDrops missed(final String limit) {
        return view(vswitch.lastMissed(count(limit)));
    }

    private static int count(final String limit) {
        if (limit != null && !limit.matches("[1-9]\\d{0,2}|1000")) {
            throw Refusal.usage("last '" + limit + "'; allowed are 1 to " + MAX_LAST);
        }
        return limit == null ? DEFAULT_LAST : Integer.parseInt(limit);
    }

    private static Views.LastDrops view(final DropLog log) {
        return new Views.LastDrops(
                log.packets().stream().map(DropViews::view).toList(), log.passedOver());
    }

    private static Views.LastDrop view(final DroppedPacket packet) {
        return new Views.LastDrop(
                packet.ageMs(),
                packet.ingress(),
                packet.port(),
                packet.reason() == null ? null : packet.reason().label(),
                packet.rule() == null ? null : packet.rule().toString(),
                packet.packet(),
                packet.lengthBytes(),
                HexFormat.of().formatHex(packet.frame()),
                packet.worker());
    }
}
