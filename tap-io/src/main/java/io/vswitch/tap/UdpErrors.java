package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.port.DatagramQueue.PathMtuHandler;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What went wrong with datagrams that were sent, owned by one worker: the errors of the calls, and
 * what the network answered later, which the kernel keeps in the sockets' error queues. Source:
 * ip(7) IP_RECVERR, {@code include/uapi/linux/errqueue.h}.
 *
 * <pre>
 *   sock_extended_err: errno (32) | origin (8) | type (8) | code (8) | - (8) | info (32) | data (32)
 * </pre>
 */
final class UdpErrors {
    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int IP_RECVERR = 11;
    private static final int IPV6_RECVERR = 25;
    private static final int INFO = 8;
    private static final int CONTROL_BYTES = 512;

    /** Read at a time; the rest waits for the next error. */
    private static final int MAX_READ = 16;

    private final UnsafeBuffer message = Native.memory(UdpMessages.LENGTH);
    private final UnsafeBuffer name = Native.memory(UdpSocket.ADDRESS_CAPACITY);
    private final UnsafeBuffer control = Native.memory(CONTROL_BYTES);
    private final long[] high = new long[MAX_READ];
    private final long[] low = new long[MAX_READ];
    private final int[] mtu = new int[MAX_READ];
    private final boolean v6;
    private int count;

    UdpErrors(final boolean v6) {
        this.v6 = v6;
        message.putLong(0, name.addressOffset());
        message.putLong(UdpMessages.CONTROL, control.addressOffset());
    }

    /** True when trying again makes no sense: the kernel has no room now. */
    static boolean isFull(final int errno) {
        return errno == Native.EAGAIN || errno == Native.ENOBUFS;
    }

    static DropReason reason(final int errno) {
        if (isFull(errno)) {
            return DropReason.TX_QUEUE_FULL;
        }
        return errno == Native.EMSGSIZE ? DropReason.EXCEEDS_MTU : DropReason.TX_ERROR;
    }

    /** Takes what a socket's error queue holds, and with it the error of the next call. */
    void drain(final int fd) {
        for (int i = 0; i < MAX_READ; i++) {
            message.putInt(UdpMessages.NAME_LENGTH, UdpSocket.ADDRESS_CAPACITY);
            message.putLong(UdpMessages.CONTROL_LENGTH, CONTROL_BYTES);
            if (Native.LIBC.recvmsg(fd, message.addressOffset(), MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
                return;
            }
            readControl();
        }
    }

    private void readControl() {
        final int end = message.getInt(UdpMessages.CONTROL_LENGTH);
        int at = 0;
        while (at + UdpMessages.CONTROL_HEADER_LENGTH + INFO + Integer.BYTES <= end) {
            final int level = control.getInt(at + 8);
            final int type = control.getInt(at + 12);
            if (level == UdpSocket.SOL_IP && type == IP_RECVERR
                    || level == UdpSocket.SOL_IPV6 && type == IPV6_RECVERR) {
                keep(at + UdpMessages.CONTROL_HEADER_LENGTH);
            }
            at += Math.max(control.getInt(at) + 7 & ~7, UdpMessages.CONTROL_HEADER_LENGTH);
        }
    }

    private void keep(final int error) {
        final int info = control.getInt(error + INFO);
        if (control.getInt(error) == Native.EMSGSIZE && info > 0 && count < MAX_READ) {
            high[count] = v6 ? name.getLong(8, ByteOrder.BIG_ENDIAN) : 0;
            low[count] =
                    v6
                            ? name.getLong(16, ByteOrder.BIG_ENDIAN)
                            : UdpReceiver.mapped(name.getInt(4, ByteOrder.BIG_ENDIAN));
            mtu[count++] = info;
        }
    }

    /** Hands over the MTUs that were read. */
    void pathMtus(final PathMtuHandler handler) {
        for (int i = 0; i < count; i++) {
            handler.onPathMtu(high[i], low[i], mtu[i]);
        }
        count = 0;
    }
}
