package io.vswitch.core.port;

/**
 * Readiness of a worker's queues: which have something to receive, without asking each of them. All
 * methods but {@link #wakeUp} run on the worker's thread.
 */
public interface Poller extends AutoCloseable {
    /**
     * Watches a queue; its token (0 to 65,535) is reported when it is readable. Ignores queues
     * without descriptor.
     */
    void add(PortQueue queue, int token);

    /** Stops watching a queue. */
    void remove(PortQueue queue);

    /**
     * Collects the tokens of readable queues.
     *
     * @param tokens filled from index 0.
     * @param timeoutNs 0: don't wait; otherwise wait so long at most for a queue or {@link
     *     #wakeUp}.
     * @return number of tokens.
     */
    int poll(int[] tokens, long timeoutNs);

    /** Ends a wait in {@link #poll}, now or the next one; any thread. */
    void wakeUp();

    /** Whether the queues that were added write bursts with one system call, through io_uring. */
    default boolean usesUring() {
        return false;
    }

    @Override
    void close();
}
