package io.vswitch.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A figure our switch is held to, against a peer of the same run; immutable. Medians are compared;
 * what single rounds gave is printed beside it, because it tells how far the verdict can be
 * trusted.
 *
 * @param name what is compared.
 * @param metric what is read.
 * @param peers paths of the peer; the best of those measured counts.
 * @param factor the limit is factor x peer + offset.
 * @param offset added to the limit, in the metric's unit.
 * @param isUpper true: at most the limit; false: at least.
 */
record Target(
        String name,
        Metric metric,
        List<String> peers,
        double factor,
        double offset,
        boolean isUpper) {
    static final String OURS = "vswitch";

    /** The project's targets for this comparison. */
    static final List<Target> ALL =
            List.of(
                    atLeast("TCP 1 stream: ours / bridge", Metric.TCP_1, 0.9, "bridge"),
                    atLeast(
                            "TCP 4 streams: ours / OVS userspace-tso",
                            Metric.TCP_4,
                            1.3,
                            "ovs-tso"),
                    atLeast("UDP iperf3: ours / best OVS", Metric.UDP_IPERF, 1.0, "ovs", "ovs-tso"),
                    atLeast(
                            "UDP sendmmsg: ours / best OVS",
                            Metric.UDP_BATCH,
                            1.0,
                            "ovs",
                            "ovs-tso"),
                    new Target(
                            "Latency p50: ours, 1.5 x bridge + 5 us",
                            Metric.RR_P50,
                            List.of("bridge"),
                            1.5,
                            5,
                            true));

    /** The project's targets for tunnels between two hosts. */
    static final List<Target> OVERLAY =
            List.of(
                    atLeast("TCP 1 stream: ours / OVS", Metric.TCP_1, 8, "ovs"),
                    atLeast("TCP 1 stream: ours / kernel", Metric.TCP_1, 0.6, "kernel"),
                    atLeast("TCP 4 streams: ours / OVS", Metric.TCP_4, 9, "ovs"),
                    atLeast("UDP iperf3: ours / OVS", Metric.UDP_IPERF, 1.5, "ovs"),
                    atLeast("UDP iperf3: ours / kernel", Metric.UDP_IPERF, 1.1, "kernel"),
                    atLeast("UDP sendmmsg: ours / OVS", Metric.UDP_BATCH, 1.5, "ovs"),
                    atLeast("UDP sendmmsg: ours / kernel", Metric.UDP_BATCH, 1.1, "kernel"),
                    atMost("Latency p50: ours, 2 x kernel", Metric.RR_P50, 2, "kernel"),
                    atMost("Latency p50: ours, OVS", Metric.RR_P50, 1, "ovs"));

    private static Target atMost(
            final String name, final Metric metric, final double factor, final String peer) {
        return new Target(name, metric, List.of(peer), factor, 0, true);
    }

    private static Target atLeast(
            final String name, final Metric metric, final double factor, final String... peers) {
        return new Target(name, metric, List.of(peers), factor, 0, false);
    }

    /**
     * The table row: name, reached, asked for, verdict, and what was reached / asked for in single
     * rounds.
     */
    List<String> row(final Results results) {
        final Map<String, Series> paths = results.of(metric);
        final Series ours = paths.get(OURS);
        final Series peer = bestPeer(paths);
        if (ours == null || peer == null) {
            return List.of(name, "-", "-", "not measured", "-");
        }
        final double limit = limit(peer.median());
        final boolean isMet = isUpper ? ours.median() <= limit : ours.median() >= limit;
        final String verdict = isMet ? "PASS" : "MISS";
        return isUpper
                ? List.of(
                        name,
                        inUnit(ours.median()),
                        "<= " + inUnit(limit),
                        verdict,
                        margins(ours, peer))
                : List.of(
                        name,
                        ratio(ours.median() / peer.median()),
                        ">= " + ratio(factor),
                        verdict,
                        margins(ours, peer));
    }

    private Series bestPeer(final Map<String, Series> paths) {
        Series best = null;
        for (final Series peer : peers.stream().map(paths::get).filter(Objects::nonNull).toList()) {
            if (best == null || isUpper == peer.median() < best.median()) {
                best = peer;
            }
        }
        return best;
    }

    private double limit(final double peer) {
        return factor * peer + offset;
    }

    private String margins(final Series ours, final Series peer) {
        final List<Double> margins = new ArrayList<>();
        ours.byRound()
                .forEach(
                        (round, value) -> {
                            if (peer.byRound().containsKey(round)) {
                                margins.add(value / limit(peer.byRound().get(round)));
                            }
                        });
        margins.sort(null);
        return margins.isEmpty()
                ? "-"
                : ratio(margins.get(0)) + ".." + ratio(margins.get(margins.size() - 1));
    }

    private String inUnit(final double value) {
        return String.format(Locale.ROOT, "%.1f %s", value, metric.unit());
    }

    private static String ratio(final double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
