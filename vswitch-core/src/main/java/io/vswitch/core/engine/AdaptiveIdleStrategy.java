package io.vswitch.core.engine;

import org.agrona.concurrent.IdleStrategy;

/**
 * What a worker does when a cycle found nothing: spins, then yields, then parks until a queue has
 * something. With traffic it never leaves the first step; an idle switch costs next to nothing.
 * Owned by one worker.
 */
final class AdaptiveIdleStrategy implements IdleStrategy {
    private static final int SPINS = 20;
    private static final int YIELDS = 20;

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
        idleCycles++;
        if (idleCycles <= SPINS) {
            Thread.onSpinWait();
        } else if (idleCycles <= SPINS + YIELDS) {
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
