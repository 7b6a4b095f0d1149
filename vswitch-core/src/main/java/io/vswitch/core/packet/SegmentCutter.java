package io.vswitch.core.packet;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.counters.DropReason;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Cuts a super-frame (TCP or UDP, over IPv4 or IPv6) into the frames that its sender would have
 * sent without segmentation offload; one instance per worker, used by its thread. Resumable: a full
 * target batch is sent and emptied, then the cutting goes on.
 *
 * <pre>
 *   cutter.begin(source, slot);                   // or a DropReason
 *   while (!cutter.isDone()) {
 *       if (cutter.cutInto(target) == 0) ...      // pool exhausted: the rest is lost
 *       send(target); target.releaseAll();
 *   }
 * </pre>
 *
 * Each frame repeats all headers, VLAN tags and extension headers included, with its own IP length,
 * IPv4 identification (counting up), TCP sequence number and full checksums. FIN and PSH stay on
 * the last frame only, CWR on the first (RFC 3168 section 6.1.2). Same as {@code tcp_gso_segment}
 * and {@code __udp_gso_segment} of the kernel.
 */
public final class SegmentCutter {
    private PacketBatch source;
    private int slot;
    private int headerBytes;
    private int payloadBytes;
    private int segmentBytes;
    private int segment;
    private int segments;

    /**
     * Starts with a parsed super-frame, which must stay as it is until {@link #isDone}.
     *
     * @return null, or {@link DropReason#SEGMENTATION_FAILED} when the frame is no super-frame, or
     *     its checksum covers other addresses than the header's (source routes).
     */
    public DropReason begin(final PacketBatch batch, final int superFrame) {
        segment = 0;
        segments = 0;
        final int flags = batch.parseFlags(superFrame);
        if (batch.gsoType(superFrame) == Offload.GSO_NONE
                || batch.gsoSize(superFrame) <= 0
                || (flags & (ParseFlag.TCP | ParseFlag.UDP)) == 0
                || hasOtherDestination(batch, superFrame, flags)) {
            return DropReason.SEGMENTATION_FAILED;
        }
        source = batch;
        slot = superFrame;
        segmentBytes = batch.gsoSize(superFrame);
        final int payload = batch.l4Offset(superFrame) + transportBytes(batch, superFrame, flags);
        headerBytes = payload - batch.offset(superFrame);
        payloadBytes = packetEnd(batch, superFrame, flags) - payload;
        segments = Math.max(1, (payloadBytes + segmentBytes - 1) / segmentBytes);
        return null;
    }

    private static boolean hasOtherDestination(
            final PacketBatch batch, final int slot, final int flags) {
        final int l3 = batch.l3Offset(slot);
        return (flags & ParseFlag.IPV4) != 0
                ? Ipv4Header.hasSourceRoute(batch.buffer(), l3)
                : Ipv6Header.pinsAddresses(batch.buffer(), l3);
    }

    private static int transportBytes(final PacketBatch batch, final int slot, final int flags) {
        return (flags & ParseFlag.TCP) != 0
                ? TcpHeader.headerLength(batch.buffer(), batch.l4Offset(slot))
                : UdpHeader.LENGTH;
    }

    /** Absolute offset of the IP packet's end. */
    private static int packetEnd(final PacketBatch batch, final int slot, final int flags) {
        final int l3 = batch.l3Offset(slot);
        return (flags & ParseFlag.IPV4) != 0
                ? l3 + Ipv4Header.totalLength(batch.buffer(), l3)
                : l3 + Ipv6Header.LENGTH + Ipv6Header.payloadLength(batch.buffer(), l3);
    }

    /** Frames still to be cut. */
    public int remaining() {
        return segments - segment;
    }

    public boolean isDone() {
        return segment == segments;
    }

    /**
     * Appends frames, with flow key and parse results of the super-frame and no offload request,
     * until the target is full, its pool is exhausted or all is done.
     *
     * @param target another batch than the source.
     * @return frames appended; 0 with a target that isn't full, before the end, means that the pool
     *     is exhausted.
     */
    public int cutInto(final PacketBatch target) {
        int cut = 0;
        while (!isDone() && !target.isFull() && cutOne(target)) {
            segment++;
            cut++;
        }
        return cut;
    }

    private boolean cutOne(final PacketBatch target) {
        final int done = segment * segmentBytes;
        final int bytes = Math.min(segmentBytes, payloadBytes - done);
        final int slab = target.pool().allocate(headerBytes + bytes);
        if (slab == PacketPool.NONE) {
            return false;
        }
        final UnsafeBuffer to = target.buffer();
        final int frame = target.pool().frameOffset(slab);
        final int from = source.offset(slot);
        to.putBytes(frame, source.buffer(), from, headerBytes);
        to.putBytes(frame + headerBytes, source.buffer(), from + headerBytes + done, bytes);
        final int piece = target.append(slab, frame, headerBytes + bytes);
        final int moved = frame - from;
        target.parsed(
                piece,
                source.l3Offset(slot) + moved,
                source.l4Offset(slot) + moved,
                source.parseFlags(slot));
        System.arraycopy(
                source.keys(),
                slot * FlowKey.WORDS,
                target.keys(),
                piece * FlowKey.WORDS,
                FlowKey.WORDS);
        mendHeaders(target, piece, done);
        return true;
    }

    private void mendHeaders(final PacketBatch target, final int piece, final int done) {
        final UnsafeBuffer b = target.buffer();
        final int l3 = target.l3Offset(piece);
        final int l4 = target.l4Offset(piece);
        final int end = target.offset(piece) + target.length(piece);
        if ((target.parseFlags(piece) & ParseFlag.IPV4) != 0) {
            final int identification = Ipv4Header.identification(b, l3) + segment;
            b.putShort(l3 + Ipv4Header.TOTAL_LENGTH_OFFSET, (short) (end - l3), BIG_ENDIAN);
            b.putShort(l3 + Ipv4Header.IDENTIFICATION_OFFSET, (short) identification, BIG_ENDIAN);
            Checksums.putIpv4(b, l3);
        } else {
            final int payload = end - l3 - Ipv6Header.LENGTH;
            b.putShort(l3 + Ipv6Header.PAYLOAD_LENGTH_OFFSET, (short) payload, BIG_ENDIAN);
        }
        if ((target.parseFlags(piece) & ParseFlag.TCP) != 0) {
            mendTcp(b, l4, done);
        } else {
            b.putShort(l4 + UdpHeader.LENGTH_OFFSET, (short) (end - l4), BIG_ENDIAN);
        }
        Checksums.putTransport(target, piece, end);
    }

    private void mendTcp(final UnsafeBuffer b, final int l4, final int done) {
        int flags = TcpHeader.flags(b, l4);
        if (segment > 0) {
            flags &= ~TcpHeader.CWR;
        }
        if (segment < segments - 1) {
            flags &= ~(TcpHeader.FIN | TcpHeader.PSH);
        }
        b.putByte(l4 + TcpHeader.FLAGS_OFFSET, (byte) flags);
        b.putInt(l4 + TcpHeader.SEQUENCE_OFFSET, TcpHeader.sequence(b, l4) + done, BIG_ENDIAN);
    }
}
