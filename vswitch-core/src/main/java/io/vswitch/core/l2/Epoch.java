package io.vswitch.core.l2;

/**
 * Counts the changes of one or several MAC tables of a worker: rises whenever one of them may
 * answer another location, or none, for an address it knew before. Owned by the worker.
 */
public final class Epoch {
    private int value;

    /** Never negative; wraps around to 0. */
    public int value() {
        return value;
    }

    /** What was answered before may not be true any more. */
    public void rise() {
        value = value + 1 & Integer.MAX_VALUE;
    }
}
