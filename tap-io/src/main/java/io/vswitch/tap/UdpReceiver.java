package io.vswitch.tap;

import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.port.DatagramQueue;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The receiving half of a {@link UdpQueue}, owned by one worker: messages straight into slabs with
 * one call. Source: recvmmsg(2), udp(7), ip(7), ipv6(7).
 */
final class UdpReceiver {
    /** As many trains as stay in the cache until they are written again. */
    private static final int FEW = 4;

    /** So many at most; each costs 10 ns to prepare, so twice what came last are asked for. */
    private static final int MAX = DatagramQueue.MAX_MESSAGES;

    private static final int LONG_BYTES = 8192;
    private static final long MAPPED = 0xffff_0000_0000L;

    private final UdpMessages messages = new UdpMessages(MAX, MAX);
    private final int[] slabs = new int[MAX];
    private final int[] segmentBytes = new int[MAX];
    private final int[] trafficClasses = new int[MAX];
    private final int fd;
    private final boolean v6;
    private int wanted = FEW;

    UdpReceiver(final UdpSocket socket) {
        fd = socket.fd();
        v6 = socket.isV6();
        for (int i = 0; i < MAX; i++) {
            final int at = i * UdpMessages.LENGTH;
            final long iov = messages.iovs.addressOffset() + (long) i * UdpMessages.IOV_LENGTH;
            messages.headers.putLong(at + UdpMessages.IOV, iov);
            messages.headers.putLong(at + UdpMessages.IOV_COUNT, 1);
        }
    }

    int receive(final PacketPool pool) {
        final int prepared = prepare(pool);
        if (prepared == 0) {
            return 0;
        }
        final int result = Native.LIBC.recvmmsg(fd, messages.address(0), prepared, 0, 0);
        final int received = Math.max(result, 0);
        for (int i = prepared - 1; i >= received; i--) {
            pool.release(slabs[i]);
        }
        int bytes = 0;
        for (int i = 0; i < received; i++) {
            bytes += length(i);
            readControl(i);
        }
        wanted = bytes > received * LONG_BYTES ? FEW : Math.min(FEW + 2 * received, MAX);
        return received;
    }

    private int prepare(final PacketPool pool) {
        final long base = pool.buffer().addressOffset();
        int count = 0;
        while (count < wanted) {
            final int slab = pool.allocateLarge();
            if (slab == PacketPool.NONE) {
                break;
            }
            slabs[count] = slab;
            messages.iov(count, base + pool.frameOffset(slab), PacketPool.LARGE_CAPACITY);
            final int at = count * UdpMessages.LENGTH;
            messages.headers.putInt(at + UdpMessages.NAME_LENGTH, UdpSocket.ADDRESS_CAPACITY);
            messages.headers.putLong(at + UdpMessages.CONTROL_LENGTH, UdpMessages.CONTROL_CAPACITY);
            count++;
        }
        return count;
    }

    private void readControl(final int message) {
        segmentBytes[message] = length(message);
        trafficClasses[message] = 0;
        final UnsafeBuffer control = messages.controls;
        int at = message * UdpMessages.CONTROL_CAPACITY;
        final int end =
                at
                        + messages.headers.getInt(
                                message * UdpMessages.LENGTH + UdpMessages.CONTROL_LENGTH);
        while (at + UdpMessages.CONTROL_HEADER_LENGTH <= end) {
            final int length = control.getInt(at);
            final int data = at + UdpMessages.CONTROL_HEADER_LENGTH;
            readControl(message, control.getInt(at + 8), control.getInt(at + 12), data);
            at += Math.max(length + 7 & ~7, UdpMessages.CONTROL_HEADER_LENGTH);
        }
    }

    private void readControl(final int message, final int level, final int type, final int data) {
        final UnsafeBuffer control = messages.controls;
        if (level == UdpSocket.SOL_UDP && type == UdpSocket.UDP_GRO) {
            final int segment = control.getInt(data);
            segmentBytes[message] = segment > 0 ? segment : length(message);
        } else if (level == UdpSocket.SOL_IP && type == UdpSocket.IP_TOS
                || level == UdpSocket.SOL_IPV6 && type == UdpSocket.IPV6_TCLASS) {
            trafficClasses[message] = control.getByte(data) & 0xff;
        }
    }

    int slab(final int message) {
        return slabs[message];
    }

    int length(final int message) {
        return messages.headers.getInt(message * UdpMessages.LENGTH + UdpMessages.BYTES);
    }

    int segmentBytes(final int message) {
        return segmentBytes[message];
    }

    int trafficClass(final int message) {
        return trafficClasses[message];
    }

    long sourceHigh(final int message) {
        final int name = message * UdpSocket.ADDRESS_CAPACITY;
        return v6 ? messages.names.getLong(name + 8, ByteOrder.BIG_ENDIAN) : 0;
    }

    long sourceLow(final int message) {
        final int name = message * UdpSocket.ADDRESS_CAPACITY;
        return v6
                ? messages.names.getLong(name + 16, ByteOrder.BIG_ENDIAN)
                : mapped(messages.names.getInt(name + 4, ByteOrder.BIG_ENDIAN));
    }

    /** Low half of an IPv4-mapped address. */
    static long mapped(final int ipv4) {
        return MAPPED | ipv4 & 0xffff_ffffL;
    }
}
