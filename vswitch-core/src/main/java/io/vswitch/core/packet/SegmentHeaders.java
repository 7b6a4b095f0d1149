package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.counters.DropReason;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The headers of the frames that a super-frame (TCP or UDP, over IPv4 or IPv6) stands for; one
 * instance per user, used by a worker's thread. The payload of each frame stays where it is.
 *
 * <p>Each frame repeats all headers, VLAN tags and extension headers included, with its own IP
 * length, IPv4 identification (counting up), TCP sequence number and full checksums. FIN and PSH
 * stay on the last frame only, CWR on the first (RFC 3168 section 6.1.2). Same as {@code
 * tcp_gso_segment} and {@code __udp_gso_segment} of the kernel.
 *
 * <p>What the frames have in common is summed once, so that a frame costs the sum over its payload
 * and a few words.
 */
public final class SegmentHeaders {
    private DirectBuffer source;
    private int start;
    private int l3;
    private int l4;
    private int headerBytes;
    private int payload;
    private int payloadBytes;
    private int segmentBytes;
    private int segments;
    private boolean ipv4;
    private boolean tcp;

    /** Sum of the IPv4 header without length and identification. */
    private int networkSum;

    /** Sum of pseudo-header and transport header, without lengths, sequence and flags. */
    private int transportSum;

    /**
     * Looks at a parsed super-frame, which must stay as it is while it is asked for.
     *
     * @return null, or {@link DropReason#SEGMENTATION_FAILED} when the frame is no super-frame, or
     *     its checksum covers other addresses than the header's (source routes).
     */
    public DropReason begin(final PacketBatch batch, final int slot) {
        segments = 0;
        return batch.gsoType(slot) == Offload.GSO_NONE || batch.gsoSize(slot) <= 0
                ? DropReason.SEGMENTATION_FAILED
                : begin(batch, slot, batch.gsoSize(slot));
    }

    /**
     * As {@link #begin(PacketBatch, int)}, with smaller segments than the sender asked for. To TCP,
     * a stream, that is the same; any TCP frame can be cut so whose checksum isn't in doubt.
     *
     * @param maxPacketBytes longest IP packet.
     */
    public DropReason beginWithin(
            final PacketBatch batch, final int slot, final int maxPacketBytes) {
        segments = 0;
        final boolean tcp = (batch.parseFlags(slot) & ParseFlag.TCP) != 0;
        if (!tcp || (batch.parseFlags(slot) & ParseFlag.FIRST_FRAGMENT) != 0) {
            return DropReason.EXCEEDS_MTU;
        }
        final int header =
                batch.l4Offset(slot)
                        + TcpHeader.headerLength(batch.buffer(), batch.l4Offset(slot))
                        - batch.l3Offset(slot);
        final int asked =
                batch.gsoType(slot) == Offload.GSO_NONE ? maxPacketBytes : batch.gsoSize(slot);
        final int size = Math.min(asked, maxPacketBytes - header);
        return size <= 0 || batch.offloadFlags(slot) == 0
                ? DropReason.EXCEEDS_MTU
                : begin(batch, slot, size);
    }

    private DropReason begin(final PacketBatch batch, final int slot, final int size) {
        final int flags = batch.parseFlags(slot);
        if ((flags & (ParseFlag.TCP | ParseFlag.UDP)) == 0
                || hasOtherDestination(batch, slot, flags)) {
            return DropReason.SEGMENTATION_FAILED;
        }
        source = batch.buffer();
        start = batch.offset(slot);
        l3 = batch.l3Offset(slot);
        l4 = batch.l4Offset(slot);
        ipv4 = (flags & ParseFlag.IPV4) != 0;
        tcp = (flags & ParseFlag.TCP) != 0;
        segmentBytes = size;
        payload = l4 + (tcp ? TcpHeader.headerLength(source, l4) : UdpHeader.LENGTH);
        headerBytes = payload - start;
        payloadBytes = packetEnd() - payload;
        segments = Math.max(1, (payloadBytes + segmentBytes - 1) / segmentBytes);
        sumCommon();
        return null;
    }

    private static boolean hasOtherDestination(
            final PacketBatch batch, final int slot, final int flags) {
        final int l3 = batch.l3Offset(slot);
        return (flags & ParseFlag.IPV4) != 0
                ? Ipv4Header.hasSourceRoute(batch.buffer(), l3)
                : Ipv6Header.pinsAddresses(batch.buffer(), l3);
    }

    /** Absolute offset of the IP packet's end. */
    private int packetEnd() {
        return ipv4
                ? l3 + Ipv4Header.totalLength(source, l3)
                : l3 + Ipv6Header.LENGTH + Ipv6Header.payloadLength(source, l3);
    }

