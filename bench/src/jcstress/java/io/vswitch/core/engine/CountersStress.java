package io.vswitch.core.engine;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Counters as {@code PortCounters} writes them: who sees a later count sees the earlier one. */
@JCStressTest
@Outcome(
        id = {"0, 0", "0, 1", "1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "in order")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "the later count without the earlier")
@State
public class CountersStress {
    private final UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
    private final AtomicCounter first = new AtomicCounter(memory, 0);
    private final AtomicCounter second = new AtomicCounter(memory, 1);

    @Actor
    public void worker() {
        first.getAndAddRelease(1);
        second.getAndAddRelease(1);
    }

    @Actor
    public void reader(final II_Result r) {
        r.r1 = (int) second.get();
        r.r2 = (int) first.get();
    }
}
