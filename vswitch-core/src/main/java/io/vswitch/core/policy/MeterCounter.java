package io.vswitch.core.policy;

import java.util.concurrent.atomic.LongAdder;

/**
 * A named counter of one port and direction that any number of rules share: what their packets that
 * passed came to. Added by workers in folds (at most every 100 ms), read anywhere.
 */
public final class MeterCounter {
    private final String name;
    private final Direction direction;
    private final LongAdder packets = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    public MeterCounter(final String name, final Direction direction) {
        this.name = name;
        this.direction = direction;
    }

    public String name() {
        return name;
    }

    /** Direction of the rules' groups. */
    public Direction direction() {
        return direction;
    }

    public long packets() {
        return packets.sum();
    }

    /** Bytes as received, counted as frames without FCS. */
    public long bytes() {
        return bytes.sum();
    }

    /** Adds what a worker saw since its last fold. */
    public void add(final long packetDelta, final long byteDelta) {
        packets.add(packetDelta);
        bytes.add(byteDelta);
    }
}
