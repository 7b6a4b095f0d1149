package io.vswitch.bench.report;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * What one metric read on one path; immutable.
 *
 * @param byRound round number to value, at least one.
 */
record Series(SortedMap<Integer, Double> byRound) {
    Series {
        byRound = new TreeMap<>(byRound);
    }

    double median() {
        final double[] sorted = values().sorted().toArray();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double min() {
        return values().min().orElseThrow();
    }

    double max() {
        return values().max().orElseThrow();
    }

    int rounds() {
        return byRound.size();
    }

    private DoubleStream values() {
        return byRound.values().stream().mapToDouble(Double::doubleValue);
    }
}
