package io.vswitch.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A figure our switch is held to, against a peer of the same run; immutable.
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

    private static Target atLeast(
            final String name, final Metric metric, final double factor, final String... peers) {
        return new Target(name, metric, List.of(peers), factor, 0, false);
    }

    /** The table row: name, what was reached, what is asked for, PASS, MISS or "not measured". */
    List<String> row(final Results results) {
        final OptionalDouble ours = results.median(metric, OURS);
        final OptionalDouble peer = peer(results);
        if (ours.isEmpty() || peer.isEmpty()) {
            return List.of(name, "-", "-", "not measured");
        }
        return isUpper
                ? upperRow(ours.getAsDouble(), factor * peer.getAsDouble() + offset)
                : ratioRow(ours.getAsDouble() / peer.getAsDouble());
    }

    private OptionalDouble peer(final Results results) {
        return peers.stream()
                .map(path -> results.median(metric, path))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .reduce(isUpper ? Math::min : Math::max);
    }

    private List<String> upperRow(final double value, final double limit) {
        final String unit = metric.unit();
        return List.of(
                name,
                String.format(Locale.ROOT, "%.1f %s", value, unit),
                String.format(Locale.ROOT, "<= %.1f %s", limit, unit),
                value <= limit ? "PASS" : "MISS");
    }

    private List<String> ratioRow(final double ratio) {
        return List.of(
                name,
                String.format(Locale.ROOT, "%.2f", ratio),
                String.format(Locale.ROOT, ">= %.2f", factor),
                ratio >= factor ? "PASS" : "MISS");
    }
}
