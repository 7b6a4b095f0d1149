package io.vswitch.core.state;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a cached decision must know of a {@link ConnectionTable} to hold; written by the table's
 * worker, read by any. A reader that sees an effect of a connection that was opened or replaced, a
 * reply to its packet for instance, sees the event also: it is written, with release order, before
 * the packet leaves. How far TCP has come is written by all.
 */
public final class ConnectionEvents {
    private final TcpWindows windows;
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong replacedNs = new AtomicLong(Long.MIN_VALUE / 2);

    ConnectionEvents(final TcpWindows windows) {
        this.windows = windows;
    }

    TcpWindows windows() {
        return windows;
    }

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
