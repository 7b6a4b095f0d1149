package io.vswitch.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyReportTest {
    private static final double PRECISION = 0.001; // three digits

    @TempDir Path directory;

    @Test
    void shouldFoldAFileIntoPercentiles() throws IOException {
        Files.writeString(
                directory.resolve("ovs-tso.2.ns"),
                IntStream.rangeClosed(1, 10_000)
                        .mapToObj(i -> Integer.toString(i * 10))
                        .collect(Collectors.joining("\n")));
        final List<String> rows = LatencyReport.rows(directory);
        assertEquals(3, rows.size());
        assertRow("rr_p50_us\tovs-tso\t2", 50, rows.get(0));
        assertRow("rr_p99_us\tovs-tso\t2", 99, rows.get(1));
        assertRow("rr_p999_us\tovs-tso\t2", 99.9, rows.get(2));
    }

    @Test
    void shouldGiveNoRowWhenNothingWasSampled() throws IOException {
        Files.writeString(directory.resolve("bridge.1.ns"), "");
        assertEquals(List.of(), LatencyReport.rows(directory));
    }

    private static void assertRow(final String head, final double valueUs, final String row) {
        final int cut = row.lastIndexOf('\t');
        assertEquals(head, row.substring(0, cut));
        assertEquals(valueUs, Double.parseDouble(row.substring(cut + 1)), valueUs * PRECISION);
    }
}
