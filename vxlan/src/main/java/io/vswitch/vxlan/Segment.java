package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.packet.UdpHeader;
import io.vswitch.core.packet.VlanTag;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The frame that a {@link Coalescer} looks at, owned by it: a view, valid until the next look. All
 * offsets are absolute.
 *
 * <p>Between hosts that are namespaces of one machine the kernel's vxlan device sends inner packets
 * with open checksums, and super-frames uncut, because it trusts the veth device to know of it; a
 * UDP socket isn't told. What shows it is the checksum field, which then holds the sum of the
 * pseudo-header. A broken packet looks so once in 65,536 times, as often as it passes a checksum.
 */
final class Segment {
    private static final int IPV4_WITHOUT_OPTIONS = 0x45;

    UnsafeBuffer buffer;
    int frame;
    int l3;
    int l4;
    int payload;
    int end;
    boolean ipv4;

    /** A whole TCP segment or UDP datagram, though perhaps one that must stand alone. */
    boolean isWhole;

    /** Which of them, if it is one. */
    boolean isTcp;

    /** TCP or UDP whose checksum field holds the pseudo-header's sum: its sender left the rest. */
    boolean isPartial;

    int protocol;

    /**
     * Looks at a frame.
     *
     * @param mtu largest IP packet of the network, bytes.
     * @param takesUdp whether datagrams may be put together, too.
     * @return true when it is a TCP segment with payload and nothing unusual, or a UDP datagram
     *     with payload and checksum, and its checksums are right.
     */
    boolean look(
            final UnsafeBuffer b,
            final int frameOffset,
            final int limit,
            final int mtu,
            final boolean takesUdp) {
        buffer = b;
        frame = frameOffset;
        isWhole = findTransport(limit);
        isTcp = isWhole && protocol == IpProtocol.TCP;
        isPartial = isWhole && isPartial();
        return isWhole
                && end == limit
                && payload < end
                && end - l3 <= mtu
                && (isTcp ? isPlain() : takesUdp && isPlainUdp())
                && areChecksumsRight();
    }

    private boolean findTransport(final int limit) {
        int type = frame + EthernetHeader.ADDRESSES_LENGTH;
        if (limit - type < Short.BYTES + Ipv4Header.MIN_LENGTH + UdpHeader.LENGTH) {
            return false;
        }
        if (VlanTag.isTpid(buffer.getShort(type, BIG_ENDIAN) & 0xffff)) {
            type += VlanTag.LENGTH;
        }
        l3 = type + Short.BYTES;
        switch (buffer.getShort(type, BIG_ENDIAN) & 0xffff) {
            case EthernetHeader.TYPE_IPV4:
                ipv4 = true;
                return isIpv4(limit) && isTransportInside(limit);
            case EthernetHeader.TYPE_IPV6:
                ipv4 = false;
                return isIpv6(limit) && isTransportInside(limit);
            default:
                return false;
        }
    }

    private boolean isIpv4(final int limit) {
        if (limit - l3 < Ipv4Header.MIN_LENGTH
                || (buffer.getByte(l3) & 0xff) != IPV4_WITHOUT_OPTIONS
                || (Ipv4Header.fragmentField(buffer, l3)
                                & (Ipv4Header.MORE_FRAGMENTS | Ipv4Header.FRAGMENT_MASK))
                        != 0) {
            return false;
        }
        protocol = Ipv4Header.protocol(buffer, l3);
        l4 = l3 + Ipv4Header.MIN_LENGTH;
        end = l3 + Ipv4Header.totalLength(buffer, l3);
        return true;
    }

    private boolean isIpv6(final int limit) {
        if (limit - l3 < Ipv6Header.LENGTH || (buffer.getByte(l3) & 0xf0) != 0x60) {
            return false;
        }
        protocol = Ipv6Header.nextHeader(buffer, l3);
        l4 = l3 + Ipv6Header.LENGTH;
        end = l4 + Ipv6Header.payloadLength(buffer, l3);
        return true;
    }

    private boolean isTransportInside(final int limit) {
        if (end > limit) {
            return false;
        }
        if (protocol == IpProtocol.TCP && TcpHeader.isValid(buffer, l4, end)) {
            payload = l4 + TcpHeader.headerLength(buffer, l4);
            return true;
        }
        payload = l4 + UdpHeader.LENGTH;
        return protocol == IpProtocol.UDP && UdpHeader.isValid(buffer, l4, end);
    }

    int checksumField() {
        return isTcp ? TcpHeader.CHECKSUM_OFFSET : UdpHeader.CHECKSUM_OFFSET;
    }

    private int pseudoHeader() {
        return ipv4
                ? Checksums.pseudoHeaderV4(buffer, l3, protocol, end - l4)
                : Checksums.pseudoHeaderV6(buffer, l3, protocol, end - l4);
    }

    private boolean isPartial() {
        final int field = buffer.getShort(l4 + checksumField(), BIG_ENDIAN) & 0xffff;
        return field == pseudoHeader();
    }

    /** Nothing but ACK, perhaps PSH and ECE. */
    private boolean isPlain() {
        final int flags = TcpHeader.flags(buffer, l4);
        return (flags & ~(TcpHeader.PSH | TcpHeader.ECE)) == TcpHeader.ACK;
    }

    /** Nothing behind the datagram, and a checksum. */
    private boolean isPlainUdp() {
        return UdpHeader.length(buffer, l4) == end - l4 && UdpHeader.checksum(buffer, l4) != 0;
    }

    private boolean areChecksumsRight() {
        return (!ipv4 || Checksums.sum(buffer, l3, Ipv4Header.MIN_LENGTH) == 0xffff)
                && (isPartial
                        || Checksums.add(pseudoHeader(), Checksums.sum(buffer, l4, end - l4))
                                == 0xffff);
    }

    int payloadBytes() {
        return end - payload;
    }

    /**
     * Tells of an open checksum in the slot that the frame was put into. A TCP packet beyond the
     * MTU is a super-frame that no device has cut; of what size its segments were isn't told.
     */
    void markPartial(final PacketBatch batch, final int slot, final int mtu) {
        int type = Offload.GSO_NONE;
        if (isTcp && end - l3 > mtu) {
            type = ipv4 ? Offload.GSO_TCPV4 : Offload.GSO_TCPV6;
        }
        batch.offload(
                slot,
                Offload.NEEDS_CHECKSUM,
                type,
                mtu - (payload - l3),
                payload - frame,
                l4 - frame,
                checksumField());
    }

    /** Its sender has nothing more for now: it ends a super-frame. */
    boolean isLast() {
        return isTcp && (TcpHeader.flags(buffer, l4) & TcpHeader.PSH) != 0;
    }
}
