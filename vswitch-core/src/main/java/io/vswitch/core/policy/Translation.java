package io.vswitch.core.policy;

import io.vswitch.core.counters.DropReason;

/**
 * How a rule of a stateful layer translates connections: it chooses once for each, and the choice
 * is kept with the connection. Immutable, any thread, allocates nothing.
 *
 * <p>It may change addresses, ports (an echo's identifier is its source port) and MACs of TCP, UDP
 * and ICMP echo, nothing else.
 */
public interface Translation {
    /**
     * Chooses for the first packet of a connection.
     *
     * @param fields of the packet as the layer sees it, to be rewritten.
     * @param ports where source ports are to be had.
     * @return null, or why the packet is dropped.
     */
    DropReason choose(HeaderFields fields, NatPorts ports);

    /**
     * Whether a choice made before, by this translation or another in its place, still holds.
     *
     * @param before a packet of the opener, as the layer sees it.
     * @param after the same with the addresses and ports chosen; to be given what else changes.
     * @return false when this translation couldn't have made the choice: the connection ends.
     */
    boolean restore(HeaderFields before, HeaderFields after);

    /**
     * Whether a SYN after a connection's end is chosen for, though its ports are those of before.
     */
    default boolean choosesAnew() {
        return false;
    }

    /**
     * A connection was opened with what {@link #choose} gave it; on the thread that evaluates.
     *
     * @param after its first packet, translated; the addresses and ports only.
     */
    default void opened(final HeaderFields after) {}
}
