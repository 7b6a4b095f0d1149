package io.vswitch.bench.rulechange;

import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.PortPolicy;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Many rules that come and go in one transaction each, timed from their texts to the reply, with
 * the longest pause of the worker meanwhile; used by the thread that changes rules.
 */
final class Transactions {
    private static final long HIGHEST_NS = 60_000_000_000L;
    private static final int ROUNDS = 12;
    private static final int WARM_UPS = 4;
    private static final long REST_MS = 20;

    private final Histogram addNs = new Histogram(HIGHEST_NS, 3);
    private final Histogram deleteNs = new Histogram(HIGHEST_NS, 3);
    private final Histogram pauseNs = new Histogram(HIGHEST_NS, 3);
    private final Histogram restPauseNs = new Histogram(HIGHEST_NS, 3);
    private final int rules;

    /**
     * @param rules of one transaction.
     */
    Transactions(final int rules) {
        this.rules = rules;
    }

    void run(final VirtualSwitch vswitch, final LargePolicy policy, final PauseClock clock)
            throws InterruptedException {
        for (int i = 0; i < WARM_UPS + ROUNDS; i++) {
            if (i == WARM_UPS) {
                reset();
            }
            clock.takeLongestNs();
            addNs.recordValue(timed(vswitch, () -> policy.addMany(rules)));
            pauseNs.recordValue(clock.takeLongestNs());
            deleteNs.recordValue(timed(vswitch, () -> policy.deleteMany(rules)));
            pauseNs.recordValue(clock.takeLongestNs());
            Thread.sleep(REST_MS);
            restPauseNs.recordValue(clock.takeLongestNs());
        }
    }

    private void reset() {
        addNs.reset();
        deleteNs.reset();
        pauseNs.reset();
        restPauseNs.reset();
    }

    private static long timed(final VirtualSwitch vswitch, final Supplier<PortPolicy> change) {
        final long start = System.nanoTime();
        vswitch.policy("a", change.get());
        return System.nanoTime() - start;
    }

    int rules() {
        return rules;
    }

    /** From the texts of all rules to the reply, nanoseconds. */
    Histogram addNs() {
        return addNs;
    }

    Histogram deleteNs() {
        return deleteNs;
    }

    /** The longest pause of the worker during each transaction, nanoseconds. */
    Histogram pauseNs() {
        return pauseNs;
    }

    /** The same while nothing changed, for as long as a transaction or longer: what isn't ours. */
    Histogram restPauseNs() {
        return restPauseNs;
    }
}
