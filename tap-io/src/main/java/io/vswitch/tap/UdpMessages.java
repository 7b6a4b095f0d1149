package io.vswitch.tap;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * An array of {@code struct mmsghdr} with room for an address and control messages each; owned by
 * one worker. Source: recvmmsg(2), cmsg(3).
 *
 * <pre>
 *   mmsghdr: name (64) | name length (32) | - (32) | iov (64) | iov count (64)
 *            | control (64) | control length (64) | flags (32) | - (32) | length (32) | - (32)
 *   cmsghdr: length (64) | level (32) | type (32), data, padded to 8 bytes
 * </pre>
 */
final class UdpMessages {
    static final int LENGTH = 64;
    static final int NAME_LENGTH = 8;
    static final int IOV = 16;
    static final int IOV_COUNT = 24;
    static final int CONTROL = 32;
    static final int CONTROL_LENGTH = 40;
    static final int FLAGS = 48;
    static final int BYTES = 56;
    static final int IOV_LENGTH = 16;
    static final int CONTROL_CAPACITY = 64;
    static final int CONTROL_HEADER_LENGTH = 16;

    final UnsafeBuffer headers;
    final UnsafeBuffer names;
    final UnsafeBuffer controls;
    final UnsafeBuffer iovs;

    UdpMessages(final int count, final int iovCount) {
        headers = Native.memory(count * LENGTH);
        names = Native.memory(count * UdpSocket.ADDRESS_CAPACITY);
        controls = Native.memory(count * CONTROL_CAPACITY);
        iovs = Native.memory(iovCount * IOV_LENGTH);
        for (int i = 0; i < count; i++) {
            headers.putLong(
                    i * LENGTH, names.addressOffset() + (long) i * UdpSocket.ADDRESS_CAPACITY);
            headers.putLong(
                    i * LENGTH + CONTROL, controls.addressOffset() + (long) i * CONTROL_CAPACITY);
        }
    }

    long address(final int message) {
        return headers.addressOffset() + (long) message * LENGTH;
    }

    void iov(final int index, final long address, final long length) {
        iovs.putLong(index * IOV_LENGTH, address);
        iovs.putLong(index * IOV_LENGTH + Long.BYTES, length);
    }
}
