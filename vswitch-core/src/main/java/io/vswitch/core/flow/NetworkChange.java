package io.vswitch.core.flow;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.IcmpHeader;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.packet.TcpOptions;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Change of IP and transport header, part of a {@link Transposition}; owned like it. Checksums are
 * updated incrementally (RFC 1624), so a wrong one stays wrong. A partial checksum ({@link
 * Offload#NEEDS_CHECKSUM}) holds the pseudo-header's sum, not complemented: changed addresses are
 * added to it, changed ports not.
 */
final class NetworkChange {
    private static final int ADDRESSES = 1 << 6;
    private static final int PORTS = 1 << 7;
    private static final int IPV6 = 1 << 8;
    private static final int TTL_SHIFT = 16;
    private static final int DSCP_SHIFT = 24;
    private static final long LOW = 0xffff_ffffL;

    private boolean ipv6;
    private boolean addressesChanged;
    private boolean portsChanged;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int ports;
    private int dscp;
    private int ttlDecrement;
    private int segmentLimit;

    /** Takes the change; false when everything from the IP header on stays. */
    boolean set(final HeaderFields before, final HeaderFields after) {
        ipv6 = before.isIpv6();
        addressesChanged = areAddressesChanged(before, after);
        portsChanged = arePortsChanged(before, after);
        sourceHigh = after.sourceHigh;
        sourceLow = after.sourceLow;
        destinationHigh = after.destinationHigh;
        destinationLow = after.destinationLow;
        ports = after.sourcePort << 16 | after.destinationPort & 0xffff;
        dscp = after.dscp == before.dscp ? -1 : after.dscp;
        ttlDecrement = after.ttlDecrement - before.ttlDecrement;
        segmentLimit = after.segmentLimit == before.segmentLimit ? 0 : after.segmentLimit;
        return addressesChanged
                || portsChanged
                || dscp >= 0
                || ttlDecrement > 0
                || segmentLimit > 0;
    }

    /** True when the change doesn't fit into a record alone. */
    boolean isLong() {
        return segmentLimit > 0 || ipv6 && addressesChanged;
    }

    /** Writes the change to a record, see {@link Transposition}; returns its flags. */
    int store(final long record) {
        UnsafeApi.putInt(record + 4, ports);
        UnsafeApi.putInt(record + 24, (int) sourceLow);
        UnsafeApi.putInt(record + 28, (int) destinationLow);
        return (addressesChanged ? ADDRESSES : 0)
                | (portsChanged ? PORTS : 0)
                | (ipv6 ? IPV6 : 0)
                | (ttlDecrement & 0xff) << TTL_SHIFT
                | (dscp + 1 & 0x7f) << DSCP_SHIFT;
    }

    /** Writes what doesn't fit there. */
    void storeLong(final long annex) {
        UnsafeApi.putLong(annex, sourceHigh);
        UnsafeApi.putLong(annex + 8, sourceLow);
        UnsafeApi.putLong(annex + 16, destinationHigh);
        UnsafeApi.putLong(annex + 24, destinationLow);
        UnsafeApi.putInt(annex + 32, segmentLimit);
    }

    /** Reads it again. */
    void load(final long record, final int flags) {
        ports = UnsafeApi.getInt(record + 4);
        sourceHigh = 0;
        sourceLow = UnsafeApi.getInt(record + 24) & LOW;
        destinationHigh = 0;
        destinationLow = UnsafeApi.getInt(record + 28) & LOW;
        segmentLimit = 0;
        addressesChanged = (flags & ADDRESSES) != 0;
        portsChanged = (flags & PORTS) != 0;
        ipv6 = (flags & IPV6) != 0;
        ttlDecrement = flags >> TTL_SHIFT & 0xff;
        dscp = (flags >> DSCP_SHIFT & 0x7f) - 1;
    }

    /** Reads what doesn't fit there. */
    void loadLong(final long annex) {
        sourceHigh = UnsafeApi.getLong(annex);
        sourceLow = UnsafeApi.getLong(annex + 8);
        destinationHigh = UnsafeApi.getLong(annex + 16);
        destinationLow = UnsafeApi.getLong(annex + 24);
        segmentLimit = UnsafeApi.getInt(annex + 32);
    }

    /** Makes the change in the fields of a packet as it came. */
    void restore(final HeaderFields fields) {
        if (addressesChanged) {
            fields.sourceHigh = sourceHigh;
            fields.sourceLow = sourceLow;
            fields.destinationHigh = destinationHigh;
            fields.destinationLow = destinationLow;
        }
        fields.sourcePort = ports >>> 16;
        fields.destinationPort = ports & 0xffff;
        fields.dscp = dscp;
        fields.ttlDecrement = ttlDecrement;
        fields.segmentLimit = segmentLimit;
    }

    static boolean areAddressesChanged(final HeaderFields before, final HeaderFields after) {
        return before.sourceLow != after.sourceLow
                || before.destinationLow != after.destinationLow
                || before.sourceHigh != after.sourceHigh
                || before.destinationHigh != after.destinationHigh;
    }

    static boolean arePortsChanged(final HeaderFields before, final HeaderFields after) {
        return before.sourcePort != after.sourcePort
                || before.destinationPort != after.destinationPort;
    }

    /**
     * True when the packet has the headers to change, and its checksum covers the header's
     * addresses.
     */
    boolean isApplicable(final PacketBatch batch, final int slot) {
        if ((batch.parseFlags(slot) & (ipv6 ? ParseFlag.IPV6 : ParseFlag.IPV4)) == 0
                || portsChanged && !hasPorts(batch, slot)) {
            return false;
        }
        return !addressesChanged || !areAddressesPinned(batch.buffer(), batch.l3Offset(slot));
    }

    /** True for a later fragment, too: it goes with the first, which has them. */
    private static boolean hasPorts(final PacketBatch batch, final int slot) {
        return batch.l4Offset(slot) != 0
                || (batch.parseFlags(slot) & ParseFlag.LATER_FRAGMENT) != 0;
    }

    private boolean areAddressesPinned(final UnsafeBuffer b, final int l3) {
        return ipv6 ? Ipv6Header.pinsAddresses(b, l3) : Ipv4Header.hasSourceRoute(b, l3);
    }

    /** True when the packet has as many hops left as are taken off. */
    boolean isTtlExceeded(final PacketBatch batch, final int slot) {
        if (ttlDecrement == 0) {
            return false;
        }
        final int l3 = batch.l3Offset(slot);
        final UnsafeBuffer b = batch.buffer();
        return (ipv6 ? Ipv6Header.hopLimit(b, l3) : Ipv4Header.ttl(b, l3)) <= ttlDecrement;
    }

    /**
     * Changes a packet for which {@link #isApplicable} holds and {@link #isTtlExceeded} doesn't.
     */
    void apply(final PacketBatch batch, final int slot) {
        final UnsafeBuffer b = batch.buffer();
        final int l3 = batch.l3Offset(slot);
        final int addressDelta = ipv6 ? applyIpv6(b, l3) : applyIpv4(b, l3);
        final int l4 = batch.l4Offset(slot);
        if (l4 == 0) {
            return;
        }
        final int flags = batch.parseFlags(slot);
        int portDelta = portsChanged ? putPorts(b, l4, flags) : 0;
        if (segmentLimit > 0 && (ParseFlag.tcpFlags(flags) & TcpHeader.SYN) != 0) {
            portDelta = Checksums.add(portDelta, TcpOptions.clampSegmentSize(b, l4, segmentLimit));
        }
        final boolean covered = ipv6 || (flags & ParseFlag.ICMP) == 0;
        updateTransport(batch, slot, covered ? addressDelta : 0, portDelta);
    }

    /** Writes the IPv4 header; returns the delta of its addresses. */
    private int applyIpv4(final UnsafeBuffer b, final int l3) {
        int delta = 0;
        int addressDelta = 0;
        if (addressesChanged) {
            final long before = b.getLong(l3 + Ipv4Header.SOURCE_OFFSET, BIG_ENDIAN);
            final long after = sourceLow << 32 | destinationLow & 0xffff_ffffL;
            b.putLong(l3 + Ipv4Header.SOURCE_OFFSET, after, BIG_ENDIAN);
            addressDelta = Checksums.delta64(before, after);
            delta = addressDelta;
        }
        if (dscp >= 0) {
            final int before = b.getShort(l3, BIG_ENDIAN) & 0xffff;
            final int after = before & ~0xfc | dscp << 2;
            b.putShort(l3, (short) after, BIG_ENDIAN);
            delta = Checksums.add(delta, Checksums.delta16(before, after));
        }
        if (ttlDecrement != 0) {
            final int before = b.getShort(l3 + Ipv4Header.TTL_OFFSET, BIG_ENDIAN) & 0xffff;
            final int after = before - (ttlDecrement << 8);
            b.putShort(l3 + Ipv4Header.TTL_OFFSET, (short) after, BIG_ENDIAN);
            delta = Checksums.add(delta, Checksums.delta16(before, after));
        }
        if (delta != 0) {
            final int checksum = Checksums.update(Ipv4Header.checksum(b, l3), delta);
            b.putShort(l3 + Ipv4Header.CHECKSUM_OFFSET, (short) checksum, BIG_ENDIAN);
        }
        return addressDelta;
    }

    /** Writes the IPv6 header; returns the delta of its addresses. */
    private int applyIpv6(final UnsafeBuffer b, final int l3) {
        if (dscp >= 0) {
            final int word = b.getShort(l3, BIG_ENDIAN) & ~0xfc0 | dscp << 6;
            b.putShort(l3, (short) word, BIG_ENDIAN);
        }
        if (ttlDecrement != 0) {
            final int hopLimit = Ipv6Header.hopLimit(b, l3) - ttlDecrement;
            b.putByte(l3 + Ipv6Header.HOP_LIMIT_OFFSET, (byte) hopLimit);
        }
        if (!addressesChanged) {
            return 0;
        }
        final int source = putAddress(b, l3 + Ipv6Header.SOURCE_OFFSET, sourceHigh, sourceLow);
        final int destination =
                putAddress(b, l3 + Ipv6Header.DESTINATION_OFFSET, destinationHigh, destinationLow);
        return Checksums.add(source, destination);
    }

    static int putAddress(final UnsafeBuffer b, final int at, final long high, final long low) {
        final long highBefore = b.getLong(at, BIG_ENDIAN);
        final long lowBefore = b.getLong(at + 8, BIG_ENDIAN);
        b.putLong(at, high, BIG_ENDIAN);
        b.putLong(at + 8, low, BIG_ENDIAN);
        return Checksums.delta128(highBefore, lowBefore, high, low);
    }

    /** Writes ports, or the identifier of an ICMP echo; returns the delta. */
    private int putPorts(final UnsafeBuffer b, final int l4, final int flags) {
        if ((flags & ParseFlag.ICMP) != 0) {
            final int before = IcmpHeader.identifier(b, l4);
            b.putShort(l4 + IcmpHeader.IDENTIFIER_OFFSET, (short) (ports >>> 16), BIG_ENDIAN);
            return Checksums.delta16(before, ports >>> 16);
        }
        final int before = b.getInt(l4, BIG_ENDIAN);
        b.putInt(l4, ports, BIG_ENDIAN);
        return Checksums.delta32(before, ports);
    }

    private static void updateTransport(
            final PacketBatch batch, final int slot, final int addressDelta, final int portDelta) {
        final UnsafeBuffer b = batch.buffer();
        final int flags = batch.parseFlags(slot);
        final int at = batch.l4Offset(slot) + ParseFlag.checksumField(flags);
        final int before = b.getShort(at, BIG_ENDIAN) & 0xffff;
        if (isPartial(batch, slot)) {
            b.putShort(at, (short) Checksums.add(before, addressDelta), BIG_ENDIAN);
            return;
        }
        final boolean none = before == 0 && (flags & ParseFlag.UDP) != 0;
        if (!none && (addressDelta | portDelta) != 0) {
            final int after = Checksums.update(before, Checksums.add(addressDelta, portDelta));
            b.putShort(at, (short) Checksums.neverZeroUdp(after, flags), BIG_ENDIAN);
        }
    }

    /** False too when the partial checksum is that of a packet inside this one. */
    private static boolean isPartial(final PacketBatch batch, final int slot) {
        return (batch.offloadFlags(slot) & Offload.NEEDS_CHECKSUM) != 0
                && batch.offset(slot) + batch.checksumStart(slot) == batch.l4Offset(slot);
    }
}
