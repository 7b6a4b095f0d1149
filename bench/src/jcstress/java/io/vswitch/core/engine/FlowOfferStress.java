package io.vswitch.core.engine;

import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** An offer goes to the worker, comes back and goes again: whole each time, and never lost. */
@JCStressTest
@Outcome(id = {"0, 0, 0, 1", "0, 0, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "not there yet")
@Outcome(id = {"7, 7, 0, 1", "7, 7, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn, or lost")
@State
public class FlowOfferStress {
    private final SpscArrayQueue<FlowOffer> offers = new SpscArrayQueue<>(4);
    private final MpscArrayQueue<FlowOffer> free = new MpscArrayQueue<>(4);

    public FlowOfferStress() {
        free.offer(new FlowOffer());
    }

    private boolean give(final int value) {
        final FlowOffer offer = free.relaxedPoll();
        if (offer != null) {
            offer.number = value;
            offer.key[7] = value;
            offers.offer(offer);
        }
        return offer != null;
    }

    @Actor
    public void keeper(final IIII_Result r) {
        give(7);
        r.r3 = give(9) ? 1 : 0;
    }

    @Actor
    public void worker(final IIII_Result r) {
        final FlowOffer offer = offers.relaxedPoll();
        if (offer != null) {
            r.r1 = offer.number;
            r.r2 = (int) offer.key[7];
            offer.clear();
            free.offer(offer);
        }
    }

    @Arbiter
    public void end(final IIII_Result r) {
        r.r4 = free.size() + offers.size();
    }
}
