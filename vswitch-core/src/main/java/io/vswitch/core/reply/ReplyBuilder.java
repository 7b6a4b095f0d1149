package io.vswitch.core.reply;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.TcpHeader;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the switch's answers to packets it refuses into a slab of their pool; owned by one worker,
 * allocates nothing. An answer goes the way back: MACs and addresses swapped, VLAN tags kept.
 *
 * <pre>
 *   TCP     reset, RFC 9293 section 3.10.7.1
 *   others  | IP header | ICMP header 8 | the refused packet, as far as it fits |
 *           ICMP: 576 bytes in all (RFC 1812 section 4.3.2.3), ICMPv6: 1,280 (RFC 4443 section 2.4)
 * </pre>
 */
public final class ReplyBuilder {
    private static final int HOP_LIMIT = 64;
    private static final int ICMP_LENGTH = 8;
    private static final int IPV4_MAX = 576;
    private static final int IPV6_MAX = 1280;

    /** Precedence "internetwork control" of ICMP errors (RFC 1812 section 4.3.2.5). */
    private static final int TOS_CONTROL = 0xc0;

    private static final int UNREACHABLE_PROHIBITED = 3 << 8 | 13;
    private static final int UNREACHABLE_PROHIBITED_V6 = 1 << 8 | 1;
    private static final int TTL_EXCEEDED = 11 << 8;
    private static final int HOP_LIMIT_EXCEEDED_V6 = 3 << 8;
    private static final int FRAGMENTATION_NEEDED = 3 << 8 | 4;
    private static final int PACKET_TOO_BIG_V6 = 2 << 8;

    private final PacketBatch reply;
    private final PacketPool pool;
    private final UnsafeBuffer b;

    public ReplyBuilder(final PacketPool pool) {
        this.pool = pool;
        this.reply = new PacketBatch(pool);
        this.b = pool.buffer();
    }

    /** Holds the answer built last in slot 0; the caller releases it. */
    public PacketBatch reply() {
        return reply;
    }

    /**
     * Answers that the packet is administratively prohibited: a reset to TCP, else ICMP.
     *
     * @param batch of the same pool; the packet is parsed, unchanged and {@link ReplyCheck
     *     answerable}.
     * @return false when the pool is exhausted; there is no answer then.
     */
    public boolean prohibited(final PacketBatch batch, final int slot) {
        final int flags = batch.parseFlags(slot);
        final boolean whole = (flags & ParseFlag.FIRST_FRAGMENT) == 0;
        if ((flags & ParseFlag.TCP) != 0 && whole) {
            return reset(batch, slot);
        }
        final boolean v6 = (flags & ParseFlag.IPV6) != 0;
        return error(batch, slot, v6 ? UNREACHABLE_PROHIBITED_V6 : UNREACHABLE_PROHIBITED, 0);
    }

    /** Answers that the packet's TTL or hop limit is used up; as {@link #prohibited}. */
    public boolean ttlExceeded(final PacketBatch batch, final int slot) {
        final boolean v6 = (batch.parseFlags(slot) & ParseFlag.IPV6) != 0;
        return error(batch, slot, v6 ? HOP_LIMIT_EXCEEDED_V6 : TTL_EXCEEDED, 0);
    }

    /**
     * Answers that the packet is larger than the link it has to take (RFC 1191 section 4, RFC 8201
     * section 4); as {@link #prohibited}.
     *
     * @param mtu what the link takes, bytes from the IP header on.
     */
    public boolean tooBig(final PacketBatch batch, final int slot, final int mtu) {
        final boolean v6 = (batch.parseFlags(slot) & ParseFlag.IPV6) != 0;
        return error(batch, slot, v6 ? PACKET_TOO_BIG_V6 : FRAGMENTATION_NEEDED, mtu);
    }

