package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What the flow cache says equals what the naive evaluator says, of 10,000,000 packets; more with
 * {@code -Dpairs=N}, as {@code bench/agreement} does.
 */
class CachedAgreementTest {
    private static final long PACKETS = Long.getLong("pairs", 10_000_000);
    private static final int THREADS = 2;

    private final long seed = Long.getLong("seed", new Random().nextLong());

    @Test
    void shouldJudgePacketsFromTheCacheAsWithoutIt() throws Exception {
        final long startNs = System.nanoTime();
        final List<Callable<String>> runs = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final long seedOfRun = seed + i;
            runs.add(() -> run(seedOfRun));
        }
        final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (final Future<String> run : threads.invokeAll(runs)) {
                System.out.println(run.get());
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.printf("%.1f s%n", (System.nanoTime() - startNs) / 1e9);
    }

    private static String run(final long seed) {
        try (CachedPairs pairs = new CachedPairs(seed).run(PACKETS / THREADS)) {
            final long packets = pairs.packets();
            final long decided = pairs.flows().inserted();
            final String text =
                    "seed %d: %,d packets judged, %,d different under different policies, %,d"
                                    .formatted(seed, packets, pairs.pairs(), decided)
                            + " not in the cache, %,d dropped, %,d changed"
                                    .formatted(pairs.dropped(), pairs.changed());
            assertTrue(decided > packets / 50 && decided < packets / 2, text);
            assertTrue(pairs.dropped() > packets / 10, text);
            assertTrue(pairs.dropped() < packets * 9 / 10, text);
            assertTrue(pairs.changed() > packets / 50, text);
            return text;
        }
    }
}
