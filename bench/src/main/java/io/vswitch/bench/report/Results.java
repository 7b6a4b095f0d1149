package io.vswitch.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Everything a run of bench/compare measured, by metric and path, in the order it was measured;
 * immutable.
 */
final class Results {
    private final Map<Metric, Map<String, Series>> series = new LinkedHashMap<>();

    /** Lines "metric path round value", separated by tabs. */
    static Results parse(final List<String> lines) {
        final Map<Metric, Map<String, List<Double>>> values = new LinkedHashMap<>();
        for (final String line : lines) {
            final String[] field = line.split("\t");
            if (field.length != 4) {
                throw new IllegalArgumentException(
                        "not metric, path, round, value: '" + line + "'");
            }
            values.computeIfAbsent(Metric.of(field[0]), m -> new LinkedHashMap<>())
                    .computeIfAbsent(field[1], p -> new ArrayList<>())
                    .add(Double.valueOf(field[3]));
        }
        return new Results(values);
    }

    private Results(final Map<Metric, Map<String, List<Double>>> values) {
        values.forEach(
                (metric, paths) -> {
                    final Map<String, Series> byPath = new LinkedHashMap<>();
                    paths.forEach((path, list) -> byPath.put(path, Series.of(list)));
                    series.put(metric, byPath);
                });
    }

    /** Paths that have this metric, with their series; empty when it was not measured. */
    Map<String, Series> of(final Metric metric) {
        return series.getOrDefault(metric, Map.of());
    }

    OptionalDouble median(final Metric metric, final String path) {
        final Series found = of(metric).get(path);
        return found == null ? OptionalDouble.empty() : OptionalDouble.of(found.median());
    }
}
