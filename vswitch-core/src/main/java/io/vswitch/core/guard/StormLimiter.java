package io.vswitch.core.guard;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;

/**
 * Token buckets of one port for ARP, DHCP, neighbour discovery and other broadcast and multicast;
 * owned by one worker. A packet takes a token of the first kind that it is.
 */
public final class StormLimiter {
    /** Seconds' worth of packets that a full bucket lets through at once. */
    private static final int BURST_SECONDS = 2;

    private static final long MS_NS = 1_000_000;
    private static final int ARP = 0;
    private static final int DHCP = 1;
    private static final int ND = 2;
    private static final int BROADCAST = 3;
    private static final int NONE = -1;
    private static final DropReason[] REASONS = {
        DropReason.STORM_ARP, DropReason.STORM_DHCP, DropReason.STORM_ND, DropReason.STORM_BROADCAST
    };

    private final StormLimits limits;
    private final TokenBucket[] buckets;
    private final long[] penaltyEndNs;
    private final boolean[] punished;

    public StormLimiter(final StormLimits limits) {
        this.limits = limits;
        penaltyEndNs = new long[REASONS.length];
        punished = new boolean[REASONS.length];
        buckets =
                new TokenBucket[] {
                    bucket(limits.arp()),
                    bucket(limits.dhcp()),
                    bucket(limits.nd()),
                    bucket(limits.broadcast())
                };
    }

    private static TokenBucket bucket(final int perSecond) {
        return new TokenBucket(perSecond, perSecond * BURST_SECONDS);
    }

    public StormLimits limits() {
        return limits;
    }

    /** Takes the packet's token; why it has none and is dropped, or null. */
    public DropReason check(final PacketBatch batch, final int slot, final long nowNs) {
        final int kind = kind(batch, slot);
        return kind == NONE || passes(kind, nowNs) ? null : REASONS[kind];
    }

    private boolean passes(final int kind, final long nowNs) {
        if (punished[kind] && penaltyEndNs[kind] - nowNs > 0) {
            return false;
        }
        final boolean passes = buckets[kind].take(nowNs);
        punished[kind] = !passes && limits.penaltyMs() > 0;
        penaltyEndNs[kind] = nowNs + limits.penaltyMs() * MS_NS;
        return passes;
    }

    private static int kind(final PacketBatch batch, final int slot) {
        final int flags = batch.parseFlags(slot);
        if ((flags & ParseFlag.ARP) != 0) {
            return ARP;
        }
        if ((flags & ParseFlag.UDP) != 0 && isDhcp(batch, slot, flags)) {
            return DHCP;
        }
        if (GuardCheck.discoveryType(batch, slot) != 0) {
            return ND;
        }
        return (flags & ParseFlag.GROUP_DESTINATION) != 0 ? BROADCAST : NONE;
    }

    private static boolean isDhcp(final PacketBatch batch, final int slot, final int flags) {
        final int port = FlowKey.destinationPort(batch.keys()[slot * FlowKey.WORDS + 3]);
        return (flags & ParseFlag.IPV4) != 0
                ? port == 67 || port == 68
                : port == 546 || port == 547;
    }
}
