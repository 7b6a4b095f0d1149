package io.vswitch.core.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The order in which {@link Conductor} publishes snapshots and {@link Worker} takes them. */
public class PublishedStress {
    private PublishedStress() {}

    /** A worker that takes a snapshot sees all of it. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "taken whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "half a snapshot")
    @State
    public static class Taken {
        private final AtomicReference<long[]> published = new AtomicReference<>();

        @Actor
        public void conductor() {
            final long[] next = new long[2];
            next[0] = 1;
            next[1] = 1;
            published.setRelease(next);
        }

        @Actor
        public void worker(final I_Result r) {
            final long[] next = published.getAcquire();
            r.r1 = next == null ? 0 : (int) (next[0] + next[1]);
        }
    }

    /** Who sees that a worker runs a generation sees what the worker did before. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not told yet")
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "told")
    @Outcome(expect = Expect.FORBIDDEN, desc = "told too early")
    @State
    public static class Told {
        private final AtomicLong generation = new AtomicLong();
        private int updated;

        @Actor
        public void worker() {
            updated = 1;
            generation.setRelease(1);
        }

        @Actor
        public void conductor(final I_Result r) {
            r.r1 = generation.getAcquire() == 0 ? 0 : 1 + updated;
        }
    }
}
