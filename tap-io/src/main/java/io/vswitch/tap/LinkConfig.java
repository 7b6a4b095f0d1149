package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads and configures the network devices of one namespace over rtnetlink; used by the conductor,
 * on any thread. While open it keeps the namespace alive, so keep it short. Each failure is one
 * line: what was attempted and the kernel's answer. Source: rtnetlink(7), {@code
 * include/uapi/linux/if_link.h}, {@code if_addr.h}, {@code rtnetlink.h}.
 */
public final class LinkConfig implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;

    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IFF_UP = 1;
    private static final int IFF_LOWER_UP = 0x10000;
    private static final int IFA_F_NODAD = 2;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_STATIC = 4;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RTN_UNICAST = 1;

    private static final int LINK_HEADER_LENGTH = 16;
    private static final int LINK_INDEX = 4;
    private static final int LINK_FLAGS = 8;
    private static final int ADDRESS_HEADER_LENGTH = 8;
    private static final int ADDRESS_PREFIX_LENGTH = 1;
    private static final int ADDRESS_INDEX = 4;
    private static final int MAX_BROADCAST_PREFIX = 30;

    private static final int DO = NetlinkSocket.REQUEST | NetlinkSocket.ACKNOWLEDGE;
    private static final int ADD = DO | NetlinkSocket.CREATE | NetlinkSocket.EXCLUSIVE;

    private final NetlinkSocket socket;

    private LinkConfig(final NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * @throws SwitchException when the namespace can't be entered.
     */
    public static LinkConfig open(final NetworkNamespace namespace) {
        return new LinkConfig(namespace.call(NetlinkSocket::new));
    }

    /** The device of this name, if there is one. */
    public Optional<LinkInfo> find(final String device) {
        final List<LinkInfo> found = new ArrayList<>(1);
        final NetlinkRequest request =
                link(RTM_GETLINK, DO, 0, 0, 0).attribute(IFLA_IFNAME, device);
        socket.query(
                request,
                "look up device " + device,
                Native.ENODEV,
                offset -> found.add(linkInfo(offset)));
        return found.stream().findFirst();
    }

    /**
     * The TAP with this MAC, whatever it is called, if there is one.
     *
     * @param mac six hex bytes with colons, in lower case.
     */
    public Optional<LinkInfo> findTap(final String mac) {
        final List<LinkInfo> found = new ArrayList<>();
        final NetlinkRequest request =
                link(RTM_GETLINK, NetlinkSocket.REQUEST | NetlinkSocket.DUMP, 0, 0, 0);
        socket.query(request, "list devices", 0, offset -> found.add(linkInfo(offset)));
        return found.stream()
                .filter(link -> link.kind().equals("tun") && link.mac().equals(mac))
                .findFirst();
    }

    /**
     * @throws SwitchException when there is no device of this name.
     */
    public LinkInfo get(final String device) {
        return find(device)
                .orElseThrow(() -> new SwitchException("device '" + device + "' not found"));
    }

    private static NetlinkRequest link(
            final int type,
            final int netlinkFlags,
            final int index,
            final int flags,
            final int changed) {
        return new NetlinkRequest(type, netlinkFlags)
                .int8(AF_UNSPEC)
                .int8(0)
                .int16(0)
                .int32(index)
                .int32(flags)
                .int32(changed);
    }

    private LinkInfo linkInfo(final int offset) {
        final UnsafeBuffer answer = socket.answer();
        final int header = offset + NetlinkRequest.HEADER_LENGTH;
        final NetlinkAttributes attributes =
                new NetlinkAttributes(
                        answer, header + LINK_HEADER_LENGTH, offset + answer.getInt(offset));
        String name = "";
        String mac = "";
        String kind = "";
        int mtu = 0;
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFLA_IFNAME -> name = attributes.string();
                case IFLA_ADDRESS -> mac = MacText.of(attributes.bytes());
                case IFLA_MTU -> mtu = attributes.int32();
                case IFLA_LINKINFO -> kind = kind(attributes.nested());
                default -> {}
            }
        }
        final int flags = answer.getInt(header + LINK_FLAGS);
        final boolean isUp = (flags & IFF_UP) != 0;
        final boolean hasCarrier = (flags & IFF_LOWER_UP) != 0;
        return new LinkInfo(
                answer.getInt(header + LINK_INDEX), name, mac, mtu, isUp, hasCarrier, kind);
    }

    private static String kind(final NetlinkAttributes attributes) {
        while (attributes.next()) {
            if (attributes.type() == IFLA_INFO_KIND) {
                return attributes.string();
            }
        }
        return "";
    }

    /** Brings a device up or down; nothing happens when it is so already. */
    public void setUp(final String device, final boolean up) {
        final int index = get(device).index();
        socket.execute(
                link(RTM_NEWLINK, DO, index, up ? IFF_UP : 0, IFF_UP),
                "bring " + device + (up ? " up" : " down"),
                0);
    }

    /**
     * @param mac six hex bytes with colons.
     */
    public void setMac(final String device, final String mac) {
        final byte[] bytes = MacText.parse(mac);
        socket.execute(
                change(device).attribute(IFLA_ADDRESS, bytes),
                "set MAC of " + device + " to " + mac,
                0);
    }

    /**
     * @param mtu bytes.
     */
    public void setMtu(final String device, final int mtu) {
        socket.execute(
                change(device).attribute(IFLA_MTU, mtu), "set MTU of " + device + " to " + mtu, 0);
    }

    /** Gives a device, which must be down, another name. */
    public void rename(final String device, final String newName) {
        socket.execute(
                change(device).attribute(IFLA_IFNAME, TapOptions.requireName(newName)),
                "rename " + device + " to " + newName,
                0);
    }

    /**
     * Moves a device into another namespace under another name; its addresses and routes are lost.
     */
    public void move(final String device, final NetworkNamespace target, final String newName) {
        final NetlinkRequest request = change(device);
        final int fd = target.descriptor();
        try {
            socket.execute(
                    request.attribute(IFLA_NET_NS_FD, fd).attribute(IFLA_IFNAME, newName),
                    "move device " + newName + " into network namespace '" + target + "'",
                    0);
        } finally {
            Native.LIBC.close(fd);
        }
    }

    private NetlinkRequest change(final String device) {
        return link(RTM_NEWLINK, DO, get(device).index(), 0, 0);
    }

    /** Deletes a virtual device; false when it isn't there. */
    public boolean delete(final String device) {
        final Optional<LinkInfo> found = find(device);
        return found.isPresent()
                && socket.execute(
                                link(RTM_DELLINK, DO, found.get().index(), 0, 0),
                                "delete device " + device,
                                Native.ENODEV)
                        == 0;
    }

    /**
     * Adds an address, usable at once: IPv6 without duplicate address detection. Fine if it is
     * there already.
     *
     * @param address like {@code 10.0.0.2/24} or {@code fd00::2/64}.
     */
    public void ensureAddress(final String device, final String address) {
        addAddress(device, address, Native.EEXIST);
    }

    /** {@link #ensureAddress} that fails when the address is there already. */
    public void addAddress(final String device, final String address) {
        addAddress(device, address, 0);
    }

    private void addAddress(final String device, final String text, final int tolerated) {
        final IpPrefix prefix = IpPrefix.parse(text);
        final NetlinkRequest request =
                new NetlinkRequest(RTM_NEWADDR, ADD)
                        .int8(prefix.isIpv6() ? AF_INET6 : AF_INET)
                        .int8(prefix.length())
                        .int8(prefix.isIpv6() ? IFA_F_NODAD : 0)
                        .int8(RT_SCOPE_UNIVERSE)
                        .int32(get(device).index())
                        .attribute(IFA_LOCAL, prefix.bytes())
                        .attribute(IFA_ADDRESS, prefix.bytes());
        if (!prefix.isIpv6() && prefix.length() <= MAX_BROADCAST_PREFIX) {
            request.attribute(IFA_BROADCAST, prefix.broadcastBytes());
        }
        socket.execute(request, "add address " + text + " to " + device, tolerated);
    }

    /** Addresses of a device, like {@code 10.0.0.2/24}, both families. */
    public List<String> addresses(final String device) {
        final int index = get(device).index();
        final List<String> found = new ArrayList<>();
        final NetlinkRequest request =
                new NetlinkRequest(RTM_GETADDR, NetlinkSocket.REQUEST | NetlinkSocket.DUMP)
                        .int32(AF_UNSPEC)
                        .int32(0);
        socket.query(
                request,
                "list addresses of " + device,
                0,
                offset -> addAddressOf(index, offset, found));
        return found;
    }

    private void addAddressOf(final int index, final int offset, final List<String> found) {
        final UnsafeBuffer answer = socket.answer();
        final int header = offset + NetlinkRequest.HEADER_LENGTH;
        if (answer.getInt(header + ADDRESS_INDEX) != index) {
            return;
        }
        final NetlinkAttributes attributes =
                new NetlinkAttributes(
                        answer, header + ADDRESS_HEADER_LENGTH, offset + answer.getInt(offset));
        byte[] address = null;
        while (attributes.next()) {
            // A point-to-point IPv4 address has its peer in IFA_ADDRESS and itself in IFA_LOCAL.
            if (attributes.type() == IFA_LOCAL
                    || attributes.type() == IFA_ADDRESS && address == null) {
                address = attributes.bytes();
            }
        }
        found.add(text(address) + "/" + (answer.getByte(header + ADDRESS_PREFIX_LENGTH) & 0xff));
    }

    private static String text(final byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (final UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Adds a route through a device; fine if it is there already.
     *
     * @param destination a prefix, or {@code default}.
     * @param gateway next hop's address, or null when the destination is on the link.
     */
    public void ensureRoute(final String device, final String destination, final String gateway) {
        final InetAddress via = gateway == null ? null : IpPrefix.parseAddress(gateway);
        final boolean ipv6 = via != null && via.getAddress().length == 16;
        final IpPrefix prefix =
                IpPrefix.parse(
                        destination.equals("default") ? ipv6 ? "::/0" : "0.0.0.0/0" : destination);
        final NetlinkRequest request =
                new NetlinkRequest(RTM_NEWROUTE, ADD)
                        .int8(prefix.isIpv6() ? AF_INET6 : AF_INET)
                        .int8(prefix.length())
                        .int8(0)
                        .int8(0)
                        .int8(RT_TABLE_MAIN)
                        .int8(RTPROT_STATIC)
                        .int8(via == null && !prefix.isIpv6() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE)
                        .int8(RTN_UNICAST)
                        .int32(0)
                        .attribute(RTA_OIF, get(device).index());
        if (prefix.length() > 0) {
            request.attribute(RTA_DST, prefix.networkBytes());
        }
        if (via != null) {
            request.attribute(RTA_GATEWAY, via.getAddress());
        }
        final String text =
                "add route "
                        + destination
                        + (gateway == null ? "" : " via " + gateway)
                        + " to "
                        + device;
        socket.execute(request, text, Native.EEXIST);
    }

    @Override
    public void close() {
        socket.close();
    }
}
