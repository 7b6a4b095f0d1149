package io.vswitch.bench;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The whole worker cycle makes no garbage, as JMH's gc profiler sees it. */
class WorkerCycleGarbageTest {
    /** One object of 16 bytes per two bursts of 64 packets would be 0.125. */
    private static final double TOLERATED_BYTES_PER_PACKET = 0.1;

    @Test
    void shouldAllocateNothingPerPacket() throws RunnerException {
        final Options options =
                new OptionsBuilder()
                        .include(WorkerCycleBenchmark.class.getName() + ".cycle")
                        .param("flows", "1000")
                        .forks(0)
                        .warmupIterations(1)
                        .warmupTime(TimeValue.milliseconds(1500))
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(1000))
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .build();
        final RunResult run = run(options);
        final Result<?> perPacket = run.getSecondaryResults().get("gc.alloc.rate.norm");
        assertNotNull(perPacket, "the profiler gave no gc.alloc.rate.norm");
        assertTrue(
                perPacket.getScore() < TOLERATED_BYTES_PER_PACKET,
                () -> perPacket.getScore() + " bytes of garbage per packet");
    }

    private static RunResult run(final Options options) throws RunnerException {
        try {
            return new Runner(options).runSingle();
        } catch (final RunnerException e) {
            // whoever measures times on this machine now shall not be disturbed
            assumeFalse(String.valueOf(e.getMessage()).contains("JMH lock"), "SKIPPED: " + e);
            throw e;
        }
    }
}
