package io.vswitch.vxlan;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.packet.UdpHeader;
import org.agrona.concurrent.UnsafeBuffer;

/** A frame in a slot to which segments are added; owned by a {@link Coalescer}. */
final class SuperFrame {
    /** UDP_MAX_SEGMENTS of Linux. */
    private static final int MAX_DATAGRAMS = 64;

    private static final int MAX_IP_BYTES = 65_535;

    /** Data offset, reserved bits, flags and window of a TCP header, but for PSH. */
    private static final int HEADER_WORD = ~(TcpHeader.PSH << 16);

    private static final int DONT_FRAGMENT = 0x4000;

    private Object owner;
    private int remote;
    private PacketBatch batch;
    private int slot;
    private UnsafeBuffer buffer;
    private int frame;
    private int l3;
    private int l4;
    private int payload;
    private boolean ipv4;
    private int protocol;
    private int end;
    private int room;
    private int segmentBytes;
    private int segments;
    private int nextSequence;
    private boolean complete;

    /** Begins with a segment that was put into a slot, perhaps elsewhere than it was looked at. */
    void begin(
            final Object newOwner,
            final int from,
            final Segment segment,
            final PacketBatch into,
            final int newSlot) {
        owner = newOwner;
        remote = from;
        batch = into;
        slot = newSlot;
        buffer = into.buffer();
        frame = into.offset(slot);
        final int moved = frame - segment.frame;
        l3 = segment.l3 + moved;
        l4 = segment.l4 + moved;
        payload = segment.payload + moved;
        end = segment.end + moved;
        ipv4 = segment.ipv4;
        protocol = segment.protocol;
        room = Math.min(frame + Coalescer.room(into, slot), l3 + MAX_IP_BYTES);
        segmentBytes = segment.payloadBytes();
        segments = 1;
        nextSequence = isTcp() ? TcpHeader.sequence(buffer, l4) + segmentBytes : 0;
        complete = false;
        if (!segment.isPartial) {
            batch.offload(slot, Offload.CHECKSUM_VALID, Offload.GSO_NONE, 0, 0, 0, 0);
        }
    }

    private boolean isTcp() {
        return protocol == IpProtocol.TCP;
    }

    /** Same protocol, addresses and ports. */
    boolean isFlowOf(final Segment segment) {
        return ipv4 == segment.ipv4
                && protocol == segment.protocol
                && buffer.getInt(l4) == segment.buffer.getInt(segment.l4)
                && hasAddressesOf(segment);
    }

    private boolean hasAddressesOf(final Segment segment) {
        if (ipv4) {
            return isSameLong(segment, Ipv4Header.SOURCE_OFFSET);
        }
        return isSameLong(segment, Ipv6Header.SOURCE_OFFSET)
                && isSameLong(segment, Ipv6Header.SOURCE_OFFSET + 8)
                && isSameLong(segment, Ipv6Header.DESTINATION_OFFSET)
                && isSameLong(segment, Ipv6Header.DESTINATION_OFFSET + 8);
    }

    private boolean isSameLong(final Segment segment, final int networkOffset) {
        return buffer.getLong(l3 + networkOffset)
                == segment.buffer.getLong(segment.l3 + networkOffset);
    }

    boolean isOf(final Object otherOwner, final int otherRemote) {
        return owner == otherOwner && remote == otherRemote;
    }

    /** True when nothing can follow what was added last. */
    boolean isComplete() {
        return complete;
    }

    /** Adds a segment of the same flow; false when it must not be. */
    boolean add(final Segment segment) {
        final int bytes = segment.payloadBytes();
        if (bytes > segmentBytes || end + bytes > room || !continues(segment)) {
            return false;
        }
        // read before the copy, which may overwrite the segment's headers
        final boolean isLast = segment.isLast();
        buffer.putBytes(end, segment.buffer, segment.payload, bytes);
        end += bytes;
        segments++;
        nextSequence += bytes;
        if (isLast) {
            final int at = l4 + TcpHeader.FLAGS_OFFSET;
            buffer.putByte(at, (byte) (buffer.getByte(at) | TcpHeader.PSH));
        }
        complete = bytes < segmentBytes || isLast || !isTcp() && segments == MAX_DATAGRAMS;
        return true;
    }

    private boolean continues(final Segment segment) {
        return (!isTcp() || continuesTcp(segment))
                && isSameLink(segment)
                && (ipv4 ? isSameIpv4(segment) : isSameIpv6(segment));
    }

