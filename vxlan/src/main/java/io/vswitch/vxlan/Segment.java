package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.packet.VlanTag;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The frame that a {@link Coalescer} looks at, owned by it: a view, valid until the next look. All
 * offsets are absolute.
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

    /** A whole TCP segment, though perhaps one that must stand alone. */
    boolean isTcp;

    /**
     * Looks at a frame.
     *
     * @return true when it is a TCP segment with payload and nothing unusual, and its checksums are
     *     right.
     */
    boolean look(final UnsafeBuffer b, final int frameOffset, final int limit) {
        buffer = b;
        frame = frameOffset;
        isTcp = findTransport(limit);
        return isTcp && end == limit && payload < end && isPlain() && areChecksumsRight();
    }

    private boolean findTransport(final int limit) {
        int type = frame + EthernetHeader.ADDRESSES_LENGTH;
        if (limit - type < Short.BYTES + Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH) {
            return false;
        }
        if (VlanTag.isTpid(buffer.getShort(type, BIG_ENDIAN) & 0xffff)) {
            type += VlanTag.LENGTH;
        }
        l3 = type + Short.BYTES;
        switch (buffer.getShort(type, BIG_ENDIAN) & 0xffff) {
            case EthernetHeader.TYPE_IPV4:
                ipv4 = true;
                return isIpv4Tcp(limit);
            case EthernetHeader.TYPE_IPV6:
                ipv4 = false;
                return isIpv6Tcp(limit);
            default:
                return false;
        }
    }

    private boolean isIpv4Tcp(final int limit) {
        if (limit - l3 < Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH
                || (buffer.getByte(l3) & 0xff) != IPV4_WITHOUT_OPTIONS
                || Ipv4Header.protocol(buffer, l3) != IpProtocol.TCP
                || (Ipv4Header.fragmentField(buffer, l3)
                                & (Ipv4Header.MORE_FRAGMENTS | Ipv4Header.FRAGMENT_MASK))
                        != 0) {
            return false;
        }
        l4 = l3 + Ipv4Header.MIN_LENGTH;
        end = l3 + Ipv4Header.totalLength(buffer, l3);
        return isTcpInside(limit);
    }

    private boolean isIpv6Tcp(final int limit) {
        if (limit - l3 < Ipv6Header.LENGTH + TcpHeader.MIN_LENGTH
                || (buffer.getByte(l3) & 0xf0) != 0x60
                || Ipv6Header.nextHeader(buffer, l3) != IpProtocol.TCP) {
            return false;
        }
        l4 = l3 + Ipv6Header.LENGTH;
        end = l4 + Ipv6Header.payloadLength(buffer, l3);
        return isTcpInside(limit);
    }

    private boolean isTcpInside(final int limit) {
        if (end > limit || !TcpHeader.isValid(buffer, l4, end)) {
            return false;
        }
        payload = l4 + TcpHeader.headerLength(buffer, l4);
        return true;
    }

    /** Nothing but ACK, perhaps PSH and ECE. */
    private boolean isPlain() {
        final int flags = TcpHeader.flags(buffer, l4);
        return (flags & ~(TcpHeader.PSH | TcpHeader.ECE)) == TcpHeader.ACK;
    }

    private boolean areChecksumsRight() {
        final int length = end - l4;
        final int pseudo =
                ipv4
                        ? Checksums.pseudoHeaderV4(buffer, l3, IpProtocol.TCP, length)
                        : Checksums.pseudoHeaderV6(buffer, l3, IpProtocol.TCP, length);
        return (!ipv4 || Checksums.sum(buffer, l3, Ipv4Header.MIN_LENGTH) == 0xffff)
                && Checksums.add(pseudo, Checksums.sum(buffer, l4, length)) == 0xffff;
    }

    int payloadBytes() {
        return end - payload;
    }

    /** Its sender has nothing more for now: it ends a super-frame. */
    boolean isLast() {
        return (TcpHeader.flags(buffer, l4) & TcpHeader.PSH) != 0;
    }
}
