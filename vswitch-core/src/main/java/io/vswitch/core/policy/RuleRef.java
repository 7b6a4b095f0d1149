package io.vswitch.core.policy;

import java.util.concurrent.atomic.LongAdder;

/**
 * Identity and counters of one rule as the engine sees it: shared by every compiled generation that
 * holds the rule, so its counts go on when others change. Counters are added by workers in folds
 * (at most every 100 ms) and read anywhere.
 */
public final class RuleRef {
    private final String port;
    private final String layer;
    private final String group;
    private final String id;
    private final RuleExtras extras;
    private final LongAdder packets = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder limited = new LongAdder();

    public RuleRef(final String port, final String layer, final String group, final String id) {
        this(port, layer, group, id, RuleExtras.NONE);
    }

    /** A rule that does more than decide. */
    public RuleRef(
            final String port,
            final String layer,
            final String group,
            final String id,
            final RuleExtras extras) {
        this.extras = extras;
        this.port = port;
        this.layer = layer;
        this.group = group;
        this.id = id;
    }

    public String port() {
        return port;
    }

    public String layer() {
        return layer;
    }

    public String group() {
        return group;
    }

    public String id() {
        return id;
    }

    /** What it does besides deciding. */
    public RuleExtras extras() {
        return extras;
    }

    /** Packets whose decision this rule made or took part in. */
    public long packets() {
        return packets.sum();
    }

    /** Bytes of those packets, counted as frames without FCS. */
    public long bytes() {
        return bytes.sum();
    }

    /** Adds what a worker saw since its last fold. */
    public void add(final long packetDelta, final long byteDelta) {
        packets.add(packetDelta);
        bytes.add(byteDelta);
    }

    /** Packets of these that were dropped for the rule's rate limit. */
    public long limited() {
        return limited.sum();
    }

    /** Adds what a worker dropped for the rule's rate limit. */
    public void addLimited(final long packetDelta) {
        limited.add(packetDelta);
    }

    @Override
    public String toString() {
        return port + "/" + layer + "/" + group + "/" + id;
    }
}
