package io.vswitch.core.guard;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;

/**
 * Token buckets of one port for ARP, DHCP, neighbour discovery and other broadcast and multicast;
 * owned by one worker. A packet takes a token of the first kind that it is.
 *
 * <p>A bucket is one number: the time up to which tokens are spent. Each packet moves it on by the
 * time between two packets; it is never more than a burst behind the clock, and never ahead of it.
 */
public final class StormLimiter {
    /** Seconds' worth of packets that a full bucket lets through at once. */
    private static final long BURST_SECONDS = 2;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final int ARP = 0;
    private static final int DHCP = 1;
    private static final int ND = 2;
    private static final int BROADCAST = 3;
    private static final int NONE = -1;
    private static final DropReason[] REASONS = {
        DropReason.STORM_ARP, DropReason.STORM_DHCP, DropReason.STORM_ND, DropReason.STORM_BROADCAST
    };

    private final StormLimits limits;
    private final long[] intervalNs;
    private final long[] spentNs = new long[REASONS.length];
    private boolean started;

    public StormLimiter(final StormLimits limits) {
        this.limits = limits;
        intervalNs =
                new long[] {
                    SECOND_NS / limits.arp(),
                    SECOND_NS / limits.dhcp(),
                    SECOND_NS / limits.nd(),
                    SECOND_NS / limits.broadcast()
                };
    }

    public StormLimits limits() {
        return limits;
    }

    /** Takes the packet's token; why it has none and is dropped, or null. */
    public DropReason check(final PacketBatch batch, final int slot, final long nowNs) {
        final int kind = kind(batch, slot);
        return kind == NONE || take(kind, nowNs) ? null : REASONS[kind];
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

    private boolean take(final int kind, final long nowNs) {
        if (!started) {
            started = true;
            for (int i = 0; i < spentNs.length; i++) {
                spentNs[i] = nowNs - BURST_SECONDS * SECOND_NS;
            }
        }
        if (nowNs - spentNs[kind] > BURST_SECONDS * SECOND_NS) {
            spentNs[kind] = nowNs - BURST_SECONDS * SECOND_NS;
        }
        if (nowNs - spentNs[kind] < intervalNs[kind]) {
            return false;
        }
        spentNs[kind] += intervalNs[kind];
        return true;
    }
}
