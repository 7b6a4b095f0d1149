package io.vswitch.core.policy;

/**
 * The compiled layers of one port: immutable, evaluated by any number of threads at once. A change
 * of rules makes a new instance, published in the snapshot of the next generation.
 */
public interface PortPolicy {
    /** No layer remembers connections. */
    int[] NO_LAYERS = {};

    /** No layers: everything passes. */
    PortPolicy ALLOW_ALL = (direction, fields, decision, trace) -> {};

    /**
     * Walks the layers (outbound top to bottom, inbound bottom to top), rewriting {@code fields}
     * and filling {@code decision}, which the caller has reset. Allocates nothing when {@code
     * trace} is null.
     *
     * @param trace who listens, or null.
     */
    void evaluate(
            Direction direction, HeaderFields fields, PolicyDecision decision, PolicyTrace trace);

    /**
     * Numbers of the layers that remember connections, ascending: 1 to 65,535, unique at the port,
     * the same in every generation that has the layer. Not to be changed.
     */
    default int[] statefulLayers() {
        return NO_LAYERS;
    }

    /** Name of a stateful layer by its number, or null. */
    default String layerName(final int number) {
        return null;
    }

    /** True when some rule looks at TCP flags, so that they belong in the flow key of this port. */
    default boolean dependsOnTcpFlags() {
        return false;
    }
}
