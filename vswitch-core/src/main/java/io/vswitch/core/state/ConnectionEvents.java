package io.vswitch.core.state;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a cached decision must know of a {@link ConnectionTable} to hold; written by the table's
 * worker, read by any. A reader that sees an effect of a connection that was opened or replaced, a
 * reply to its packet for instance, sees the event also: it is written, with release order, before
 * the packet leaves.
 */
public final class ConnectionEvents {
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong replacedNs = new AtomicLong(Long.MIN_VALUE / 2);

    void onOpened() {
        opened.setRelease(opened.getPlain() + 1);
    }

    void onReplaced(final long nowNs) {
        replacedNs.setRelease(nowNs);
    }

    /** Connections ever opened. */
    public long opened() {
        return opened.getAcquire();
    }

    /**
     * When a connection that wasn't over last gave way to another of its key: since then it may be
     * translated otherwise.
     */
    public long replacedNs() {
        return replacedNs.getAcquire();
    }
}
