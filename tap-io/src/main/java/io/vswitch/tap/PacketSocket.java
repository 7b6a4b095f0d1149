package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An AF_PACKET socket bound to one device: opened and closed by the conductor, its descriptor used
 * by a worker. Source: packet(7), {@code include/uapi/linux/if_packet.h}.
 *
 * <pre>
 *   sockaddr_ll: family (16) | protocol (16, network order) | index (32) | hatype (16) | pkttype (8) | halen (8) | address (64)
 *   packet_mreq: index (32) | type (16) | length (16) | address (64)
 * </pre>
 */
final class PacketSocket {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int ETH_P_ALL = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_FANOUT_HASH = 0;
    private static final int PACKET_FANOUT_FLAG_UNIQUEID = 0x2000;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;

    /** The default of 208 KiB is three super-frames. */
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;

    private static final int ADDRESS_LENGTH = 20;
    private static final int ADDRESS_INDEX = 4;

    private final UnsafeBuffer bound = Native.memory(ADDRESS_LENGTH);
    private final UnsafeBuffer boundLength = Native.memory(Integer.BYTES);
    private final String device;
    private final int fd;

    /** Opens the socket in the calling thread's namespace. */
    PacketSocket(final String device) {
        this.device = device;
        // Protocol 0: nothing arrives from other devices before the bind.
        fd = Native.LIBC.socket(AF_PACKET, SOCK_RAW | Native.O_NONBLOCK | Native.O_CLOEXEC, 0);
        if (fd < 0) {
            final int errno = Native.errno();
            final String text =
                    Native.failure("open a packet socket on " + device, errno).getMessage();
            throw new SwitchException(errno == Native.EPERM ? text + "; needs CAP_NET_RAW" : text);
        }
        try {
            configure();
        } catch (final SwitchException e) {
            close();
            throw e;
        }
    }

    int fd() {
        return fd;
    }

    private void configure() {
        set(SOL_PACKET, PACKET_VNET_HDR, 1, "ask for virtio_net_hdr on ");
        set(SOL_PACKET, PACKET_AUXDATA, 1, "ask for VLAN tags on ");
        set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "ignore outgoing frames on ");
        set(SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER_BYTES, "set the receive buffer of ");
        set(SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BUFFER_BYTES, "set the send buffer of ");
        final int index = Interface.index(device);
        bind(index);
        final UnsafeBuffer request = Native.memory(16);
        request.putInt(0, index);
        request.putShort(4, (short) PACKET_MR_PROMISC);
        set(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, "make promiscuous ");
    }

    private void bind(final int index) {
        final UnsafeBuffer address = Native.memory(ADDRESS_LENGTH);
        address.putShort(0, (short) AF_PACKET);
        address.putShort(2, (short) ETH_P_ALL, ByteOrder.BIG_ENDIAN);
        address.putInt(ADDRESS_INDEX, index);
        Native.check(
                Native.LIBC.bind(fd, address.addressOffset(), ADDRESS_LENGTH),
                "bind a packet socket to " + device);
    }

    private void set(final int level, final int option, final int value, final String attempted) {
        final UnsafeBuffer argument = Native.memory(Integer.BYTES);
        argument.putInt(0, value);
        set(level, option, argument, attempted);
    }

    private void set(
            final int level, final int option, final UnsafeBuffer value, final String attempted) {
        Native.check(
                Native.LIBC.setsockopt(fd, level, option, value.addressOffset(), value.capacity()),
                attempted + device);
    }

    /**
     * Begins a group of sockets that share the device's frames by the hash of their flow, the same
     * in both directions.
     *
     * @return the group's number, chosen by the kernel.
     */
    int beginFanout() {
        set(
                SOL_PACKET,
                PACKET_FANOUT,
                (PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16,
                "share the frames of ");
        final UnsafeBuffer group = Native.memory(Integer.BYTES);
        final UnsafeBuffer length = Native.memory(Integer.BYTES);
        length.putInt(0, Integer.BYTES);
        Native.check(
                Native.LIBC.getsockopt(
                        fd,
                        SOL_PACKET,
                        PACKET_FANOUT,
                        group.addressOffset(),
                        length.addressOffset()),
                "read the packet group of " + device);
        return group.getInt(0) & 0xffff;
    }

    /** Takes part in the group that another socket of this device began. */
    void joinFanout(final int group) {
        set(SOL_PACKET, PACKET_FANOUT, PACKET_FANOUT_HASH << 16 | group, "share the frames of ");
    }

    /** Whether the device still exists; the worker's thread. */
    boolean isBound() {
        boundLength.putInt(0, ADDRESS_LENGTH);
        final int result =
                Native.LIBC.getsockname(fd, bound.addressOffset(), boundLength.addressOffset());
        return result == 0 && bound.getInt(ADDRESS_INDEX) > 0;
    }

    void close() {
        Native.LIBC.close(fd);
    }
}
