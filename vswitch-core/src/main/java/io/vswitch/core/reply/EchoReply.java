package io.vswitch.core.reply;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.IcmpHeader;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Answers ICMP and ICMPv6 echo requests (RFC 792, RFC 4443 section 4) in the place of the host they
 * are for: a copy of the request, turned round, VLAN tags kept. Owned by one worker, allocates
 * nothing.
 */
public final class EchoReply {
    private static final int REQUEST = 8;
    private static final int REQUEST_V6 = 128;
    private static final int REPLY_V6 = 129;
    private static final int HOP_LIMIT = 64;

    private final PacketBatch reply;
    private final PacketPool pool;
    private final UnsafeBuffer b;

    public EchoReply(final PacketPool pool) {
        this.pool = pool;
        this.reply = new PacketBatch(pool);
        this.b = pool.buffer();
    }

    /** Holds the answer built last in slot 0; the caller releases it. */
    public PacketBatch reply() {
        return reply;
    }

    /**
     * True for a whole echo request from one host to another; what belongs to a fragment isn't
     * here.
     *
     * @param batch the packet is parsed, and as it was received.
     */
    public static boolean asks(final PacketBatch batch, final int slot) {
        final int flags = batch.parseFlags(slot);
        return (flags & (ParseFlag.ICMP | ParseFlag.FIRST_FRAGMENT)) == ParseFlag.ICMP
                && IcmpHeader.type(batch.buffer(), batch.l4Offset(slot))
                        == (isIpv6(flags) ? REQUEST_V6 : REQUEST)
                && (batch.offloadFlags(slot) & Offload.NEEDS_CHECKSUM) == 0
                && ReplyCheck.isAnswerable(batch, slot);
    }

    private static boolean isIpv6(final int parseFlags) {
        return (parseFlags & ParseFlag.IPV6) != 0;
    }

    /**
     * Builds the answer to a packet that {@link #asks}.
     *
     * @return false when the pool is exhausted; there is no answer then.
     */
    public boolean build(final PacketBatch batch, final int slot) {
        final boolean v6 = isIpv6(batch.parseFlags(slot));
        final int from = batch.offset(slot);
        final int l3 = batch.l3Offset(slot);
        final int length = l3 + l3Length(b, l3, v6) - from;
        final int slab = pool.allocate(length);
        if (slab == PacketPool.NONE) {
            return false;
        }
        final int at = pool.frameOffset(slab);
        final int shift = at - from;
        reply.append(slab, at, length);
        reply.parsed(0, l3 + shift, batch.l4Offset(slot) + shift, batch.parseFlags(slot));
        b.putBytes(at, b, from, length);
        EthernetHeader.addresses(
                b, at, EthernetHeader.sourceMac(b, from), EthernetHeader.destinationMac(b, from));
        if (v6) {
            turnIpv6(l3, l3 + shift);
        } else {
            turnIpv4(l3, l3 + shift);
        }
        turnIcmp(reply.l4Offset(0), v6);
        return true;
    }

    private static int l3Length(final DirectBuffer b, final int l3, final boolean v6) {
        return v6
                ? Ipv6Header.LENGTH + Ipv6Header.payloadLength(b, l3)
                : Ipv4Header.totalLength(b, l3);
    }

    /** Swapped addresses leave the sum of the pseudo-header as it is. */
    private void turnIpv6(final int from, final int to) {
        b.putBytes(to + Ipv6Header.SOURCE_OFFSET, b, from + Ipv6Header.DESTINATION_OFFSET, 16);
        b.putBytes(to + Ipv6Header.DESTINATION_OFFSET, b, from + Ipv6Header.SOURCE_OFFSET, 16);
        b.putByte(to + Ipv6Header.HOP_LIMIT_OFFSET, (byte) HOP_LIMIT);
    }

    private void turnIpv4(final int from, final int to) {
        b.putInt(to + Ipv4Header.SOURCE_OFFSET, b.getInt(from + Ipv4Header.DESTINATION_OFFSET));
        b.putInt(to + Ipv4Header.DESTINATION_OFFSET, b.getInt(from + Ipv4Header.SOURCE_OFFSET));
        b.putByte(to + Ipv4Header.TTL_OFFSET, (byte) HOP_LIMIT);
        Checksums.putIpv4(b, to);
    }

    /** Changes the type, and the checksum by as much: a wrong one stays wrong. */
    private void turnIcmp(final int l4, final boolean v6) {
        final int before = b.getShort(l4, BIG_ENDIAN) & 0xffff;
        final int after = before & 0xff | (v6 ? REPLY_V6 << 8 : 0);
        final int checksum = b.getShort(l4 + 2, BIG_ENDIAN) & 0xffff;
        final int updated = Checksums.update(checksum, Checksums.delta16(before, after));
        b.putShort(l4, (short) after, BIG_ENDIAN);
        b.putShort(l4 + 2, (short) updated, BIG_ENDIAN);
    }
}
