package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds network devices of the calling thread's namespace by something other than their name; used
 * by the conductor. Source: rtnetlink(7), {@code include/uapi/linux/if_link.h}, {@code if_addr.h}.
 */
final class LinkSearch implements AutoCloseable {
    private static final int RTM_GETLINK = 18;
    private static final int RTM_GETADDR = 22;
    private static final int DUMP = NetlinkSocket.REQUEST | NetlinkSocket.DUMP;
    private static final int LINK_HEADER_LENGTH = 16;
    private static final int ADDRESS_HEADER_LENGTH = 8;
    private static final int INDEX = 4;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_VXLAN_PORT = 15;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;

    private final NetlinkSocket socket = new NetlinkSocket();
    private int found;
    private String foundName;

    /**
     * MTU of the device that has this address, bytes.
     *
     * @throws SwitchException when no device has it.
     */
    int mtuOf(final InetAddress address) {
        final int index = indexOf(address);
        socket.query(
                links(),
                "list devices",
                0,
                offset -> {
                    if (index(offset) == index) {
                        found = mtu(offset);
                    }
                });
        return found;
    }

    private int indexOf(final InetAddress address) {
        found = -1;
        final byte[] wanted = address.getAddress();
        final NetlinkRequest request = new NetlinkRequest(RTM_GETADDR, DUMP).int32(0).int32(0);
        socket.query(
                request,
                "list addresses",
                0,
                offset -> {
                    if (hasAddress(offset, wanted)) {
                        found = index(offset);
                    }
                });
        if (found < 0) {
            throw new SwitchException(
                    "no device has address "
                            + address.getHostAddress()
                            + "; it must be an address of this host");
        }
        return found;
    }

    private boolean hasAddress(final int offset, final byte[] wanted) {
        final NetlinkAttributes attributes = attributes(offset, ADDRESS_HEADER_LENGTH);
        while (attributes.next()) {
            final int type = attributes.type();
            if ((type == IFA_LOCAL || type == IFA_ADDRESS)
                    && Arrays.equals(attributes.bytes(), wanted)) {
                return true;
            }
        }
        return false;
    }

    private int mtu(final int offset) {
        final NetlinkAttributes attributes = attributes(offset, LINK_HEADER_LENGTH);
        while (attributes.next()) {
            if (attributes.type() == IFLA_MTU) {
                return attributes.int32();
            }
        }
        return 0;
    }

    /** Name of a vxlan device of the kernel that receives at this UDP port, or null. */
    String vxlanDevice(final int port) {
        foundName = null;
        socket.query(
                links(),
                "list devices",
                0,
                offset -> {
                    final String name = vxlanName(offset, port);
                    foundName = name == null ? foundName : name;
                });
        return foundName;
    }

    private String vxlanName(final int offset, final int port) {
        final NetlinkAttributes attributes = attributes(offset, LINK_HEADER_LENGTH);
        String name = null;
        boolean matches = false;
        while (attributes.next()) {
            if (attributes.type() == IFLA_IFNAME) {
                name = attributes.string();
            } else if (attributes.type() == IFLA_LINKINFO) {
                matches = isVxlanAt(attributes.nested(), port);
            }
        }
        return matches ? name : null;
    }

    private static boolean isVxlanAt(final NetlinkAttributes info, final int port) {
        boolean vxlan = false;
        boolean samePort = false;
        while (info.next()) {
            if (info.type() == IFLA_INFO_KIND) {
                vxlan = info.string().equals("vxlan");
            } else if (info.type() == IFLA_INFO_DATA) {
                // the kernel says the kind first; other kinds have something else at this number
                samePort = vxlan && hasPort(info.nested(), port);
            }
        }
        return vxlan && samePort;
    }

    private static boolean hasPort(final NetlinkAttributes data, final int port) {
        while (data.next()) {
            if (data.type() == IFLA_VXLAN_PORT) {
                final UnsafeBuffer value = new UnsafeBuffer(data.bytes());
                return (value.getShort(0, ByteOrder.BIG_ENDIAN) & 0xffff) == port;
            }
        }
        return false;
    }

    private static NetlinkRequest links() {
        return new NetlinkRequest(RTM_GETLINK, DUMP).int32(0).int32(0).int32(0).int32(0);
    }

    private int index(final int offset) {
        return socket.answer().getInt(offset + NetlinkRequest.HEADER_LENGTH + INDEX);
    }

    private NetlinkAttributes attributes(final int offset, final int headerLength) {
        final UnsafeBuffer answer = socket.answer();
        return new NetlinkAttributes(
                answer,
                offset + NetlinkRequest.HEADER_LENGTH + headerLength,
                offset + answer.getInt(offset));
    }

    @Override
    public void close() {
        socket.close();
    }
}
