package io.vswitch.tap;

import io.vswitch.core.engine.SwitchException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A TAP beside the sockets of a tunnel endpoint, through which super-frames cross the kernel uncut,
 * both ways: opened and closed by the conductor, each queue used by its worker. Where a device
 * can't cut them the kernel does.
 *
 * <p>Two rules of nftables at the ingress hook tie it to the device that has the local address: all
 * datagrams to our port come to the TAP, in their order, and what is written to the TAP leaves
 * through the device to its neighbours. Routing and the host's own filter don't see either, so only
 * peers in the subnet of the local address are reached so. Source: Documentation/networking/
 * tuntap.rst, virtio 1.4 section 5.1.6.2 ({@code VIRTIO_NET_F_HOST_UDP_TUNNEL_GSO}), nft(8) {@code
 * fwd}.
 */
final class UnderlayTap implements AutoCloseable {
    private static final String NAME = "vsx%d";

    /** Before whatever else hooks in there. */
    private static final int PRIORITY = -300;

    /** The largest of a TAP (IP_MAX_MTU less an Ethernet header). */
    private static final int MTU = 65_521;

    private final UdpOptions options;
    private final int[] descriptors;
    private final int network;
    private final int mask;
    private String device;
    private NftTable table;

    private UnderlayTap(final UdpOptions options) {
        this.options = options;
        this.descriptors = new int[options.queues()];
        Arrays.fill(descriptors, -1);
        final InterfaceAddress address = address(options.local());
        this.mask = (int) (-1L << 32 - address.getNetworkPrefixLength());
        this.network = bits(options.local()) & mask;
    }

    /**
     * Opens it in the calling thread's namespace, which is that of the options.
     *
     * @throws SwitchException with one line that says what is missing; nothing is left behind.
     */
    static UnderlayTap open(final UdpOptions options) {
        if (!(options.local() instanceof Inet4Address)) {
            throw new SwitchException("super-frames cross the kernel uncut over IPv4 only");
        }
        final UnderlayTap tap = new UnderlayTap(options);
        try {
            tap.openDevice();
            tap.table = NftTable.open("netdev " + tap.tableName(), tap.rules());
            return tap;
        } catch (final SwitchException e) {
            tap.close();
            throw e;
        }
    }

    private static NetworkInterface link(final InetAddress local) {
        try {
            final NetworkInterface link = NetworkInterface.getByInetAddress(local);
            if (link == null || link.isLoopback() || link.getHardwareAddress() == null) {
                throw new SwitchException(
                        local.getHostAddress() + " isn't the address of an Ethernet device");
            }
            return link;
        } catch (final SocketException e) {
            throw new SwitchException("device of " + local.getHostAddress() + ": " + e);
        }
    }

    private static InterfaceAddress address(final InetAddress local) {
        return link(local).getInterfaceAddresses().stream()
                .filter(address -> address.getAddress().equals(local))
                .findFirst()
                .orElseThrow(() -> new SwitchException("no device has " + local.getHostAddress()));
    }

    private void openDevice() {
        final TapOptions tap = new TapOptions("underlay").device("vsx").queues(descriptors.length);
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = TapDevice.openTunnelQueue(tap, i == 0 ? NAME : device);
            device = TapDevice.name(descriptors[i]);
            if (!TapDevice.setTunnelOffloads(descriptors[i])) {
                throw new SwitchException("TAPs take tunnels uncut from Linux 6.17 on");
            }
        }
        silence();
        try (LinkConfig config = LinkConfig.open(options.namespace())) {
            config.setMtu(device, MTU);
            config.setUp(device, true);
        }
    }

    /** Keeps the kernel from announcing itself there. */
    private void silence() {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6"), "1");
        } catch (final IOException e) {
            return; // no IPv6, or no right to: what the kernel sends is counted as malformed
        }
    }

    /** Another process's may be about to go. */
    private String tableName() {
        return "vswitch_" + ProcessHandle.current().pid() + "_" + device;
    }

    private String rules() {
        final String below = link(options.local()).getName();
        final String local = options.local().getHostAddress();
        final String hook =
                "add chain netdev %s %s { type filter hook ingress device \"%s\" priority %d;"
                        + " policy %s; }\n";
        return String.format(hook, tableName(), "in", below, PRIORITY, "accept")
                + String.format(
                        "add rule netdev %s in ip daddr %s ip frag-off & 0x3fff == 0"
                                + " udp dport %d fwd to \"%s\"\n",
                        tableName(), local, options.port(), device)
                + String.format(hook, tableName(), "out", device, PRIORITY, "drop")
                + String.format(
                        "add rule netdev %s out ip saddr %s fwd ip to ip daddr device \"%s\"\n",
                        tableName(), local, below);
    }

    /** Name of the TAP. */
    String device() {
        return device;
    }

    UnderlayTapQueue queue(final int index, final int[] sourcePorts) {
        return new UnderlayTapQueue(descriptors[index], options, sourcePorts);
    }

    /**
     * Whether a destination is a neighbour.
     *
     * @param ipv4 in network order; any thread.
     */
    boolean reaches(final int ipv4) {
        return (ipv4 & mask) == network;
    }

    private static int bits(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        int bits = 0;
        for (final byte b : bytes) {
            bits = bits << 8 | b & 0xff;
        }
        return bits;
    }

    @Override
    public void close() {
        if (table != null) {
            table.close();
        }
        for (final int fd : descriptors) {
            if (fd >= 0) {
                Native.LIBC.close(fd);
            }
        }
    }
}
