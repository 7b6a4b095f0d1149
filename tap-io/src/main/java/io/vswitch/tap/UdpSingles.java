package io.vswitch.tap;

import io.vswitch.core.counters.DropReason;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends the datagrams of a train one by one, where it can't be sent as one; owned by one worker.
 */
final class UdpSingles {
    private final UnsafeBuffer header = Native.memory(UdpMessages.LENGTH);

    /**
     * Sends the pieces of a train as datagrams; none of them reaches over the end of a datagram.
     *
     * @return null when one was sent at least, else why none was.
     */
    DropReason send(
            final int fd, final UdpMessages messages, final int message, final int segmentBytes) {
        final int at = message * UdpMessages.LENGTH;
        header.putBytes(0, messages.headers, at, UdpMessages.LENGTH);
        keepTrafficClass();
        long iov = header.getLong(UdpMessages.IOV);
        final long end = iov + header.getLong(UdpMessages.IOV_COUNT) * UdpMessages.IOV_LENGTH;
        final long base = messages.iovs.addressOffset();
        boolean sent = false;
        DropReason reason = null;
        while (iov < end) {
            int bytes = 0;
            int pieces = 0;
            for (long next = iov; next < end && bytes < segmentBytes; pieces++) {
                bytes += messages.iovs.getInt((int) (next - base) + Long.BYTES);
                next += UdpMessages.IOV_LENGTH;
            }
            header.putLong(UdpMessages.IOV, iov);
            header.putLong(UdpMessages.IOV_COUNT, pieces);
            if (Native.LIBC.sendmmsg(fd, header.addressOffset(), 1, 0) > 0) {
                sent = true;
            } else {
                reason = UdpErrors.reason(Native.errno());
            }
            iov += (long) pieces * UdpMessages.IOV_LENGTH;
        }
        return sent ? null : reason;
    }

    /** UDP_SEGMENT is the last control message. */
    private void keepTrafficClass() {
        final long segment = UdpMessages.CONTROL_HEADER_LENGTH + Long.BYTES;
        header.putLong(
                UdpMessages.CONTROL_LENGTH, header.getLong(UdpMessages.CONTROL_LENGTH) - segment);
    }
}
