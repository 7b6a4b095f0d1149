package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A UDP socket bound to a local address: opened and closed by the conductor, its descriptor used by
 * workers. Source: udp(7), ip(7), ipv6(7), socket(7), {@code include/uapi/linux/udp.h}.
 *
 * <pre>
 *   sockaddr_in:  family (16) | port (16, network order) | address (32) | zero (64)
 *   sockaddr_in6: family (16) | port (16, network order) | flow (32) | address (128) | scope (32)
 * </pre>
 */
final class UdpSocket {
    static final int ADDRESS_CAPACITY = 32;
    static final int SOL_IP = 0;
    static final int SOL_UDP = 17;
    static final int SOL_IPV6 = 41;
    static final int IP_TOS = 1;
    static final int IPV6_TCLASS = 67;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NO_CHECK = 11;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int IP_TTL = 2;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_RECVERR = 11;
    private static final int IP_RECVTOS = 13;
    private static final int PMTUDISC_DONT = 0;
    private static final int PMTUDISC_DO = 2;
    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_RECVERR = 25;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVTCLASS = 66;
    private static final int UDP_NO_CHECK6_TX = 101;
    private static final int UDP_NO_CHECK6_RX = 102;

    /** The default of 208 KiB is three trains. */
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;

    private final InetAddress local;
    private final boolean v6;
    private final int fd;

    private UdpSocket(final InetAddress local) {
        this.local = local;
        this.v6 = local instanceof Inet6Address;
        this.fd =
                Native.check(
                        Native.LIBC.socket(
                                v6 ? AF_INET6 : AF_INET,
                                SOCK_DGRAM | Native.O_NONBLOCK | Native.O_CLOEXEC,
                                0),
                        "open a UDP socket");
    }

    /** The socket of one queue, that all peers send to. */
    static UdpSocket receiving(final UdpOptions options) {
        final UdpSocket socket = new UdpSocket(options.local());
        try {
            socket.set(SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER_BYTES);
            socket.set(SOL_SOCKET, SO_REUSEPORT, options.queues() > 1 ? 1 : 0);
            socket.set(SOL_UDP, UDP_GRO, 1);
            if (socket.v6) {
                socket.set(SOL_IPV6, IPV6_V6ONLY, 1);
                socket.set(SOL_IPV6, IPV6_RECVTCLASS, 1);
                socket.set(SOL_UDP, UDP_NO_CHECK6_RX, 1);
            } else {
                socket.set(SOL_IP, IP_RECVTOS, 1);
            }
            socket.bind(options.port());
            return socket;
        } catch (final SwitchException e) {
            socket.close();
            throw e;
        }
    }

    /** A socket that only sends, from a port of its own. */
    static UdpSocket sending(final UdpOptions options) {
        final UdpSocket socket = new UdpSocket(options.local());
        try {
            socket.refuseAll();
            socket.set(SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BUFFER_BYTES);
            final int discover = options.dontFragment() ? PMTUDISC_DO : PMTUDISC_DONT;
            if (socket.v6) {
                socket.set(SOL_IPV6, IPV6_V6ONLY, 1);
                socket.set(SOL_IPV6, IPV6_UNICAST_HOPS, options.ttl());
                socket.set(SOL_IPV6, IPV6_MTU_DISCOVER, discover);
                socket.set(SOL_IPV6, IPV6_RECVERR, 1);
                socket.set(SOL_UDP, UDP_NO_CHECK6_TX, options.checksum() ? 0 : 1);
            } else {
                socket.set(SOL_IP, IP_TTL, options.ttl());
                socket.set(SOL_IP, IP_MTU_DISCOVER, discover);
                socket.set(SOL_IP, IP_RECVERR, 1);
                socket.set(SOL_SOCKET, SO_NO_CHECK, options.checksum() ? 0 : 1);
            }
            socket.bind(0);
            return socket;
        } catch (final SwitchException e) {
            socket.close();
            throw e;
        }
    }

    int fd() {
        return fd;
    }

    /** The port it is bound to. */
    int port() {
        final UnsafeBuffer address = Native.memory(ADDRESS_CAPACITY);
        final UnsafeBuffer length = Native.memory(Integer.BYTES);
        length.putInt(0, ADDRESS_CAPACITY);
        Native.check(
                Native.LIBC.getsockname(fd, address.addressOffset(), length.addressOffset()),
                "read the port of a UDP socket");
        return address.getShort(2, ByteOrder.BIG_ENDIAN) & 0xffff;
    }

    boolean isV6() {
        return v6;
    }

    /** A filter that lets no datagram in: one instruction, {@code ret #0}. */
    private void refuseAll() {
        final UnsafeBuffer instruction = Native.memory(8);
        instruction.putShort(0, (short) 0x06);
        final UnsafeBuffer program = Native.memory(16);
        program.putShort(0, (short) 1);
        program.putLong(8, instruction.addressOffset());
        set(SOL_SOCKET, SO_ATTACH_FILTER, program);
    }

    private void bind(final int port) {
        final UnsafeBuffer address = Native.memory(ADDRESS_CAPACITY);
        final byte[] bytes = local.getAddress();
        address.putShort(2, (short) port, ByteOrder.BIG_ENDIAN);
        if (v6) {
            address.putShort(0, (short) AF_INET6);
            address.putBytes(8, bytes);
            address.putInt(24, ((Inet6Address) local).getScopeId());
        } else {
            address.putShort(0, (short) AF_INET);
            address.putBytes(4, bytes);
        }
        if (Native.LIBC.bind(fd, address.addressOffset(), v6 ? 28 : 16) < 0) {
            throw bindFailure(port, Native.errno());
        }
    }

    private SwitchException bindFailure(final int port, final int errno) {
        final String what = "bind UDP " + local.getHostAddress() + " port " + port;
        final String text = Native.failure(what, errno).getMessage();
        switch (errno) {
            case Native.EADDRINUSE:
                return new SwitchException(text + "; " + UdpPortOwner.describe(port));
            case Native.EADDRNOTAVAIL:
                return new SwitchException(text + "; it must be an address of this host");
            default:
                return new SwitchException(text);
        }
    }

    private void set(final int level, final int option, final int value) {
        final UnsafeBuffer argument = Native.memory(Integer.BYTES);
        argument.putInt(0, value);
        set(level, option, argument);
    }

    private void set(final int level, final int option, final UnsafeBuffer value) {
        Native.check(
                Native.LIBC.setsockopt(fd, level, option, value.addressOffset(), value.capacity()),
                "set option " + level + "/" + option + " of a UDP socket");
    }

    void close() {
        Native.LIBC.close(fd);
    }
}
