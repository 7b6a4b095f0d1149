package io.vswitch.core.packet;

import io.vswitch.core.counters.DropReason;

/**
 * Checks a parsed frame's offload request (its virtio_net_hdr) against its headers; stateless, runs
 * on the worker that owns the batch. What passes can be completed or cut without looking again, and
 * can't overwrite a header field that rules have already judged: the checksum field is that of the
 * parsed transport header, or lies behind it (a tunnel's inner packet).
 */
final class OffloadCheck {
    private OffloadCheck() {}

    /** Null when the request agrees with the frame, else {@link DropReason#MALFORMED_OFFLOAD}. */
    static DropReason check(final PacketBatch batch, final int slot) {
        final boolean valid =
                (batch.offloadFlags(slot) & Offload.NEEDS_CHECKSUM) == 0
                        ? batch.gsoType(slot) == Offload.GSO_NONE
                        : isChecksumValid(batch, slot) && isSegmentationValid(batch, slot);
        return valid ? null : DropReason.MALFORMED_OFFLOAD;
    }

    private static boolean isChecksumValid(final PacketBatch batch, final int slot) {
        final int start = batch.checksumStart(slot);
        final int field = batch.checksumOffset(slot);
        if (start + field + 2 > batch.length(slot)) {
            return false;
        }
        final int flags = batch.parseFlags(slot);
        if ((flags & (ParseFlag.FIRST_FRAGMENT | ParseFlag.LATER_FRAGMENT)) != 0) {
            return false;
        }
        final int absolute = batch.offset(slot) + start;
        if (absolute == batch.l4Offset(slot)) {
            return field == ParseFlag.checksumField(flags);
        }
        return (flags & (ParseFlag.TCP | ParseFlag.ICMP | ParseFlag.ARP)) == 0
                && absolute >= headersEnd(batch, slot, flags);
    }

    /**
     * Absolute offset behind the headers that rules look at; the packet is not TCP, ICMP or ARP.
     */
    private static int headersEnd(final PacketBatch batch, final int slot, final int flags) {
        if ((flags & ParseFlag.UDP) != 0) {
            return batch.l4Offset(slot) + UdpHeader.LENGTH;
        }
        final int l3 = batch.l3Offset(slot);
        if ((flags & ParseFlag.IPV4) != 0) {
            return l3 + Ipv4Header.headerLength(batch.buffer(), l3);
        }
        return (flags & ParseFlag.IPV6) != 0 ? Ipv6Header.payloadOffset(batch.buffer(), l3) : l3;
    }

    private static boolean isSegmentationValid(final PacketBatch batch, final int slot) {
        final int type = batch.gsoType(slot);
        if (type == Offload.GSO_NONE) {
            return true;
        }
        final int needed = neededFlags(type);
        return needed != 0
                && (batch.parseFlags(slot) & needed) == needed
                && batch.gsoSize(slot) > 0
                && batch.offset(slot) + batch.checksumStart(slot) == batch.l4Offset(slot);
    }

    private static int neededFlags(final int type) {
        switch (type) {
            case Offload.GSO_TCPV4:
            case Offload.GSO_TCPV4 | Offload.GSO_ECN:
                return ParseFlag.IPV4 | ParseFlag.TCP;
            case Offload.GSO_TCPV6:
            case Offload.GSO_TCPV6 | Offload.GSO_ECN:
                return ParseFlag.IPV6 | ParseFlag.TCP;
            case Offload.GSO_UDP_L4:
                return ParseFlag.UDP;
            default:
                return 0;
        }
    }
}
