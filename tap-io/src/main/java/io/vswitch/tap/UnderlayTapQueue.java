package io.vswitch.tap;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.packet.Checksums;
import io.vswitch.core.packet.EthernetHeader;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.packet.Ipv4Header;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.packet.UdpHeader;
import io.vswitch.core.packet.VirtioNetHeader;
import io.vswitch.core.port.DatagramQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One worker's queue of an {@link UnderlayTap}, owned by it: outer packets whole, with the headers
 * that a socket would add and strip made and checked here. What is no datagram for us, or a broken
 * one, is handed over as an empty message, to be counted.
 */
final class UnderlayTapQueue {
    private static final int MAX = DatagramQueue.MAX_MESSAGES;

    /** As of a TAP: super-frames are to be still in the cache when they are written. */
    private static final int BURST_BYTES = 256 * 1024;

    private static final int HEADER = VirtioNetHeader.LENGTH_TUNNEL;
    private static final int UDP_AT = EthernetHeader.LENGTH + Ipv4Header.MIN_LENGTH;
    private static final int OUTER = UDP_AT + UdpHeader.LENGTH;

    /** So much before a slab's frame a packet is read, that the inner frame begins about there. */
    private static final int LEAD = HEADER + OUTER + 8;

    private static final int VERSION_AND_LENGTH = 0x45;
    private static final int DONT_FRAGMENT = 0x4000;

    private final int fd;
    private final int local;
    private final int port;
    private final int hops;
    private final boolean checksum;
    private final int fragmentField;
    private final int[] sourcePorts;

    private final int[] slabs = new int[MAX];
    private final int[] frames = new int[MAX];
    private final int[] payloads = new int[MAX];
    private final int[] lengths = new int[MAX];
    private final int[] segments = new int[MAX];
    private final int[] sources = new int[MAX];
    private final int[] trafficClasses = new int[MAX];
    private final boolean[] unfinished = new boolean[MAX];

    /**
     * @param sourcePorts of the lanes.
     */
    UnderlayTapQueue(final int fd, final UdpOptions options, final int[] sourcePorts) {
        this.fd = fd;
        this.local = new UnsafeBuffer(options.local().getAddress()).getInt(0, BIG_ENDIAN);
        this.port = options.port();
        this.hops = Math.min(options.ttl() + 1, 255); // to forward it takes one
        this.checksum = options.checksum();
        this.fragmentField = options.dontFragment() ? DONT_FRAGMENT : 0;
        this.sourcePorts = sourcePorts;
    }

    int fd() {
        return fd;
    }

    /** {@link DatagramQueue#receive}. */
    int receive(final PacketPool pool) {
        final UnsafeBuffer buffer = pool.buffer();
        int count = 0;
        int bytes = 0;
        while (count < MAX && bytes < BURST_BYTES) {
            final int slab = pool.allocateLarge();
            if (slab == PacketPool.NONE) {
                break;
            }
            final int header = pool.frameOffset(slab) - LEAD;
            final long capacity = (long) LEAD + PacketPool.LARGE_CAPACITY;
            final int read =
                    (int) Native.LIBC.read(fd, buffer.addressOffset() + header, capacity) - HEADER;
            if (read < 0) {
                pool.release(slab);
                break;
            }
            slabs[count] = slab;
            frames[count] = header + HEADER;
            take(count, buffer, header + HEADER + read);
            bytes += read;
            count++;
        }
        return count;
    }

    private void take(final int message, final UnsafeBuffer b, final int frameEnd) {
        final int l3 = frames[message] + EthernetHeader.LENGTH;
        payloads[message] = l3;
        lengths[message] = 0;
        segments[message] = 0;
        sources[message] = 0;
        trafficClasses[message] = 0;
        unfinished[message] = false;
        if (!isIpv4(b, l3, frameEnd)) {
            return;
        }
        final int l4 = l3 + Ipv4Header.headerLength(b, l3);
        sources[message] = b.getInt(l3 + Ipv4Header.SOURCE_OFFSET, BIG_ENDIAN);
        trafficClasses[message] = Ipv4Header.tos(b, l3);
        final int header = frames[message] - HEADER;
        if (isForUs(b, l3, l4, l3 + Ipv4Header.totalLength(b, l3))
                && (VirtioNetHeader.isTrusted(b, header) || isChecksumRight(b, l3, l4))) {
            takeDatagrams(message, b, l4, header);
        }
    }

    private static boolean isIpv4(final UnsafeBuffer b, final int l3, final int end) {
        return end - l3 >= Ipv4Header.MIN_LENGTH + UdpHeader.LENGTH
                && (b.getShort(l3 - Short.BYTES, BIG_ENDIAN) & 0xffff) == EthernetHeader.TYPE_IPV4
                && (b.getByte(l3) & 0xf0) == 0x40
                && Ipv4Header.headerLength(b, l3) >= Ipv4Header.MIN_LENGTH
                && Ipv4Header.totalLength(b, l3) <= end - l3
                && Checksums.sum(b, l3, Ipv4Header.headerLength(b, l3)) == 0xffff;
    }

    private boolean isForUs(final UnsafeBuffer b, final int l3, final int l4, final int end) {
        return Ipv4Header.protocol(b, l3) == IpProtocol.UDP
                && b.getInt(l3 + Ipv4Header.DESTINATION_OFFSET, BIG_ENDIAN) == local
                && UdpHeader.isValid(b, l4, end)
                && UdpHeader.destinationPort(b, l4) == port;
    }