    private boolean continuesTcp(final Segment segment) {
        final UnsafeBuffer other = segment.buffer;
        final int at = segment.l4;
        return TcpHeader.sequence(other, at) == nextSequence
                && buffer.getInt(l4 + TcpHeader.ACKNOWLEDGMENT_OFFSET)
                        == other.getInt(at + TcpHeader.ACKNOWLEDGMENT_OFFSET)
                && ((buffer.getInt(l4 + TcpHeader.DATA_OFFSET, BIG_ENDIAN)
                                        ^ other.getInt(at + TcpHeader.DATA_OFFSET, BIG_ENDIAN))
                                & HEADER_WORD)
                        == 0
                && hasOptionsOf(segment);
    }

    private boolean hasOptionsOf(final Segment segment) {
        final int moved = segment.l4 - l4;
        for (int at = l4 + TcpHeader.MIN_LENGTH; at < payload; at += Integer.BYTES) {
            if (buffer.getInt(at) != segment.buffer.getInt(at + moved)) {
                return false;
            }
        }
        return true;
    }

    /** Same MACs, VLAN tag and EtherType: all before the IP header, 14 or 18 bytes. */
    private boolean isSameLink(final Segment segment) {
        final int length = l3 - frame;
        final UnsafeBuffer other = segment.buffer;
        final int from = segment.frame;
        return length == segment.l3 - from
                && buffer.getLong(frame) == other.getLong(from)
                && buffer.getLong(frame + length - 8) == other.getLong(from + length - 8)
                && buffer.getInt(frame + 8) == other.getInt(from + 8);
    }

    /**
     * Same type of service, flags and TTL; identification counts up where it matters (RFC 6864).
     */
    private boolean isSameIpv4(final Segment segment) {
        final UnsafeBuffer other = segment.buffer;
        final int fragment = buffer.getShort(l3 + Ipv4Header.FRAGMENT_OFFSET, BIG_ENDIAN);
        final int expected = Ipv4Header.identification(buffer, l3) + segments & 0xffff;
        return buffer.getShort(l3) == other.getShort(segment.l3)
                && buffer.getInt(l3 + Ipv4Header.FRAGMENT_OFFSET)
                        == other.getInt(segment.l3 + Ipv4Header.FRAGMENT_OFFSET)
                && ((fragment & DONT_FRAGMENT) != 0
                        || Ipv4Header.identification(other, segment.l3) == expected);
    }

    /** Same traffic class, flow label and hop limit. */
    private boolean isSameIpv6(final Segment segment) {
        return buffer.getInt(l3) == segment.buffer.getInt(segment.l3)
                && Ipv6Header.hopLimit(buffer, l3)
                        == Ipv6Header.hopLimit(segment.buffer, segment.l3);
    }

    /** Makes the headers true. */
    void close() {
        batch.length(slot, end - frame);
        if (segments > 1) {
            closeSuperFrame();
        }
        owner = null;
        batch = null;
    }

    private void closeSuperFrame() {
        final int length = end - l4;
        final int pseudo;
        if (ipv4) {
            buffer.putShort(l3 + Ipv4Header.TOTAL_LENGTH_OFFSET, (short) (end - l3), BIG_ENDIAN);
            Checksums.putIpv4(buffer, l3);
            pseudo = Checksums.pseudoHeaderV4(buffer, l3, protocol, length);
        } else {
            buffer.putShort(l3 + Ipv6Header.PAYLOAD_LENGTH_OFFSET, (short) length, BIG_ENDIAN);
            pseudo = Checksums.pseudoHeaderV6(buffer, l3, protocol, length);
        }
        if (!isTcp()) {
            buffer.putShort(l4 + UdpHeader.LENGTH_OFFSET, (short) length, BIG_ENDIAN);
        }
        final int field = isTcp() ? TcpHeader.CHECKSUM_OFFSET : UdpHeader.CHECKSUM_OFFSET;
        buffer.putShort(l4 + field, (short) pseudo, BIG_ENDIAN);
        batch.offload(
                slot,
                Offload.NEEDS_CHECKSUM,
                gsoType(),
                segmentBytes,
                payload - frame,
                l4 - frame,
                field);
    }

    private int gsoType() {
        if (!isTcp()) {
            return Offload.GSO_UDP_L4;
        }
        return ipv4 ? Offload.GSO_TCPV4 : Offload.GSO_TCPV6;
    }
}
