package io.vswitch.bench.report;

import java.util.Arrays;
import java.util.List;

/**
 * What one metric read on one path over the rounds; immutable.
 *
 * @param sorted the values, ascending, at least one.
 */
record Series(List<Double> sorted) {
    static Series of(final List<Double> values) {
        final Double[] array = values.toArray(new Double[0]);
        Arrays.sort(array);
        return new Series(List.of(array));
    }

    double median() {
        final int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return sorted.get(0);
    }

    double max() {
        return sorted.get(sorted.size() - 1);
    }

    int rounds() {
        return sorted.size();
    }
}
