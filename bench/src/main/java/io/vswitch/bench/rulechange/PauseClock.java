package io.vswitch.bench.rulechange;

import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.NanoClock;

/**
 * The clock of a switch of one worker, which asks it in every cycle: so the longest time between
 * two questions is the worker's longest pause, whatever caused it. Asked by the worker alone, read
 * by any thread.
 */
final class PauseClock implements NanoClock {
    private final AtomicLong longestNs = new AtomicLong();
    private long lastNs = Long.MAX_VALUE;

    @Override
    public long nanoTime() {
        final long nowNs = System.nanoTime();
        if (nowNs - lastNs > longestNs.get()) {
            longestNs.set(nowNs - lastNs);
        }
        lastNs = nowNs;
        return nowNs;
    }

    /** The longest pause since this was asked last, nanoseconds. */
    long takeLongestNs() {
        return longestNs.getAndSet(0);
    }
}
