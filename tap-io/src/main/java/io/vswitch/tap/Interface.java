package io.vswitch.tap;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads attributes of a network device by ioctl, in the calling thread's namespace; conductor.
 * Source: netdevice(7).
 */
final class Interface {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | Native.O_CLOEXEC;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final int IFREQ_LENGTH = 40;
    private static final int IFREQ_VALUE = 16;

    private Interface() {}

    /** MTU, bytes. */
    static int mtu(final String device) {
        return get(device, SIOCGIFMTU, "read MTU of ");
    }

    /** Interface index. */
    static int index(final String device) {
        return get(device, SIOCGIFINDEX, "look up device ");
    }

    private static int get(final String device, final long request, final String attempted) {
        final int fd =
                Native.check(Native.LIBC.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0), "open a socket");
        try {
            final UnsafeBuffer memory = Native.memory(IFREQ_LENGTH);
            memory.putStringWithoutLengthAscii(0, device);
            Native.check(
                    Native.LIBC.ioctl(fd, request, memory.addressOffset()), attempted + device);
            return memory.getInt(IFREQ_VALUE);
        } finally {
            Native.LIBC.close(fd);
        }
    }
}
