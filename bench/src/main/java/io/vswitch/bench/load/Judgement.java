package io.vswitch.bench.load;

import java.util.Locale;

/** Prints what was reached beside what is asked. */
final class Judgement {
    private Judgement() {}

    static void atMost(
            final String what, final double reached, final double asked, final String unit) {
        print(what, reached, "<=", asked, unit, reached <= asked);
    }

    static void atLeast(
            final String what, final double reached, final double asked, final String unit) {
        print(what, reached, ">=", asked, unit, reached >= asked);
    }

    private static void print(
            final String what,
            final double reached,
            final String comparison,
            final double asked,
            final String unit,
            final boolean passed) {
        System.out.printf(
                Locale.ROOT,
                "%-62s %10.3f %-7s (asked %s %s) %s%n",
                what,
                reached,
                unit,
                comparison,
                String.format(Locale.ROOT, asked == Math.rint(asked) ? "%.0f" : "%.2f", asked),
                passed ? "PASS" : "MISS");
    }
}