    private void sumCommon() {
        final int protocol = tcp ? IpProtocol.TCP : IpProtocol.UDP;
        if (ipv4) {
            networkSum =
                    without(
                            Checksums.sum(source, l3, Ipv4Header.headerLength(source, l3)),
                            Ipv4Header.totalLength(source, l3),
                            Ipv4Header.identification(source, l3),
                            Ipv4Header.checksum(source, l3));
            transportSum = Checksums.pseudoHeaderV4(source, l3, protocol, 0);
        } else {
            transportSum = Checksums.pseudoHeaderV6(source, l3, protocol, 0);
        }
        final int header = Checksums.sum(source, l4, payload - l4);
        final int own =
                tcp
                        ? without(
                                header,
                                source.getShort(l4 + TcpHeader.SEQUENCE_OFFSET, BIG_ENDIAN),
                                source.getShort(l4 + TcpHeader.SEQUENCE_OFFSET + 2, BIG_ENDIAN),
                                TcpHeader.checksum(source, l4),
                                TcpHeader.flags(source, l4))
                        : without(
                                header,
                                UdpHeader.length(source, l4),
                                UdpHeader.checksum(source, l4));
        transportSum = Checksums.add(transportSum, own);
    }

    private static int without(final int sum, final int first, final int second) {
        return Checksums.add(Checksums.add(sum, ~first & 0xffff), ~second & 0xffff);
    }

    private static int without(final int sum, final int first, final int second, final int third) {
        return Checksums.add(without(sum, first, second), ~third & 0xffff);
    }

    private static int without(
            final int sum, final int first, final int second, final int third, final int fourth) {
        return without(without(sum, first, second), third, fourth);
    }

    /** How many frames the super-frame stands for, at least 1. */
    public int count() {
        return segments;
    }

    /** Bytes of all headers of each frame. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Payload bytes of every frame but the last. */
    public int segmentBytes() {
        return segmentBytes;
    }

    /** Absolute offset, in the super-frame's buffer, of the payload of a frame. */
    public int payloadOffset(final int segment) {
        return payload + segment * segmentBytes;
    }

    /** Payload bytes of a frame. */
    public int payloadBytes(final int segment) {
        return Math.min(segmentBytes, payloadBytes - segment * segmentBytes);
    }

    /** Writes the {@link #headerBytes} of a frame. */
    public void write(final MutableDirectBuffer to, final int at, final int segment) {
        to.putBytes(at, source, start, headerBytes);
        final int bytes = payloadBytes(segment);
        final int network = at + l3 - start;
        final int transport = at + l4 - start;
        final int transportBytes = payload - l4 + bytes;
        if (ipv4) {
            writeIpv4(to, network, transportBytes, segment);
        } else {
            final int length = payload - l3 - Ipv6Header.LENGTH + bytes;
            to.putShort(network + Ipv6Header.PAYLOAD_LENGTH_OFFSET, (short) length, BIG_ENDIAN);
        }
        final int sum =
                Checksums.add(
                        Checksums.add(transportSum, transportBytes),
                        Checksums.sum(source, payloadOffset(segment), bytes));
        if (tcp) {
            writeTcp(to, transport, segment, sum);
        } else {
            writeUdp(to, transport, transportBytes, sum);
        }
    }

    private void writeIpv4(
            final MutableDirectBuffer to,
            final int at,
            final int transportBytes,
            final int segment) {
        final int length = l4 - l3 + transportBytes;
        final int id = Ipv4Header.identification(source, l3) + segment & 0xffff;
        final int sum = Checksums.add(Checksums.add(networkSum, length), id);
        to.putShort(at + Ipv4Header.TOTAL_LENGTH_OFFSET, (short) length, BIG_ENDIAN);
        to.putShort(at + Ipv4Header.IDENTIFICATION_OFFSET, (short) id, BIG_ENDIAN);
        to.putShort(at + Ipv4Header.CHECKSUM_OFFSET, (short) ~sum, BIG_ENDIAN);
    }

    private void writeTcp(
            final MutableDirectBuffer to, final int at, final int segment, final int others) {
        int flags = TcpHeader.flags(source, l4);
        if (segment > 0) {
            flags &= ~TcpHeader.CWR;
        }
        if (segment < segments - 1) {
            flags &= ~(TcpHeader.FIN | TcpHeader.PSH);
        }
        final int sequence = TcpHeader.sequence(source, l4) + segment * segmentBytes;
        final int sum =
                Checksums.fold((long) others + flags + (sequence >>> 16) + (sequence & 0xffff));
        to.putByte(at + TcpHeader.FLAGS_OFFSET, (byte) flags);
        to.putInt(at + TcpHeader.SEQUENCE_OFFSET, sequence, BIG_ENDIAN);
        to.putShort(at + TcpHeader.CHECKSUM_OFFSET, (short) ~sum, BIG_ENDIAN);
    }

    private static void writeUdp(
            final MutableDirectBuffer to, final int at, final int length, final int others) {
        final int checksum = ~Checksums.add(others, length) & 0xffff;
        to.putShort(at + UdpHeader.LENGTH_OFFSET, (short) length, BIG_ENDIAN);
        to.putShort(
                at + UdpHeader.CHECKSUM_OFFSET,
                (short) (checksum == 0 ? 0xffff : checksum),
                BIG_ENDIAN);
    }
}
