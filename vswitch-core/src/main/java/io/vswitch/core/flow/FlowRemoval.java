package io.vswitch.core.flow;

/**
 * Told of every flow that leaves a {@link FlowTable}, while its key and state can still be read; on
 * the table's thread.
 */
@FunctionalInterface
public interface FlowRemoval {
    /**
     * @param entry the flow; don't insert or remove from here.
     */
    void onRemoval(int entry);
}