    private boolean reset(final PacketBatch batch, final int slot) {
        if (!begin(batch, slot, TcpHeader.MIN_LENGTH, IpProtocol.TCP, 0)) {
            return false;
        }
        final int l4 = reply.l4Offset(0);
        final int from = batch.l4Offset(slot);
        b.putInt(l4, Integer.rotateLeft(b.getInt(from), 16));
        final int flags = TcpHeader.flags(b, from);
        final boolean acknowledges = (flags & TcpHeader.ACK) != 0;
        final int sequence = acknowledges ? TcpHeader.acknowledgment(b, from) : 0;
        final int next = TcpHeader.sequence(b, from) + segmentLength(batch, slot, flags);
        final int set = acknowledges ? TcpHeader.RST : TcpHeader.RST | TcpHeader.ACK;
        b.putInt(l4 + TcpHeader.SEQUENCE_OFFSET, sequence, BIG_ENDIAN);
        b.putInt(l4 + TcpHeader.ACKNOWLEDGMENT_OFFSET, acknowledges ? 0 : next, BIG_ENDIAN);
        b.putInt(l4 + TcpHeader.DATA_OFFSET, 5 << 28 | set << 16, BIG_ENDIAN);
        b.putInt(l4 + TcpHeader.CHECKSUM_OFFSET, 0);
        putChecksum(TcpHeader.CHECKSUM_OFFSET, IpProtocol.TCP);
        return true;
    }

    /** SEG.LEN: data bytes, SYN and FIN counted. */
    private int segmentLength(final PacketBatch batch, final int slot, final int flags) {
        final int l4 = batch.l4Offset(slot);
        final int end = batch.l3Offset(slot) + l3Length(batch, slot);
        final int data = end - l4 - TcpHeader.headerLength(b, l4);
        return data + (flags >> 1 & 1) + (flags & 1);
    }

    /**
     * @param rest the four bytes behind the checksum.
     */
    private boolean error(
            final PacketBatch batch, final int slot, final int typeAndCode, final int rest) {
        final boolean v6 = (batch.parseFlags(slot) & ParseFlag.IPV6) != 0;
        final int most =
                v6
                        ? IPV6_MAX - Ipv6Header.LENGTH - ICMP_LENGTH
                        : IPV4_MAX - Ipv4Header.MIN_LENGTH - ICMP_LENGTH;
        final int quoted = Math.min(most, l3Length(batch, slot));
        final int protocol = v6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
        if (!begin(batch, slot, ICMP_LENGTH + quoted, protocol, v6 ? 0 : TOS_CONTROL)) {
            return false;
        }
        final int l4 = reply.l4Offset(0);
        b.putInt(l4, typeAndCode << 16, BIG_ENDIAN);
        b.putInt(l4 + 4, rest, BIG_ENDIAN);
        b.putBytes(l4 + ICMP_LENGTH, b, batch.l3Offset(slot), quoted);
        completeQuote(batch, slot, l4 + ICMP_LENGTH, quoted);
        putChecksum(2, protocol);
        return true;
    }

    /** The quoted packet shows the checksum that it would have had on a wire. */
    private void completeQuote(
            final PacketBatch batch, final int slot, final int quote, final int quoted) {
        if ((batch.offloadFlags(slot) & Offload.NEEDS_CHECKSUM) == 0) {
            return;
        }
        final int start = batch.offset(slot) + batch.checksumStart(slot);
        final int field = start + batch.checksumOffset(slot) - batch.l3Offset(slot);
        if (field + 2 <= quoted) {
            final int end = batch.offset(slot) + batch.length(slot);
            final int checksum = ~Checksums.sum(b, start, end - start) & 0xffff;
            final int stored = Checksums.neverZeroUdp(checksum, batch.parseFlags(slot));
            b.putShort(quote + field, (short) stored, BIG_ENDIAN);
        }
    }

    /** Bytes of the IP packet, without padding behind it. */
    private int l3Length(final PacketBatch batch, final int slot) {
        final int l3 = batch.l3Offset(slot);
        return (batch.parseFlags(slot) & ParseFlag.IPV6) != 0
                ? Ipv6Header.LENGTH + Ipv6Header.payloadLength(b, l3)
                : Ipv4Header.totalLength(b, l3);
    }

