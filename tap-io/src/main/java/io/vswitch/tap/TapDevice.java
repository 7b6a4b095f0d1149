package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.packet.VirtioNetHeader;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The control calls on TAP descriptors, stateless; run by the conductor, inside the namespace where
 * the device lives. Source: {@code include/uapi/linux/if_tun.h},
 * Documentation/networking/tuntap.rst.
 */
final class TapDevice {
    private static final String CONTROL = "/dev/net/tun";
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNGETDEVNETNS = 0x54e3L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8L;
    private static final long TUNSETCARRIER = 0x400454e2L;

    private static final int IFF_TAP = 0x0002;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;

    private static final int TUN_F_CSUM = 1;
    private static final int TUN_F_TSO = 2 | 4 | 8;
    private static final int TUN_F_USO = 0x20 | 0x40;
    private static final int TUN_F_UDP_TUNNEL_GSO = 0x80 | 0x100;
    private static final int TAKES_TSO =
            Offload.TAKES_CHECKSUM | Offload.TAKES_TSO4 | Offload.TAKES_TSO6 | Offload.TAKES_ECN;

    /** Largest first; USO needs Linux 6.2. */
    private static final int[] OFFLOAD_SETS = {
        TUN_F_CSUM | TUN_F_TSO | TUN_F_USO, TUN_F_CSUM | TUN_F_TSO, TUN_F_CSUM
    };

    private static final int[] TAKES = {
        TAKES_TSO | Offload.TAKES_USO, TAKES_TSO, Offload.TAKES_CHECKSUM
    };

    private static final int IFREQ_LENGTH = 40;
    private static final int IFREQ_FLAGS = 16;

    private TapDevice() {}

    /**
     * A non-blocking descriptor of a new queue.
     *
     * @param device created or attached to; a name with {@code %d} gets a free number.
     */
    static int openQueue(final TapOptions options, final String device) {
        return openQueue(options, device, VirtioNetHeader.LENGTH);
    }

    /** {@link #openQueue} with the header that tells of tunnels. */
    static int openTunnelQueue(final TapOptions options, final String device) {
        return openQueue(options, device, VirtioNetHeader.LENGTH_TUNNEL);
    }

    private static int openQueue(
            final TapOptions options, final String device, final int headerLength) {
        final int fd = openControl(options.device());
        try {
            attach(fd, options, device);
            if (options.vnetHeader()) {
                setInt(
                        fd,
                        TUNSETVNETHDRSZ,
                        headerLength,
                        "set virtio_net_hdr length of " + options.device());
            }
            setInt(fd, TUNSETCARRIER, 1, "set carrier of " + options.device());
            return fd;
        } catch (final SwitchException e) {
            Native.LIBC.close(fd);
            throw e;
        }
    }

    private static int openControl(final String device) {
        final int fd =
                Native.LIBC.open(CONTROL, Native.O_RDWR | Native.O_NONBLOCK | Native.O_CLOEXEC, 0);
        if (fd >= 0) {
            return fd;
        }
        final int errno = Native.errno();
        final SwitchException failure =
                Native.failure("open " + CONTROL + " for TAP '" + device + "'", errno);
        switch (errno) {
            case Native.ENOENT:
            case Native.ENODEV:
            case Native.ENXIO:
                throw new SwitchException(
                        failure.getMessage() + "; needs the kernel module tun (modprobe tun)");
            case Native.EACCES:
            case Native.EPERM:
                throw new SwitchException(
                        failure.getMessage() + "; needs read and write permission on " + CONTROL);
            default:
                throw failure;
        }
    }

    private static void attach(final int fd, final TapOptions options, final String device) {
        final UnsafeBuffer request = Native.memory(IFREQ_LENGTH);
        request.putStringWithoutLengthAscii(0, device);
        final int flags =
                IFF_TAP
                        | IFF_NO_PI
                        | (options.vnetHeader() ? IFF_VNET_HDR : 0)
                        | (options.queues() > 1 ? IFF_MULTI_QUEUE : 0);
        request.putShort(IFREQ_FLAGS, (short) flags);
        if (Native.LIBC.ioctl(fd, TUNSETIFF, request.addressOffset()) < 0) {
            throw attachFailure(options, Native.errno());
        }
    }

    private static SwitchException attachFailure(final TapOptions options, final int errno) {
        final String text =
                Native.failure("open TAP '" + options.device() + "'", errno).getMessage();
        switch (errno) {
            case Native.EPERM:
                return new SwitchException(text + "; needs CAP_NET_ADMIN in its network namespace");
            case Native.EBUSY:
                return new SwitchException(text + "; another process has it open");
            case Native.EINVAL:
                return new SwitchException(
                        text
                                + "; the name belongs to another kind of device, or to a TAP that"
                                + " is "
                                + (options.queues() > 1 ? "not multi-queue" : "multi-queue"));
            default:
                return new SwitchException(text);
        }
    }

    /** Name of the descriptor's device. */
    static String name(final int fd) {
        final UnsafeBuffer request = Native.memory(IFREQ_LENGTH);
        Native.check(
                Native.LIBC.ioctl(fd, TUNGETIFF, request.addressOffset()), "read name of a TAP");
        int length = 0;
        while (request.getByte(length) != 0) {
            length++;
        }
        return request.getStringWithoutLengthAscii(0, length);
    }

    /**
     * A descriptor of the namespace where the descriptor's device lives, or negative. Since Linux
     * 5.3.
     */
    static int namespace(final int fd) {
        return Native.LIBC.ioctl(fd, TUNGETDEVNETNS, 0);
    }

    /**
     * Asks for the largest set of offloads the kernel has; returns TAKES flags of {@link Offload}.
     */
    static int setOffloads(final int fd) {
        for (int i = 0; i < OFFLOAD_SETS.length; i++) {
            if (Native.LIBC.ioctl(fd, TUNSETOFFLOAD, OFFLOAD_SETS[i]) == 0) {
                return TAKES[i];
            }
        }
        return 0;
    }

    /** Asks for super-frames in UDP tunnels, too; false where the kernel has them not. */
    static boolean setTunnelOffloads(final int fd) {
        return Native.LIBC.ioctl(fd, TUNSETOFFLOAD, OFFLOAD_SETS[0] | TUN_F_UDP_TUNNEL_GSO) == 0;
    }

    static void clearOffloads(final int fd) {
        Native.LIBC.ioctl(fd, TUNSETOFFLOAD, 0);
    }

    static void setPersistent(final int fd, final String device, final boolean on) {
        Native.check(
                Native.LIBC.ioctl(fd, TUNSETPERSIST, on ? 1 : 0),
                "make TAP '" + device + "' persistent");
    }

    private static void setInt(
            final int fd, final long request, final int value, final String attempted) {
        final UnsafeBuffer argument = Native.memory(Integer.BYTES);
        argument.putInt(0, value);
        Native.check(Native.LIBC.ioctl(fd, request, argument.addressOffset()), attempted);
    }
}
