package io.vswitch.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Folds the round-trip samples of bench/compare, files PATH.ROUND.ns with one time in nanoseconds
 * per line, into rows "metric path round value" in microseconds. Runs on one thread after
 * everything was measured.
 */
public final class LatencyReport {
    private static final long HIGHEST_NS = 10_000_000_000L;
    private static final int DIGITS = 3;

    private LatencyReport() {}

    /** Argument: the directory of the samples. */
    public static void main(final String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: LatencyReport DIRECTORY");
            System.exit(2);
        }
        rows(Path.of(args[0])).forEach(System.out::println);
    }

    /** The rows of all sample files of a directory, ordered by file name; empty files give none. */
    static List<String> rows(final Path directory) throws IOException {
        final List<String> rows = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file :
                    files.filter(f -> f.toString().endsWith(".ns")).sorted().toList()) {
                final Histogram histogram = fold(file);
                if (histogram.getTotalCount() > 0) {
                    addRows(rows, file.getFileName().toString(), histogram);
                }
            }
        }
        return rows;
    }

    private static Histogram fold(final Path file) throws IOException {
        final Histogram histogram = new Histogram(HIGHEST_NS, DIGITS);
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                histogram.recordValue(Math.min(HIGHEST_NS, Long.parseLong(line)));
            }
        }
        return histogram;
    }

    private static void addRows(
            final List<String> rows, final String fileName, final Histogram histogram) {
        final String[] name = fileName.split("\\.");
        rows.add(row("rr_p50_us", name, histogram.getValueAtPercentile(50)));
        rows.add(row("rr_p99_us", name, histogram.getValueAtPercentile(99)));
        rows.add(row("rr_p999_us", name, histogram.getValueAtPercentile(99.9)));
    }

    private static String row(final String metric, final String[] name, final long valueNs) {
        return String.format(
                Locale.ROOT, "%s\t%s\t%s\t%.2f", metric, name[0], name[1], valueNs / 1e3);
    }
}
