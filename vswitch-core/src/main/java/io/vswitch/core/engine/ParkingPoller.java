package io.vswitch.core.engine;

import io.vswitch.core.port.Poller;
import io.vswitch.core.port.PortQueue;
import java.util.concurrent.locks.LockSupport;

/** Poller of a worker that has queues without descriptor only: waits by parking the thread. */
final class ParkingPoller implements Poller {
    private volatile Thread worker;

    /** Kept until the next wait: a wake-up may come before the worker has begun to wait. */
    private volatile boolean isWoken;

    @Override
    public void add(final PortQueue queue, final int token) {
        // such queues are polled in every cycle and wake the worker themselves
    }

    @Override
    public void remove(final PortQueue queue) {
        // nothing was added
    }

    @Override
    public int poll(final int[] tokens, final long timeoutNs) {
        if (timeoutNs > 0) {
            worker = Thread.currentThread();
            if (!isWoken) {
                LockSupport.parkNanos(this, timeoutNs);
            }
            isWoken = false;
        }
        return 0;
    }

    @Override
    public void wakeUp() {
        isWoken = true;
        LockSupport.unpark(worker);
    }

    @Override
    public void close() {
        // holds nothing
    }
}
