package io.vswitch.ctl.directory;

/**
 * How patient a directory is; immutable. All follows from one figure.
 *
 * @param failureMs how long a host may be silent until it counts as gone, milliseconds.
 */
public record Timers(long failureMs) {
    /** Failure after 8 s. */
    public static final Timers DEFAULT = new Timers(8_000);

    /** Between two signs of life. */
    long heartbeatMs() {
        return failureMs / 4;
    }

    /** One attempt to join. */
    long joinMs() {
        return failureMs / 4;
    }

    /** Shortest time between two looks for the other side of a partition. */
    long mergeMinMs() {
        return failureMs / 8;
    }

    /** Longest. */
    long mergeMaxMs() {
        return failureMs * 5 / 8;
    }

    /** How long a host that was lost, not closed, is remembered. */
    long holdMs() {
        return failureMs * 5 / 4;
    }

    /** How long etcd keeps the key of a silent host, seconds. */
    long leaseSeconds() {
        return Math.max(2, holdMs() / 1_000);
    }
}
