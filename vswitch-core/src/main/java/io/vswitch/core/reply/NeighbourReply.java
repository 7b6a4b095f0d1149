package io.vswitch.core.reply;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.packet.ArpHeader;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.ParseFlag;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Answers ARP requests (RFC 826) and neighbour solicitations (RFC 4861 section 7.2) for addresses
 * whose MAC is known; owned by one worker, allocates nothing.
 *
 * <pre>
 *   ARP reply                | Ethernet 14 | ARP 28: operation 2 |
 *   neighbour advertisement  | Ethernet 14 | IPv6 40: hop limit 255 |
 *                              type 136 | code | checksum | S, O (32) | target, 16 | 2 | 1 | MAC |
 * </pre>
 */
public final class NeighbourReply {
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int MESSAGE_LENGTH = 24;
    private static final int TARGET = 8;
    private static final int ADVERTISEMENT_LENGTH = 32;
    private static final int SOLICITED = 0x4000_0000;
    private static final int OVERRIDE = 0x2000_0000;
    private static final int TARGET_OPTION = 2 << 8 | 1;
    private static final int MAX_HOP_LIMIT = 255;
    private static final long ALL_NODES_MAC = 0x3333_0000_0001L;
    private static final long ALL_NODES_HIGH = 0xff02L << 48;
    private static final long ALL_NODES_LOW = 1;

    private final PacketBatch reply;
    private final UnsafeBuffer b;

    public NeighbourReply(final PacketPool pool) {
        reply = new PacketBatch(pool);
        b = pool.buffer();
    }

    /**
     * MAC of the address that a packet asks for; 0 when it asks for none, for an unknown one, or
     * for one of the asker's own (RFC 5227 section 2.1: to announce or defend it).
     *
     * @param batch the packet is parsed; tagged ones ask within their VLAN, of which nothing is
     *     known.
     */
    public static long wanted(final NeighbourTable known, final PacketBatch batch, final int slot) {
        final int flags = batch.parseFlags(slot);
        if (ParseFlag.vlanTags(flags) != 0) {
            return 0;
        }
        final long mac;
        if ((flags & ParseFlag.ARP) != 0) {
            mac = arpTarget(known, batch.buffer(), batch.l3Offset(slot));
        } else if ((flags & ParseFlag.IPV6) != 0 && (flags & ParseFlag.ICMP) != 0) {
            mac = solicited(known, batch, slot);
        } else {
            return 0;
        }
        return mac == EthernetHeader.sourceMac(batch.buffer(), batch.offset(slot)) ? 0 : mac;
    }

    private static long arpTarget(final NeighbourTable known, final UnsafeBuffer b, final int arp) {
        final int target = ArpHeader.targetIp(b, arp);
        return ArpHeader.operation(b, arp) == ArpHeader.OPERATION_REQUEST
                        && ArpHeader.senderIp(b, arp) != target
                ? known.mac(0, NeighbourTable.ipv4(target))
                : 0;
    }

    private static long solicited(
            final NeighbourTable known, final PacketBatch batch, final int slot) {
        final UnsafeBuffer b = batch.buffer();
        final int target = batch.l4Offset(slot) + TARGET;
        return isSolicitation(batch, slot)
                ? known.mac(b.getLong(target, BIG_ENDIAN), b.getLong(target + 8, BIG_ENDIAN))
                : 0;
    }

    /** RFC 4861 section 7.1.1: what isn't valid gets no answer. */
    private static boolean isSolicitation(final PacketBatch batch, final int slot) {
        final UnsafeBuffer b = batch.buffer();
        final int l3 = batch.l3Offset(slot);
        final int l4 = batch.l4Offset(slot);
        final int end = l3 + Ipv6Header.LENGTH + Ipv6Header.payloadLength(b, l3);
        return (batch.parseFlags(slot) & ParseFlag.FIRST_FRAGMENT) == 0
                && (b.getShort(l4, BIG_ENDIAN) & 0xffff) == SOLICITATION << 8
                && (b.getByte(l3 + Ipv6Header.HOP_LIMIT_OFFSET) & 0xff) == MAX_HOP_LIMIT
                && end - l4 >= MESSAGE_LENGTH;
    }

    /**
     * True when a packet asks for somebody else's address: not to announce its own, nor to find out
     * whether it may take one (RFC 5227 section 2.1, RFC 4862 section 5.4).
     */
    public static boolean asks(final PacketBatch batch, final int slot) {
        final UnsafeBuffer b = batch.buffer();
        final int flags = batch.parseFlags(slot);
        final int l3 = batch.l3Offset(slot);
        if ((flags & ParseFlag.ARP) != 0) {
            final int sender = ArpHeader.senderIp(b, l3);
            return ArpHeader.operation(b, l3) == ArpHeader.OPERATION_REQUEST
                    && sender != 0
                    && sender != ArpHeader.targetIp(b, l3);
        }
        final int both = ParseFlag.IPV6 | ParseFlag.ICMP;
        final int source = l3 + Ipv6Header.SOURCE_OFFSET;
        return (flags & both) == both
                && isSolicitation(batch, slot)
                && (b.getLong(source) | b.getLong(source + 8)) != 0;
    }

