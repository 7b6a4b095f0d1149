package io.vswitch.core.view;

import io.vswitch.core.flow.FlowPressure;

/**
 * One worker as it is right now, with counts since its start.
 *
 * @param idle what it does when a cycle found nothing: adaptive or busy-spin.
 * @param usesUring whether its queues write bursts through io_uring; false until it has a queue
 *     that can.
 * @param flows what its flow table holds.
 * @param macs what its MAC tables hold.
 */
public record WorkerInfo(int index, String idle, boolean usesUring, Flows flows, Macs macs) {
    /**
     * A worker's flow table: {@code size} = {@code inserted} - {@code removed} - {@code expired} -
     * {@code evicted}.
     *
     * @param idleMs idle time-out in force, milliseconds; it shrinks under pressure.
     * @param timesShortened times that {@link FlowPressure#SHORTENED} began.
     * @param timesFull times that {@link FlowPressure#FULL} began.
     */
    public record Flows(
            int size,
            int capacity,
            long inserted,
            long removed,
            long expired,
            long evicted,
            FlowPressure pressure,
            long idleMs,
            long timesShortened,
            long timesFull) {}

    /**
     * A worker's MAC tables, summed over the networks there are; every worker has all addresses.
     *
     * @param moved addresses found behind another port than before.
     * @param evicted addresses pushed out because a network was at its limit.
     */
    public record Macs(int size, int limit, long expired, long moved, long evicted) {}
}
