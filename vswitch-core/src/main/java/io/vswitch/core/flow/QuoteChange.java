package io.vswitch.core.flow;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.IcmpHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.packet.UdpHeader;
import io.vswitch.core.policy.HeaderFields;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Change of the packet that an ICMP error quotes, part of a {@link Transposition}: addresses and
 * ports as its sender knows them, the checksums in it and around it kept as right as they were (RFC
 * 5508 section 4.2). Immutable, any thread.
 */
final class QuoteChange {
    private final boolean ipv6;
    private final HeaderFields to;

    private QuoteChange(final boolean ipv6, final HeaderFields to) {
        this.ipv6 = ipv6;
        this.to = to;
    }

    /** The change, or null when nothing is quoted or it stays. */
    static QuoteChange between(final HeaderFields before, final HeaderFields after) {
        if (before.quoted == null || after.quoted == null) {
            return null;
        }
        return NetworkChange.areAddressesChanged(before.quoted, after.quoted)
                        || NetworkChange.arePortsChanged(before.quoted, after.quoted)
                ? new QuoteChange(after.isIpv6(), new HeaderFields().copyFrom(after.quoted))
                : null;
    }

    /** Changes an error whose quote {@link IcmpQuote} could read. */
    void apply(final PacketBatch batch, final int slot) {
        final UnsafeBuffer b = batch.buffer();
        final int error = batch.l4Offset(slot);
        final int at = error + IcmpHeader.LENGTH;
        final int l4 = at + (ipv6 ? Ipv6Header.LENGTH : Ipv4Header.headerLength(b, at));
        final int end = batch.offset(slot) + batch.length(slot);
        final int length = Math.min(l4 + TcpHeader.MIN_LENGTH, end) - at;
        final int before = Checksums.sum(b, at, length);
        final int addresses = ipv6 ? addresses6(b, at) : addresses4(b, at);
        transport(b, l4, at + length, addresses);
        if ((batch.offloadFlags(slot) & Offload.NEEDS_CHECKSUM) == 0) {
            final int delta = Checksums.delta16(before, Checksums.sum(b, at, length));
            final int checksum = Checksums.update(IcmpHeader.checksum(b, error), delta);
            b.putShort(error + IcmpHeader.CHECKSUM_OFFSET, (short) checksum, BIG_ENDIAN);
        }
    }

    private int addresses4(final UnsafeBuffer b, final int at) {
        final long before = b.getLong(at + Ipv4Header.SOURCE_OFFSET, BIG_ENDIAN);
        final long after = to.sourceLow << 32 | to.destinationLow & 0xffff_ffffL;
        b.putLong(at + Ipv4Header.SOURCE_OFFSET, after, BIG_ENDIAN);
        final int delta = Checksums.delta64(before, after);
        final int checksum = Checksums.update(Ipv4Header.checksum(b, at), delta);
        b.putShort(at + Ipv4Header.CHECKSUM_OFFSET, (short) checksum, BIG_ENDIAN);
        return delta;
    }

    private int addresses6(final UnsafeBuffer b, final int at) {
        return Checksums.add(
                NetworkChange.putAddress(
                        b, at + Ipv6Header.SOURCE_OFFSET, to.sourceHigh, to.sourceLow),
                NetworkChange.putAddress(
                        b,
                        at + Ipv6Header.DESTINATION_OFFSET,
                        to.destinationHigh,
                        to.destinationLow));
    }

    /**
     * Writes ports or identifier, and the checksum when it is quoted, too.
     *
     * @param end of what is quoted.
     */
    private void transport(
            final UnsafeBuffer b, final int l4, final int end, final int addressDelta) {
        final boolean ports = to.protocol == IpProtocol.TCP || to.protocol == IpProtocol.UDP;
        final int field = ports ? l4 : l4 + IcmpHeader.IDENTIFIER_OFFSET;
        final int before = b.getInt(field, BIG_ENDIAN);
        final int after =
                ports
                        ? to.sourcePort << 16 | to.destinationPort
                        : to.sourcePort << 16 | before & 0xffff;
        b.putInt(field, after, BIG_ENDIAN);
        final int at = l4 + checksumOffset();
        if (end - at >= 2) {
            final int covered = ports || ipv6 ? addressDelta : 0;
            final int delta = Checksums.add(covered, Checksums.delta32(before, after));
            putChecksum(b, at, delta);
        }
    }

    private int checksumOffset() {
        if (to.protocol == IpProtocol.TCP) {
            return TcpHeader.CHECKSUM_OFFSET;
        }
        return to.protocol == IpProtocol.UDP
                ? UdpHeader.CHECKSUM_OFFSET
                : IcmpHeader.CHECKSUM_OFFSET;
    }

    private void putChecksum(final UnsafeBuffer b, final int at, final int delta) {
        final int before = b.getShort(at, BIG_ENDIAN) & 0xffff;
        final boolean udp = to.protocol == IpProtocol.UDP;
        if (!udp || before != 0) {
            final int after = Checksums.update(before, delta);
            final int flags = udp ? ParseFlag.UDP : 0;
            b.putShort(at, (short) Checksums.neverZeroUdp(after, flags), BIG_ENDIAN);
        }
    }
}
