package io.vswitch.vxlan;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Ipv6Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.packet.SegmentHeaders;
import io.vswitch.core.packet.TcpHeader;
import io.vswitch.core.packet.UdpHeader;
import io.vswitch.core.port.DatagramQueue;
import io.vswitch.core.port.TransmitFailure;
import java.util.Arrays;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The sending half of a VTEP at one worker, owned by it and shared by its tunnels: puts VXLAN
 * headers before frames and sends them. Neighbours of one length, flow and way leave as a train; a
 * super-frame leaves as trains of the frames it stands for, with headers made here and its payload
 * taken from where it lies.
 */
final class Outbound {
    private static final int CAPACITY = PacketBatch.CAPACITY;

    /** Room for the headers of the segments that are sent with one call. */
    private static final int SCRATCH_BYTES = 256 * 1024;

    private static final int MAX_IP_BYTES = 65_535;

    private final DatagramQueue socket;
    private final Remotes remotes;
    private final int overhead;

    /** Of the underlay's device. */
    private final int mtu;

    private final SegmentHeaders segments = new SegmentHeaders();
    private final UnsafeBuffer scratch =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(SCRATCH_BYTES, 64));
    private final DropReason[] reasons = new DropReason[CAPACITY];
    private final boolean[] sent = new boolean[CAPACITY];
    private final int[] firstOf = new int[DatagramQueue.MAX_MESSAGES];
    private final int[] lastOf = new int[DatagramQueue.MAX_MESSAGES];

    private final DatagramQueue.PathMtuHandler pathMtuHandler = this::onPathMtu;

    private PacketBatch batch;
    private int vni;
    private int messages;
    private int pieces;
    private int scratchUsed;

    /** The message that has been begun and not ended. */
    private boolean open;

    private int openRemote;
    private int openLane;
    private int openClass;
    private int openSegment;
    private int openBytes;
    private int openCount;

    Outbound(final Vtep vtep, final DatagramQueue socket) {
        this.socket = socket;
        this.remotes = vtep.remotes();
        this.overhead = vtep.overheadBytes();
        this.mtu = vtep.mtu();
    }

    /** {@link io.vswitch.core.port.PortQueue#transmit} of a tunnel. */
    int transmit(
            final TunnelPort tunnel,
            final PacketBatch from,
            final int[] slots,
            final int count,
            final TransmitFailure failed) {
        batch = from;
        vni = tunnel.vni();
        final int[] flood = tunnel.peers().flood;
        Arrays.fill(reasons, 0, count, DropReason.NO_DESTINATION);
        Arrays.fill(sent, 0, count, false);
        for (int i = 0; i < count; i++) {
            final int remote = from.remote(slots[i]);
            if (remote != PacketBatch.NO_REMOTE) {
                send(i, slots[i], remote);
            } else {
                for (final int peer : flood) {
                    send(i, slots[i], peer);
                }
            }
        }
        flush();
        return report(slots, count, failed);
    }

    private int report(final int[] slots, final int count, final TransmitFailure failed) {
        int total = 0;
        for (int i = 0; i < count; i++) {
            if (sent[i]) {
                total++;
            } else {
                failed.onFailure(slots[i], reasons[i]);
            }
        }
        return total;
    }

    private void send(final int index, final int slot, final int remote) {
        if (remote > remotes.count()) {
            return;
        }
        final int lane = Entropy.of(batch.keys(), slot * FlowKey.WORDS);
        final int trafficClass = trafficClass(slot);
        final int pathMtu = remotes.mtu(remote);
        if (pathMtu != 0 && !fits(slot, pathMtu)) {
            final DropReason reason = segments.beginWithin(batch, slot, innerMtu(slot, pathMtu));
            sendSegments(index, reason, remote, lane, trafficClass);
        } else if (batch.gsoType(slot) == Offload.GSO_NONE) {
            sendFrame(index, slot, remote, lane, trafficClass);
        } else if (passesWhole(slot, remote)) {
            sendWhole(index, slot, remote, lane, trafficClass);
        } else {
            sendSegments(index, segments.begin(batch, slot), remote, lane, trafficClass);
        }
    }

    /** A super-frame that the kernel takes and whose segments fit the underlay's device. */
    private boolean passesWhole(final int slot, final int remote) {
        return batch.length(slot) + overhead <= MAX_IP_BYTES
                && socket.takesWhole(remotes.high(remote), remotes.low(remote))
                && batch.l3Offset(slot) - batch.offset(slot) == EthernetHeader.LENGTH
                && (batch.parseFlags(slot) & (ParseFlag.IPV4 | ParseFlag.IPV6)) != 0
                && fits(slot, mtu);
    }

    private void sendWhole(
            final int index,
            final int slot,
            final int remote,
            final int lane,
            final int trafficClass) {
        flush();
        VxlanHeader.encode(batch.buffer(), batch.offset(slot) - VxlanHeader.LENGTH, vni);
        final DropReason reason =
                socket.sendWhole(
                        remotes.high(remote),
                        remotes.low(remote),
                        lane,
                        trafficClass,
                        batch,
                        slot,
                        VxlanHeader.LENGTH);
        if (reason == null) {
            sent[index] = true;
        } else {
            reasons[index] = reason;
        }
    }

    /** Longest inner IP packet on a way that takes outer ones of {@code outerMtu} bytes. */
    private int innerMtu(final int slot, final int outerMtu) {
        return outerMtu
                - overhead
                + EthernetHeader.LENGTH
                - (batch.l3Offset(slot) - batch.offset(slot));
    }

    /** True when the packet, or each segment of the super-frame, passes. */
    private boolean fits(final int slot, final int outerMtu) {
        final int l3 = batch.l3Offset(slot);
        int end = batch.offset(slot) + batch.length(slot);
        if (batch.gsoType(slot) != Offload.GSO_NONE) {
            final int l4 = batch.l4Offset(slot);
            final boolean tcp = (batch.parseFlags(slot) & ParseFlag.TCP) != 0;
            final int header = tcp ? TcpHeader.headerLength(batch.buffer(), l4) : UdpHeader.LENGTH;
            end = l4 + header + batch.gsoSize(slot);
        }
        return end - l3 <= innerMtu(slot, outerMtu);
    }

    /** DSCP and ECN of the inner packet, for the outer one too (RFC 6040 section 4.1). */
    private int trafficClass(final int slot) {
        final int flags = batch.parseFlags(slot);
        if ((flags & ParseFlag.IPV4) != 0) {
            return Ipv4Header.tos(batch.buffer(), batch.l3Offset(slot));
        }
        return (flags & ParseFlag.IPV6) != 0
                ? Ipv6Header.trafficClass(batch.buffer(), batch.l3Offset(slot))
                : 0;
    }

    private void sendFrame(
            final int index,
            final int slot,
            final int remote,
            final int lane,
            final int trafficClass) {
        Checksums.complete(batch, slot);
        final int start = batch.offset(slot) - VxlanHeader.LENGTH;
        final int length = batch.length(slot) + VxlanHeader.LENGTH;
        VxlanHeader.encode(batch.buffer(), start, vni);
        if (!joins(remote, lane, trafficClass, length)) {
            begin(index, remote, lane, trafficClass, length);
        }
        lastOf[messages] = index;
        piece(batch.buffer().addressOffset() + start, length);
        openCount++;
        openBytes += length;
        if (length < openSegment || openCount == socket.maxSegments()) {
            end();
        }
    }

    private boolean joins(
            final int remote, final int lane, final int trafficClass, final int length) {
        return open
                && remote == openRemote
                && lane == openLane
                && trafficClass == openClass
                && length <= openSegment
                && openBytes + length <= DatagramQueue.MAX_MESSAGE_BYTES
                && pieces < DatagramQueue.MAX_PIECES;
    }

    private void begin(
            final int index,
            final int remote,
            final int lane,
            final int trafficClass,
            final int segment) {
        end();
        if (messages == DatagramQueue.MAX_MESSAGES || pieces == DatagramQueue.MAX_PIECES) {
            flush();
        }
        open = true;
        openRemote = remote;
        openLane = lane;
        openClass = trafficClass;
        openSegment = segment;
        openBytes = 0;
        openCount = 0;
        firstOf[messages] = index;
        lastOf[messages] = index;
        socket.begin(remotes.high(remote), remotes.low(remote), lane, trafficClass);
    }

    private void piece(final long address, final int length) {
        pieces++;
        socket.piece(address, length);
    }

    private void end() {
        if (open) {
            open = false;
            messages++;
            socket.end(openCount > 1 ? openSegment : 0);
        }
    }

    /** A super-frame that {@link #segments} has begun with, unless it gave a reason. */
    private void sendSegments(
            final int index,
            final DropReason reason,
            final int remote,
            final int lane,
            final int trafficClass) {
        if (reason != null) {
            reasons[index] = reason;
            return;
        }
        final int headerBytes = VxlanHeader.LENGTH + segments.headerBytes();
        final int datagram = headerBytes + segments.segmentBytes();
        final int stride = BitUtil.align(headerBytes, Long.BYTES);
        final int count = segments.count();
        final int perMessage =
                Math.min(
                        Math.min(socket.maxSegments(), count),
                        Math.min(
                                Math.max(1, DatagramQueue.MAX_MESSAGE_BYTES / datagram),
                                SCRATCH_BYTES / stride));
        for (int first = 0; first < count; first += perMessage) {
            final int size = Math.min(perMessage, count - first);
            if (scratchUsed + size * stride > SCRATCH_BYTES
                    || pieces + 2 * size > DatagramQueue.MAX_PIECES) {
                end();
                flush();
            }
            begin(index, remote, lane, trafficClass, datagram);
            for (int i = first; i < first + size; i++) {
                addSegment(i, headerBytes, stride);
            }
            end();
        }
    }

    private void addSegment(final int segment, final int headerBytes, final int stride) {
        VxlanHeader.encode(scratch, scratchUsed, vni);
        segments.write(scratch, scratchUsed + VxlanHeader.LENGTH, segment);
        piece(scratch.addressOffset() + scratchUsed, headerBytes);
        final int bytes = segments.payloadBytes(segment);
        if (bytes > 0) {
            piece(batch.buffer().addressOffset() + segments.payloadOffset(segment), bytes);
        }
        scratchUsed += stride;
        openCount++;
    }

    private void onPathMtu(final long high, final long low, final int mtu) {
        final int remote = remotes.find(high, low);
        if (remote != Remotes.NONE) {
            remotes.mtu(remote, mtu);
        }
    }

    private void flush() {
        end();
        if (messages == 0) {
            return;
        }
        socket.flush();
        socket.pathMtus(pathMtuHandler);
        for (int i = 0; i < messages; i++) {
            final DropReason failure = socket.failure(i);
            for (int index = firstOf[i]; index <= lastOf[i]; index++) {
                if (failure == null) {
                    sent[index] = true;
                } else {
                    reasons[index] = failure;
                }
            }
        }
        messages = 0;
        pieces = 0;
        scratchUsed = 0;
    }
}
