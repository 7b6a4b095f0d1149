package io.vswitch.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Everything a run of bench/compare measured, by metric and path; immutable. */
final class Results {
    private final Map<Metric, Map<String, Series>> series = new LinkedHashMap<>();

    /** Lines "metric path round value", separated by tabs. */
    static Results parse(final List<String> lines) {
        final Map<Metric, Map<String, SortedMap<Integer, Double>>> values = new LinkedHashMap<>();
        for (final String line : lines) {
            final String[] field = line.split("\t");
            if (field.length != 4) {
                throw new IllegalArgumentException(
                        "not metric, path, round, value: '" + line + "'");
            }
            values.computeIfAbsent(Metric.of(field[0]), m -> new LinkedHashMap<>())
                    .computeIfAbsent(field[1], p -> new TreeMap<>())
                    .put(Integer.valueOf(field[2]), Double.valueOf(field[3]));
        }
        return new Results(values);
    }

    private Results(final Map<Metric, Map<String, SortedMap<Integer, Double>>> values) {
        values.forEach(
                (metric, paths) -> {
                    final Map<String, Series> byPath = new LinkedHashMap<>();
                    paths.forEach((path, rounds) -> byPath.put(path, new Series(rounds)));
                    series.put(metric, byPath);
                });
    }

    /** Paths that have this metric, with their series; empty when it was not measured. */
    Map<String, Series> of(final Metric metric) {
        return series.getOrDefault(metric, Map.of());
    }
}
