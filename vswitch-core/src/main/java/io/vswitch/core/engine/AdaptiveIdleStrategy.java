package io.vswitch.core.engine;

import org.agrona.concurrent.IdleStrategy;

/**
 * What a worker does when a cycle found nothing: yields, then parks until a queue has something.
 * With traffic it never gets there; an idle switch costs next to nothing. Owned by one worker.
 */
final class AdaptiveIdleStrategy implements IdleStrategy {
    /**
     * About a millisecond. Parking after 20 instead cost a tenth of TCP throughput between two TAPs
     * (one stream 10.9 against 12.0 Gbit/s, four 13.6 against 14.6; two runs of bench/compare on 2
     * cores): a wake-up from the other core takes longer than the gap between two bursts. Yielding,
     * unlike spinning, lets an endpoint on the same core run at once: with 20 spins before, a
     * request through two switches, all on one core, took 72 us instead of 31.
     */
    private static final int YIELDS = 3000;

    private final Worker worker;
    private int idleCycles;

    AdaptiveIdleStrategy(final Worker worker) {
        this.worker = worker;
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            idleCycles = 0;
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (idleCycles < YIELDS) {
            idleCycles++;
            Thread.yield();
        } else {
            worker.park();
        }
    }

    @Override
    public void reset() {
        idleCycles = 0;
    }
}
