package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.counters.PortCounters;
import io.vswitch.core.guard.GuardCheck;
import io.vswitch.core.guard.PortLimits;
import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.guard.RateLimiter;
import io.vswitch.core.guard.StormLimiter;
import io.vswitch.core.guard.StormLimits;
import io.vswitch.core.guard.TokenBucket;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.port.PortQueue;

/**
 * What one worker keeps of one port: its queue, its counters, and the frames of this burst that
 * leave through it.
 */
final class WorkerPort {
    /** A queue that was empty this often in a row is no longer polled, but waited for. */
    static final int COLD_AFTER = 64;

    final PortQueue queue;
    final PortCounters counters;
    final int id;

    /** Slots of the burst, in order, that leave through this port. */
    final int[] slots = new int[PacketBatch.CAPACITY];

    final int offloads;
    private final int mtu;

    /** Answers to packets refused by the switch that may still go to this port now. */
    TokenBucket replyBudget;

    int slotCount;

    /** Among the ports that the burst's end flushes. */
    boolean isDirty;

    PortState state;
    private StormLimiter limiter;
    private RateLimiter in;
    private RateLimiter out;
    private int replies;

    /** Longest packet that needs no further look: the MTU, or 0 where a limit counts. */
    private int freeMtu;

    boolean gone;

    /** Generation of the first snapshot that the worker saw the port in. */
    long since;

    /** Among the queues asked in every cycle; else the poller says when it has something. */
    boolean isPolled;

    /** Empty receives in a row. */
    int emptyPolls;

    WorkerPort(final PortState state, final int worker) {
        this.id = state.id();
        this.queue = state.port().queue(worker);
        this.counters = state.counters()[worker];
        this.offloads = state.port().offloads();
        this.mtu = state.port().mtu();
        onState(state);
    }

    /** The port as of a newer snapshot; limits that stay keep what was spent of them. */
    void onState(final PortState newer) {
        state = newer;
        final StormLimits limits = newer.guards().limits();
        if (limits == null) {
            limiter = null;
        } else if (limiter == null || !limiter.limits().equals(limits)) {
            limiter = new StormLimiter(limits);
        }
        final PortLimits traffic = newer.guards().traffic();
        in = kept(in, traffic.in());
        out = kept(out, traffic.out());
        freeMtu = in == null ? mtu : 0;
        if (replies != traffic.repliesPerSecond()) {
            replies = traffic.repliesPerSecond();
            replyBudget = new TokenBucket(replies, Math.max(1, replies / 10));
        }
    }

    private RateLimiter kept(final RateLimiter before, final RateLimit limit) {
        if (limit == null) {
            return null;
        }
        return before != null && before.limit().equals(limit)
                ? before
                : new RateLimiter(limit, state.counters().length);
    }

    /** Whether frames that come from the port are looked at by {@link #refusal}. */
    boolean checksReceived() {
        return out != null || !state.guards().isNone();
    }

    /**
     * Why the guards and limits refuse a parsed packet for what isn't in its flow key, or null;
     * asked where the port has any.
     */
    DropReason refusal(final PacketBatch batch, final int slot, final long nowNs) {
        final DropReason reason =
                (batch.parseFlags(slot) & GuardCheck.KINDS) == 0
                        ? null
                        : kindRefusal(batch, slot, nowNs);
        if (reason == null && out != null && !out.take(batch.length(slot), nowNs)) {
            return DropReason.RATE_LIMITED;
        }
        return reason;
    }

    private DropReason kindRefusal(final PacketBatch batch, final int slot, final long nowNs) {
        final DropReason reason = GuardCheck.packet(state.guards(), batch, slot);
        return reason != null || limiter == null ? reason : limiter.check(batch, slot, nowNs);
    }

    /** True for most packets: within the MTU, and no limit counts here. */
    boolean takesFreely(final PacketBatch batch, final int slot) {
        return batch.offset(slot) + batch.length(slot) - batch.l3Offset(slot) <= freeMtu;
    }

    /** Why a packet can't leave through the port, or null; takes its tokens. */
    DropReason egressRefusal(final PacketBatch batch, final int slot, final long nowNs) {
        if (!fits(batch, slot)) {
            return DropReason.EXCEEDS_MTU;
        }
        return in == null || in.take(batch.length(slot), nowNs) ? null : DropReason.RATE_LIMITED;
    }

    /** Longest packet, from its IP header on. */
    int mtu() {
        return mtu;
    }

    /** True when the packet, or each segment of the super-frame, is within the port's MTU. */
    boolean fits(final PacketBatch batch, final int slot) {
        final int l3Length = batch.offset(slot) + batch.length(slot) - batch.l3Offset(slot);
        return l3Length <= mtu || segmentsFit(batch, slot);
    }

    private boolean segmentsFit(final PacketBatch batch, final int slot) {
        if (batch.gsoType(slot) == Offload.GSO_NONE) {
            return false;
        }
        final int l4 = batch.l4Offset(slot);
        final boolean tcp = (batch.parseFlags(slot) & ParseFlag.TCP) != 0;
        final int l4Header = tcp ? (batch.buffer().getByte(l4 + 12) >> 2) & 0x3c : 8;
        return l4 != 0 && l4 - batch.l3Offset(slot) + l4Header + batch.gsoSize(slot) <= mtu;
    }

    boolean hasDescriptor() {
        return queue.fileDescriptor() >= 0;
    }

    boolean isAlwaysPolled() {
        return queue.fileDescriptor() == PortQueue.NO_FILE_DESCRIPTOR;
    }

    boolean isHot() {
        return emptyPolls < COLD_AFTER && !gone;
    }
}
