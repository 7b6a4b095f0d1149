package io.vswitch.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CompareReportTest {
    private static final List<String> ROWS =
            List.of(
                    "tcp1_gbps\tvswitch\t1\t9.0",
                    "tcp1_gbps\tbridge\t1\t10.0",
                    "tcp1_gbps\tveth\t1\t20.0",
                    "tcp1_gbps\tvswitch\t2\t8.0",
                    "tcp1_gbps\tbridge\t2\t10.0",
                    "tcp1_gbps\tveth\t2\t20.0",
                    "tcp1_gbps\tvswitch\t3\t30.0",
                    "tcp1_gbps\tbridge\t3\t10.0",
                    "tcp1_gbps\tveth\t3\t20.0",
                    "tcp4_gbps\tvswitch\t1\t12.9",
                    "tcp4_gbps\tovs-tso\t1\t10.0",
                    "udp_iperf_kpps\tvswitch\t1\t150",
                    "udp_iperf_kpps\tovs\t1\t140",
                    "udp_iperf_kpps\tovs-tso\t1\t151",
                    "rr_p50_us\tvswitch\t1\t30.0",
                    "rr_p50_us\tbridge\t1\t16.8");

    @Test
    void shouldJudgeMediansAgainstTargets() {
        final Results results = Results.parse(ROWS);
        final List<List<String>> rows =
                Target.ALL.stream().map(target -> target.row(results)).toList();
        assertEquals(List.of("0.90", ">= 0.90", "PASS", "0.89..3.33"), rows.get(0).subList(1, 5));
        assertEquals(List.of("1.29", ">= 1.30", "MISS"), rows.get(1).subList(1, 4));
        assertEquals(
                List.of("0.99", ">= 1.00", "MISS"),
                rows.get(2).subList(1, 4),
                "the better OVS counts");
        assertEquals(List.of("-", "-", "not measured"), rows.get(3).subList(1, 4));
        assertEquals(List.of("30.0 us", "<= 30.2 us", "PASS"), rows.get(4).subList(1, 4));
    }

    @Test
    void shouldPrintMedianRangeAndShareOfTheLimitWhenMarkdown() {
        final String report =
                new CompareReport(Suite.COMPARE, Results.parse(ROWS), List.of("kernel\t6.1"), true)
                        .render();
        assertTrue(report.contains("| vswitch | 9.0 | 8.0..30.0 | 3 | 0.45 |"), report);
        assertTrue(report.contains("| kernel | 6.1 |"), report);
    }

    @Test
    void shouldAlignColumnsWhenText() {
        final Table table = new Table("a", "b").row(List.of("long cell", "x"));
        assertEquals("  a          b\n  long cell  x\n", table.text());
    }

    @Test
    void shouldTakeTheMiddleWhenTheNumberOfRoundsIsEven() {
        assertEquals(
                2.5, new Series(new TreeMap<>(Map.of(1, 4.0, 2, 1.0, 3, 2.0, 4, 3.0))).median());
    }

    @Test
    void shouldRefuseRowsThatAreNone() {
        assertThrows(
                IllegalArgumentException.class, () -> Results.parse(List.of("tcp1_gbps\tveth\t1")));
        assertThrows(
                IllegalArgumentException.class, () -> Results.parse(List.of("tcp9\tveth\t1\t1")));
    }
}
