package io.vswitch.bench.rulechange;

import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Runs {@link RuleChange} and prints it as text, on the caller's thread. */
public final class RuleChangeReport {
    private static final double LIMIT_MS = 10;
    private static final double MEDIAN_LIMIT_MS = 1;
    private static final double TRANSACTION_LIMIT_MS = 500;
    private static final double PAUSE_LIMIT_MS = 1;

    private RuleChangeReport() {}

    /**
     * @param rules on the port before the changing one.
     * @param inTransaction rules of one transaction.
     * @param warmUps changes that are not timed.
     * @param changes additions, and as many deletions, that are.
     * @return true when no packet was lost or misjudged and the books balance.
     */
    public static boolean print(
            final int rules,
            final int inTransaction,
            final int warmUps,
            final int changes,
            final PrintStream out)
            throws InterruptedException {
        final RuleChange run = new RuleChange(rules, inTransaction);
        run.run(warmUps, changes);
        final Judge judge = run.judge();
        out.printf(
                Locale.ROOT,
                "%d rules, %d additions and deletions after %d untimed, %.0f kpps over %d flows"
                        + " meanwhile, JVM %s%n",
                run.ruleCount(),
                changes,
                warmUps,
                run.packetsPerSecond() / 1e3,
                FlowTraffic.FLOWS,
                Runtime.version());
        out.printf(Locale.ROOT, "  first addition of the JVM  %8.3f ms%n", run.firstNs() / 1e6);
        times(out, "addition", run.addNs());
        times(out, "deletion", run.deleteNs());
        transactions(out, run.transactions());
        out.printf("  packets sent               %8d%n", run.packets());
        out.printf("  blocked by the rule        %8d%n", judge.blocked() - judge.lost());
        out.printf("  lost                       %8d%n", judge.lost());
        out.printf("  passed a live rule         %8d%n", judge.leaked());
        out.printf("  twice or out of order      %8d%n", run.disordered());
        out.printf("  books: missing / drops     %8d / %d%n", run.bookError(), run.dropError());
        final double slowestMs =
                Math.max(run.addNs().getMaxValue(), run.deleteNs().getMaxValue()) / 1e6;
        final boolean isCorrect =
                judge.lost() + judge.leaked() + run.disordered() == 0
                        && run.bookError() == 0
                        && run.dropError() == 0;
        verdict(out, "every timed change live within 10 ms", slowestMs < LIMIT_MS);
        targets(out, run);
        verdict(out, "no packet lost or misjudged", isCorrect);
        return isCorrect;
    }

    private static void transactions(final PrintStream out, final Transactions run) {
        out.printf(
                "  %d rules in one transaction, %d times%n",
                run.rules(), run.addNs().getTotalCount());
        times(out, "all added", run.addNs());
        times(out, "all deleted", run.deleteNs());
        times(out, "worst pause of the worker", run.pauseNs());
        times(out, "the same, nothing changing", run.restPauseNs());
    }

    private static void targets(final PrintStream out, final RuleChange run) {
        final double medianMs =
                Math.max(
                                run.addNs().getValueAtPercentile(50),
                                run.deleteNs().getValueAtPercentile(50))
                        / 1e6;
        final Transactions many = run.transactions();
        final double transactionMs =
                Math.max(many.addNs().getMaxValue(), many.deleteNs().getMaxValue()) / 1e6;
        verdict(out, "median change live within 1 ms", medianMs <= MEDIAN_LIMIT_MS);
        verdict(out, "every transaction within 500 ms", transactionMs <= TRANSACTION_LIMIT_MS);
        verdict(
                out,
                "worker never paused for 1 ms",
                many.pauseNs().getMaxValue() / 1e6 < PAUSE_LIMIT_MS);
    }

    private static void times(final PrintStream out, final String name, final Histogram ns) {
        out.printf(
                Locale.ROOT,
                "  %-26s p50 %.3f, p99 %.3f, max %.3f ms%n",
                name,
                ns.getValueAtPercentile(50) / 1e6,
                ns.getValueAtPercentile(99) / 1e6,
                ns.getMaxValue() / 1e6);
    }

    private static void verdict(final PrintStream out, final String target, final boolean isMet) {
        out.printf("  %-38s %s%n", target, isMet ? "PASS" : "MISS");
    }
}
