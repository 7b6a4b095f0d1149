package io.vswitch.bench.report;

/** What bench/compare measures; the key is the first column of its rows. */
enum Metric {
    TCP_1("tcp1_gbps", "TCP, 1 stream", "Gbit/s"),
    TCP_4("tcp4_gbps", "TCP, 4 streams", "Gbit/s"),
    UDP_IPERF("udp_iperf_kpps", "UDP 18 B, iperf3, received", "kpps"),
    UDP_BATCH("udp_batch_kpps", "UDP 18 B, sendmmsg, received", "kpps"),
    UDP_BATCH_SENT("udp_batch_sent_kpps", "UDP 18 B, sendmmsg, sent", "kpps"),
    RR_P50("rr_p50_us", "TCP request-response, one core, p50", "us"),
    RR_P99("rr_p99_us", "TCP request-response, one core, p99", "us"),
    RR_P999("rr_p999_us", "TCP request-response, one core, p99.9", "us");

    private final String key;
    private final String title;
    private final String unit;

    Metric(final String key, final String title, final String unit) {
        this.key = key;
        this.title = title;
        this.unit = unit;
    }

    static Metric of(final String key) {
        for (final Metric metric : values()) {
            if (metric.key.equals(key)) {
                return metric;
            }
        }
        throw new IllegalArgumentException("unknown metric '" + key + "'");
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }
}
