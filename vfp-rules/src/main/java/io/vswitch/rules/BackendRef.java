package io.vswitch.rules;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of one backend: shared by every compiled form of its load balancer, so they go on when
 * others change. Added to by workers, read anywhere.
 */
final class BackendRef {
    private final LongAdder opened = new LongAdder();

    /** Connections ever given to it. */
    long opened() {
        return opened.sum();
    }

    void countOpened() {
        opened.increment();
    }
}