    /** Writes the headers up to the transport; false when the pool is exhausted. */
    private boolean begin(
            final PacketBatch batch,
            final int slot,
            final int l4Length,
            final int protocol,
            final int tos) {
        final boolean v6 = (batch.parseFlags(slot) & ParseFlag.IPV6) != 0;
        final int l2Length = batch.l3Offset(slot) - batch.offset(slot);
        final int l3Header = v6 ? Ipv6Header.LENGTH : Ipv4Header.MIN_LENGTH;
        final int length = l2Length + l3Header + l4Length;
        final int slab = pool.allocate(length);
        if (slab == PacketPool.NONE) {
            return false;
        }
        final int at = pool.frameOffset(slab);
        reply.append(slab, at, length);
        reply.remote(0, batch.remote(slot));
        link(batch.offset(slot), at, l2Length);
        final int l3 = at + l2Length;
        reply.parsed(0, l3, l3 + l3Header, flags(batch.parseFlags(slot), protocol));
        if (v6) {
            ipv6(batch.l3Offset(slot), l3, l4Length, protocol);
        } else {
            ipv4(batch.l3Offset(slot), l3, l4Length, protocol, tos);
        }
        return true;
    }

    private static int flags(final int original, final int protocol) {
        final int kept = ParseFlag.IPV4 | ParseFlag.IPV6 | 3 << ParseFlag.VLAN_SHIFT;
        return original & kept | (protocol == IpProtocol.TCP ? ParseFlag.TCP : ParseFlag.ICMP);
    }

    private void link(final int from, final int to, final int length) {
        b.putBytes(to, b, from, length);
        EthernetHeader.addresses(
                b, to, EthernetHeader.sourceMac(b, from), EthernetHeader.destinationMac(b, from));
    }

    private void ipv4(
            final int from, final int to, final int l4Length, final int protocol, final int tos) {
        final int length = Ipv4Header.MIN_LENGTH + l4Length;
        b.putInt(to, 0x45 << 24 | tos << 16 | length, BIG_ENDIAN);
        b.putInt(to + Ipv4Header.IDENTIFICATION_OFFSET, Ipv4Header.DONT_FRAGMENT, BIG_ENDIAN);
        b.putInt(to + Ipv4Header.TTL_OFFSET, HOP_LIMIT << 24 | protocol << 16, BIG_ENDIAN);
        final int source = Ipv4Header.destination(b, from);
        b.putInt(to + Ipv4Header.SOURCE_OFFSET, source, BIG_ENDIAN);
        b.putInt(to + Ipv4Header.DESTINATION_OFFSET, Ipv4Header.source(b, from), BIG_ENDIAN);
        Checksums.putIpv4(b, to);
    }

    private void ipv6(final int from, final int to, final int l4Length, final int protocol) {
        b.putInt(to, 6 << 28, BIG_ENDIAN);
        final int rest = l4Length << 16 | protocol << 8 | HOP_LIMIT;
        b.putInt(to + Ipv6Header.PAYLOAD_LENGTH_OFFSET, rest, BIG_ENDIAN);
        b.putBytes(to + Ipv6Header.SOURCE_OFFSET, b, from + Ipv6Header.DESTINATION_OFFSET, 16);
        b.putBytes(to + Ipv6Header.DESTINATION_OFFSET, b, from + Ipv6Header.SOURCE_OFFSET, 16);
    }

    /** Writes the transport checksum over a field of 0; ICMP over IPv4 has no pseudo-header. */
    private void putChecksum(final int field, final int protocol) {
        final int l3 = reply.l3Offset(0);
        final int l4 = reply.l4Offset(0);
        final int length = reply.offset(0) + reply.length(0) - l4;
        int sum = Checksums.sum(b, l4, length);
        if ((reply.parseFlags(0) & ParseFlag.IPV6) != 0) {
            sum = Checksums.add(sum, Checksums.pseudoHeaderV6(b, l3, protocol, length));
        } else if (protocol == IpProtocol.TCP) {
            sum = Checksums.add(sum, Checksums.pseudoHeaderV4(b, l3, protocol, length));
        }
        b.putShort(l4 + field, (short) ~sum, BIG_ENDIAN);
    }
}