    /**
     * Builds the answer to a packet that {@link #wanted} this MAC, or {@link #asks}; tags are kept.
     *
     * @return false when the pool is exhausted; there is no answer then.
     */
    public boolean build(final PacketBatch batch, final int slot, final long mac) {
        final boolean arp = (batch.parseFlags(slot) & ParseFlag.ARP) != 0;
        final int l3Length = arp ? ArpHeader.LENGTH : Ipv6Header.LENGTH + ADVERTISEMENT_LENGTH;
        final int l2Length = batch.l3Offset(slot) - batch.offset(slot);
        final int slab = reply.pool().allocate(l2Length + l3Length);
        if (slab == PacketPool.NONE) {
            return false;
        }
        final int at = reply.pool().frameOffset(slab);
        final int l3 = at + l2Length;
        reply.append(slab, at, l2Length + l3Length);
        final int tags = batch.parseFlags(slot) & 3 << ParseFlag.VLAN_SHIFT;
        final long asker = EthernetHeader.sourceMac(b, batch.offset(slot));
        b.putBytes(at, b, batch.offset(slot), l2Length);
        if (arp) {
            EthernetHeader.addresses(b, at, asker, mac);
            reply.parsed(0, l3, 0, tags | ParseFlag.ARP);
            arp(batch.l3Offset(slot), l3, mac);
        } else {
            final int flags = tags | ParseFlag.IPV6 | ParseFlag.ICMP;
            reply.parsed(0, l3, l3 + Ipv6Header.LENGTH, flags);
            final boolean toAll = advertisement(batch, slot, l3, mac);
            EthernetHeader.addresses(b, at, toAll ? ALL_NODES_MAC : asker, mac);
        }
        return true;
    }

    private void arp(final int from, final int to, final long mac) {
        b.putBytes(to, b, from, ArpHeader.LENGTH);
        ArpHeader.reply(b, to, mac);
    }

    /** Who has no address yet is told with everybody (RFC 4861 section 7.2.4): true then. */
    private boolean advertisement(
            final PacketBatch batch, final int slot, final int to, final long mac) {
        final int from = batch.l3Offset(slot);
        final int question = batch.l4Offset(slot);
        final long high = b.getLong(from + Ipv6Header.SOURCE_OFFSET, BIG_ENDIAN);
        final long low = b.getLong(from + Ipv6Header.SOURCE_OFFSET + 8, BIG_ENDIAN);
        final boolean toAll = (high | low) == 0;
        b.putInt(to, 6 << 28, BIG_ENDIAN);
        b.putInt(
                to + Ipv6Header.PAYLOAD_LENGTH_OFFSET,
                ADVERTISEMENT_LENGTH << 16 | IpProtocol.ICMPV6 << 8 | MAX_HOP_LIMIT,
                BIG_ENDIAN);
        b.putBytes(to + Ipv6Header.SOURCE_OFFSET, b, question + TARGET, 16);
        final int destination = to + Ipv6Header.DESTINATION_OFFSET;
        b.putLong(destination, toAll ? ALL_NODES_HIGH : high, BIG_ENDIAN);
        b.putLong(destination + 8, toAll ? ALL_NODES_LOW : low, BIG_ENDIAN);
        final int l4 = to + Ipv6Header.LENGTH;
        b.putInt(l4, ADVERTISEMENT << 24, BIG_ENDIAN);
        b.putInt(l4 + 4, toAll ? OVERRIDE : SOLICITED | OVERRIDE, BIG_ENDIAN);
        b.putBytes(l4 + TARGET, b, question + TARGET, 16);
        b.putLong(l4 + MESSAGE_LENGTH, (long) TARGET_OPTION << 48 | mac, BIG_ENDIAN);
        final int sum =
                Checksums.add(
                        Checksums.sum(b, l4, ADVERTISEMENT_LENGTH),
                        Checksums.pseudoHeaderV6(b, to, IpProtocol.ICMPV6, ADVERTISEMENT_LENGTH));
        b.putShort(l4 + 2, (short) ~sum, BIG_ENDIAN);
        return toAll;
    }

    /** Holds the answer built last in slot 0; the caller releases it. */
    public PacketBatch reply() {
        return reply;
    }
}
