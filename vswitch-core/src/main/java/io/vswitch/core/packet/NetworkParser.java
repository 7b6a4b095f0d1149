package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.counters.DropReason;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * IPv4 and IPv6 part of {@link PacketParser}; stateless, runs on the worker that owns the batch.
 * IPv4 without options and fragments goes straight through {@link #ipv4}; what is unusual has
 * methods of its own, so that the usual path is inlined.
 */
final class NetworkParser {
    private static final long IPV4_PLAIN_MASK = 0xff00_0000_0000_3fffL;
    private static final long IPV4_PLAIN = 0x4500_0000_0000_0000L;
    private static final int MAX_DATAGRAM = 65_535;

    /** More fragments follow: bit 0 beside a fragment offset in bytes, as in IPv6. */
    private static final int MORE = Ipv6Header.MORE_FRAGMENTS;

    private static final int NO_FRAGMENT_HEADER = -1;

    private NetworkParser() {}

    static DropReason ipv4(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int end,
            final int flags,
            final long word2) {
        if (end - l3 < Ipv4Header.MIN_LENGTH) {
            return DropReason.MALFORMED_IPV4;
        }
        final UnsafeBuffer b = batch.buffer();
        final long head = b.getLong(l3, BIG_ENDIAN);
        final long tail = b.getLong(l3 + Ipv4Header.TTL_OFFSET, BIG_ENDIAN);
        final long destination =
                b.getInt(l3 + Ipv4Header.DESTINATION_OFFSET, BIG_ENDIAN) & 0xffff_ffffL;
        PacketParser.addresses(batch, slot, tail << 32 | destination, 0, 0, 0);
        final int protocol = (int) (tail >>> 48) & 0xff;
        final long word2v4 = word2 | (long) protocol << 24;
        if ((head & IPV4_PLAIN_MASK) != IPV4_PLAIN) {
            return unusualIpv4(batch, slot, l3, end, flags | ParseFlag.IPV4, word2v4);
        }
        final int totalLength = (int) (head >>> 32) & 0xffff;
        if (totalLength < Ipv4Header.MIN_LENGTH || totalLength > end - l3) {
            return DropReason.MALFORMED_IPV4;
        }
        final int l4 = l3 + Ipv4Header.MIN_LENGTH;
        return TransportParser.transport(
                batch, slot, l3, l4, l3 + totalLength, protocol, flags | ParseFlag.IPV4, word2v4);
    }

    private static DropReason unusualIpv4(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int end,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        if (!Ipv4Header.isValid(b, l3, end)) {
            return DropReason.MALFORMED_IPV4;
        }
        if (!Ipv4Header.areOptionsValid(b, l3)) {
            return DropReason.MALFORMED_IPV4_OPTIONS;
        }
        final int l4 = l3 + Ipv4Header.headerLength(b, l3);
        final int ipEnd = l3 + Ipv4Header.totalLength(b, l3);
        final int field = Ipv4Header.fragmentField(b, l3);
        final int more = (field & Ipv4Header.MORE_FRAGMENTS) != 0 ? MORE : 0;
        final int fragment = (field & Ipv4Header.FRAGMENT_MASK) << 3 | more;
        final int protocol = Ipv4Header.protocol(b, l3);
        return fragmentOrWhole(batch, slot, l3, l4, ipEnd, protocol, flags, word2, fragment);
    }

    static DropReason ipv6(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int end,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        if (!Ipv6Header.isValid(b, l3, end)) {
            return DropReason.MALFORMED_IPV6;
        }
        PacketParser.addresses(
                batch,
                slot,
                Ipv6Header.sourceHigh(b, l3),
                Ipv6Header.sourceLow(b, l3),
                Ipv6Header.destinationHigh(b, l3),
                Ipv6Header.destinationLow(b, l3));
        final int protocol = Ipv6Header.nextHeader(b, l3);
        final int l4 = l3 + Ipv6Header.LENGTH;
        final int ipEnd = l4 + Ipv6Header.payloadLength(b, l3);
        if (Ipv6Header.isExtension(protocol)) {
            return extensions(batch, slot, l3, l4, ipEnd, protocol, flags | ParseFlag.IPV6, word2);
        }
        return TransportParser.transport(
                batch,
                slot,
                l3,
                l4,
                ipEnd,
                protocol,
                flags | ParseFlag.IPV6,
                word2 | (long) protocol << 24);
    }

    /**
     * Walks extension headers up to the fragment header of a later fragment, or to the transport
     * header.
     */
    private static DropReason extensions(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int first,
            final int end,
            final int firstType,
            final int flags,
            final long word2) {
        final UnsafeBuffer b = batch.buffer();
        int at = first;
        int type = firstType;
        int fragment = NO_FRAGMENT_HEADER;
        for (int i = 0; Ipv6Header.isExtension(type) && fragment < 8; i++) {
            if (!isExtensionValid(b, at, end, type, i, fragment)) {
                return DropReason.MALFORMED_IPV6_EXTENSION;
            }
            final int length = Ipv6Header.extensionLength(b, at, type);
            if (type == IpProtocol.IPV6_FRAGMENT) {
                fragment = Ipv6Header.fragmentField(b, at) & (Ipv6Header.FRAGMENT_MASK | MORE);
            }
            type = Ipv6Header.extensionNext(b, at);
            at += length;
        }
        return fragmentOrWhole(
                batch,
                slot,
                l3,
                at,
                end,
                type,
                flags,
                word2 | (long) type << 24,
                Math.max(fragment, 0));
    }

    /**
     * Length inside the packet, hop-by-hop first only, one fragment header, not more than 8
     * headers.
     */
    private static boolean isExtensionValid(
            final UnsafeBuffer b,
            final int at,
            final int end,
            final int type,
            final int index,
            final int fragment) {
        return index < Ipv6Header.MAX_EXTENSIONS
                && end - at >= 8
                && Ipv6Header.extensionLength(b, at, type) <= end - at
                && (type != IpProtocol.HOP_BY_HOP || index == 0)
                && (type != IpProtocol.IPV6_FRAGMENT || fragment == NO_FRAGMENT_HEADER);
    }

    /** {@code fragment}: offset in bytes, a multiple of 8, and {@link #MORE}. */
    private static DropReason fragmentOrWhole(
            final PacketBatch batch,
            final int slot,
            final int l3,
            final int l4,
            final int end,
            final int protocol,
            final int flags,
            final long word2,
            final int fragment) {
        if (fragment == 0) {
            return TransportParser.transport(batch, slot, l3, l4, end, protocol, flags, word2);
        }
        if (isImpossible(end - l4, fragment)) {
            return DropReason.MALFORMED_FRAGMENT;
        }
        if (fragment == MORE) {
            final int firstFlags = flags | ParseFlag.FIRST_FRAGMENT;
            final long firstWord2 = word2 | FlowKey.FRAGMENT_FIRST;
            return TransportParser.transport(
                    batch, slot, l3, l4, end, protocol, firstFlags, firstWord2);
        }
        if (fragment < 16 && protocol == IpProtocol.TCP) {
            return DropReason
                    .MALFORMED_FRAGMENT; // would overwrite the TCP flags: RFC 1858 section 4
        }
        final int laterFlags = flags | ParseFlag.LATER_FRAGMENT;
        final long laterWord2 = word2 | FlowKey.FRAGMENT_LATER;
        return PacketParser.finish(batch, slot, l3, 0, laterFlags, laterWord2, 0);
    }

    /**
     * Empty, beyond 64 KiB after reassembly, or not last and no multiple of 8 bytes (RFC 791
     * section 3.2).
     */
    private static boolean isImpossible(final int length, final int fragment) {
        return length == 0
                || (fragment & ~MORE) + length > MAX_DATAGRAM
                || (fragment & MORE) != 0 && (length & 7) != 0;
    }
}
