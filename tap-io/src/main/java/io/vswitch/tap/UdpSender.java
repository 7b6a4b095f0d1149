package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.port.DatagramQueue;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The sending half of a {@link UdpQueue}, owned by one worker: one call for all messages of a lane.
 * Source: sendmmsg(2), udp(7), ip(7), ipv6(7).
 */
final class UdpSender {
    private static final int CAPACITY = DatagramQueue.MAX_MESSAGES;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final UdpMessages messages = new UdpMessages(CAPACITY, DatagramQueue.MAX_PIECES);

    /** The messages of one lane side by side, where a flush has several lanes. */
    private final UnsafeBuffer gathered = Native.memory(CAPACITY * UdpMessages.LENGTH);

    private final int[] gatheredFrom = new int[CAPACITY];
    private final int[] lanes = new int[CAPACITY];
    private final DropReason[] failures = new DropReason[CAPACITY];
    private final int[] segments = new int[CAPACITY];
    private final UdpSingles singles = new UdpSingles();
    private final UdpErrors errors;
    private final UdpSocket[] sockets;
    private final boolean v6;
    private int count;
    private int pieces;
    private int firstPiece;

    UdpSender(final UdpSocket[] sockets, final UdpOptions options) {
        this.sockets = sockets;
        this.v6 = sockets[0].isV6();
        this.errors = new UdpErrors(v6);
        for (int i = 0; i < CAPACITY; i++) {
            final UnsafeBuffer names = messages.names;
            final int name = i * UdpSocket.ADDRESS_CAPACITY;
            names.putShort(name, (short) (v6 ? AF_INET6 : AF_INET));
            names.putShort(name + 2, (short) options.port(), ByteOrder.BIG_ENDIAN);
            messages.headers.putInt(i * UdpMessages.LENGTH + UdpMessages.NAME_LENGTH, v6 ? 28 : 16);
        }
    }

    void begin(final long high, final long low, final int lane, final int trafficClass) {
        final int name = count * UdpSocket.ADDRESS_CAPACITY;
        if (v6) {
            messages.names.putLong(name + 8, high, ByteOrder.BIG_ENDIAN);
            messages.names.putLong(name + 16, low, ByteOrder.BIG_ENDIAN);
        } else {
            messages.names.putInt(name + 4, (int) low, ByteOrder.BIG_ENDIAN);
        }
        lanes[count] = (lane & Integer.MAX_VALUE) % sockets.length;
        firstPiece = pieces;
        messages.headers.putLong(count * UdpMessages.LENGTH + UdpMessages.CONTROL_LENGTH, 0);
        if (trafficClass != 0) {
            control(
                    v6 ? UdpSocket.SOL_IPV6 : UdpSocket.SOL_IP,
                    v6 ? UdpSocket.IPV6_TCLASS : UdpSocket.IP_TOS,
                    Integer.BYTES,
                    trafficClass);
        }
    }

    private void control(final int level, final int type, final int length, final int value) {
        final int field = count * UdpMessages.LENGTH + UdpMessages.CONTROL_LENGTH;
        final int used = messages.headers.getInt(field);
        final int at = count * UdpMessages.CONTROL_CAPACITY + used;
        messages.controls.putLong(at, UdpMessages.CONTROL_HEADER_LENGTH + length);
        messages.controls.putInt(at + 8, level);
        messages.controls.putInt(at + 12, type);
        messages.controls.putInt(at + UdpMessages.CONTROL_HEADER_LENGTH, value);
        messages.headers.putLong(field, used + UdpMessages.CONTROL_HEADER_LENGTH + Long.BYTES);
    }

    void piece(final long address, final int length) {
        messages.iov(pieces++, address, length);
    }

    void end(final int segmentBytes) {
        if (segmentBytes != 0) {
            control(UdpSocket.SOL_UDP, UdpSocket.UDP_SEGMENT, Short.BYTES, segmentBytes);
        }
        segments[count] = segmentBytes;
        final int at = count * UdpMessages.LENGTH;
        messages.headers.putLong(
                at + UdpMessages.IOV,
                messages.iovs.addressOffset() + (long) firstPiece * UdpMessages.IOV_LENGTH);
        messages.headers.putLong(at + UdpMessages.IOV_COUNT, pieces - firstPiece);
        count++;
    }

    void flush() {
        Arrays.fill(failures, 0, count, null);
        int done = 0;
        for (int i = 0; i < count && done < count; i++) {
            final int lane = lanes[i];
            if (lane >= 0) {
                done += sendLane(lane, i);
            }
        }
        count = 0;
        pieces = 0;
    }

    /** Sends all messages of a lane, of which this one is the first; how many these were. */
    private int sendLane(final int lane, final int first) {
        int last = first;
        int size = 0;
        for (int i = first; i < count; i++) {
            if (lanes[i] == lane) {
                lanes[i] = -1;
                gatheredFrom[size++] = i;
                last = i;
            }
        }
        if (last - first + 1 == size) {
            send(sockets[lane].fd(), messages.address(first), size);
        } else {
            for (int i = 0; i < size; i++) {
                gathered.putBytes(
                        i * UdpMessages.LENGTH,
                        messages.headers,
                        gatheredFrom[i] * UdpMessages.LENGTH,
                        UdpMessages.LENGTH);
            }
            send(sockets[lane].fd(), gathered.addressOffset(), size);
        }
        return size;
    }

    /** Goes on behind a message that can't be sent. */
    private void send(final int fd, final long address, final int size) {
        int sent = 0;
        while (sent < size) {
            final long next = address + (long) sent * UdpMessages.LENGTH;
            final int result = Native.LIBC.sendmmsg(fd, next, size - sent, 0);
            if (result > 0) {
                sent += result;
            } else {
                failures[gatheredFrom[sent]] =
                        sendAgain(fd, gatheredFrom[sent], next, Native.errno());
                sent++;
            }
        }
    }

    /**
     * A first error may be the network's answer to an earlier datagram. A train may be refused for
     * what it is: by a device that makes no checksums (EIO, Linux before 6.11), or for the path's
     * MTU (EINVAL).
     */
    private DropReason sendAgain(
            final int fd, final int message, final long header, final int errno) {
        if (UdpErrors.isFull(errno)) {
            return UdpErrors.reason(errno);
        }
        errors.drain(fd);
        if (Native.LIBC.sendmmsg(fd, header, 1, 0) > 0) {
            return null;
        }
        final int second = Native.errno();
        final DropReason reason =
                segments[message] == 0 || UdpErrors.isFull(second)
                        ? UdpErrors.reason(second)
                        : singles.send(fd, messages, message, segments[message]);
        errors.drain(fd);
        return reason;
    }

    /** Hands over what the last flush learned. */
    void pathMtus(final DatagramQueue.PathMtuHandler handler) {
        errors.pathMtus(handler);
    }

    DropReason failure(final int message) {
        return failures[message];
    }
}