    private static boolean isChecksumRight(final UnsafeBuffer b, final int l3, final int l4) {
        final int length = UdpHeader.length(b, l4);
        return UdpHeader.checksum(b, l4) == 0
                || Checksums.add(
                                Checksums.pseudoHeaderV4(b, l3, IpProtocol.UDP, length),
                                Checksums.sum(b, l4, length))
                        == 0xffff;
    }

    private void takeDatagrams(
            final int message, final UnsafeBuffer b, final int l4, final int header) {
        final int payload = l4 + UdpHeader.LENGTH;
        final int length = UdpHeader.length(b, l4) - UdpHeader.LENGTH;
        final boolean tunnel = VirtioNetHeader.isTunnel(b, header);
        final boolean train = VirtioNetHeader.gsoType(b, header) == Offload.GSO_UDP_L4;
        final boolean open =
                VirtioNetHeader.needsChecksum(b, header)
                        && frames[message] + VirtioNetHeader.checksumStart(b, header) > payload;
        if (tunnel && !open) {
            return;
        }
        payloads[message] = payload;
        lengths[message] = length;
        segments[message] = train ? Math.max(1, VirtioNetHeader.gsoSize(b, header)) : length;
        unfinished[message] = open && !train;
    }

    int slab(final int message) {
        return slabs[message];
    }

    int offset(final int message) {
        return payloads[message];
    }

    int length(final int message) {
        return lengths[message];
    }

    int segmentBytes(final int message) {
        return segments[message];
    }

    long source(final int message) {
        return UdpReceiver.mapped(sources[message]);
    }

    int trafficClass(final int message) {
        return trafficClasses[message];
    }

    boolean isUnfinished(final int message) {
        return unfinished[message];
    }

    /** {@link DatagramQueue#offload}; the slot's frame lies where it was read. */
    void offload(final int message, final PacketBatch batch, final int slot) {
        final int frame = frames[message];
        VirtioNetHeader.decodeInner(
                batch.buffer(), frame - HEADER, batch, slot, batch.offset(slot) - frame);
    }

    /** {@link DatagramQueue#sendWhole}. */
    DropReason send(
            final long low,
            final int lane,
            final int trafficClass,
            final PacketBatch batch,
            final int slot,
            final int shimBytes) {
        final UnsafeBuffer b = batch.buffer();
        final int length = batch.length(slot) + shimBytes + UdpHeader.LENGTH;
        final int l4 = batch.offset(slot) - shimBytes - UdpHeader.LENGTH;
        final int l3 = l4 - Ipv4Header.MIN_LENGTH;
        final int frame = l3 - EthernetHeader.LENGTH;
        VirtioNetHeader.encodeTunnel(
                b, frame - HEADER, batch, slot, OUTER + shimBytes, UDP_AT, checksum);
        b.putLong(frame, 0); // the neighbour's and the device's own MAC come instead
        b.putInt(frame + 8, 0);
        b.putShort(l3 - Short.BYTES, (short) EthernetHeader.TYPE_IPV4, BIG_ENDIAN);
        putIpv4(b, l3, length, (int) low, trafficClass);
        b.putShort(
                l4,
                (short) sourcePorts[(lane & Integer.MAX_VALUE) % sourcePorts.length],
                BIG_ENDIAN);
        b.putShort(l4 + 2, (short) port, BIG_ENDIAN);
        b.putShort(l4 + 4, (short) length, BIG_ENDIAN);
        final int sum = checksum ? Checksums.pseudoHeaderV4(b, l3, IpProtocol.UDP, length) : 0;
        b.putShort(l4 + UdpHeader.CHECKSUM_OFFSET, (short) sum, BIG_ENDIAN);
        final long start = b.addressOffset() + frame - HEADER;
        final long total = (long) HEADER + UDP_AT + length;
        return Native.LIBC.write(fd, start, total) >= 0 ? null : failure(Native.errno());
    }

    private void putIpv4(
            final UnsafeBuffer b,
            final int l3,
            final int length,
            final int to,
            final int trafficClass) {
        b.putByte(l3, (byte) VERSION_AND_LENGTH);
        b.putByte(l3 + 1, (byte) trafficClass);
        b.putShort(l3 + 2, (short) (Ipv4Header.MIN_LENGTH + length), BIG_ENDIAN);
        b.putInt(l3 + 4, fragmentField, BIG_ENDIAN);
        b.putByte(l3 + 8, (byte) hops);
        b.putByte(l3 + 9, (byte) IpProtocol.UDP);
        b.putInt(l3 + Ipv4Header.SOURCE_OFFSET, local, BIG_ENDIAN);
        b.putInt(l3 + Ipv4Header.DESTINATION_OFFSET, to, BIG_ENDIAN);
        Checksums.putIpv4(b, l3);
    }

    private static DropReason failure(final int errno) {
        switch (errno) {
            case Native.EAGAIN:
            case Native.ENOBUFS:
                return DropReason.TX_QUEUE_FULL;
            case Native.EINVAL:
                return DropReason.MALFORMED_OFFLOAD;
            default:
                return DropReason.TX_ERROR;
        }
    }
}
