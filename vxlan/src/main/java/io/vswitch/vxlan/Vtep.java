package io.vswitch.vxlan;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.packet.Offload;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;
import io.vswitch.core.port.Underlay;
import java.net.InetAddress;
import java.security.SecureRandom;

/**
 * A VXLAN tunnel endpoint (RFC 7348): one local address and UDP port that the tunnels of all
 * overlay networks share. Opened and used by the conductor, its queues each by one worker.
 *
 * <p>It is a port itself, on no network: added to the switch before its first tunnel and removed
 * after its last. It reads the sockets where no tunnel does, and it is where packets are counted
 * that are dropped before anybody knows which network they belong to.
 */
public final class Vtep implements Port {
    private static final int IPV4_OVERHEAD = 20 + 8 + VxlanHeader.LENGTH + 14;
    private static final int IPV6_OVERHEAD = 40 + 8 + VxlanHeader.LENGTH + 14;

    private final String name;
    private final Underlay underlay;
    private final Remotes remotes = new Remotes(new SecureRandom().nextLong());
    private final VtepQueue[] queues;
    private final Outbound[] outbound;
    private volatile Tunnels tunnels = Tunnels.NONE;

    /** The underlay is closed with the VTEP. */
    public Vtep(final String name, final Underlay underlay) {
        this.name = name;
        this.underlay = underlay;
        this.queues = new VtepQueue[underlay.queueCount()];
        this.outbound = new Outbound[queues.length];
        for (int i = 0; i < queues.length; i++) {
            outbound[i] = new Outbound(this, underlay.queue(i));
            queues[i] = new VtepQueue(new Inbound(this, underlay.queue(i), i));
        }
    }

    /**
     * The number of another tunnel endpoint, from now on and as long as the VTEP lives: 1 to {@link
     * io.vswitch.core.packet.PacketBatch#MAX_REMOTE}.
     *
     * @throws SwitchException when it is our own address, no single host's, of the other address
     *     family, or one too many.
     */
    public int remote(final InetAddress address) {
        final String text = "peer " + address.getHostAddress();
        if (address.equals(underlay.local())) {
            throw new SwitchException(text + " is this host's own tunnel address");
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            throw new SwitchException(text + "; allowed: the address of one host");
        }
        if (address.getAddress().length != underlay.local().getAddress().length) {
            throw new SwitchException(
                    text + "; the local tunnel address is " + underlay.local().getHostAddress());
        }
        final int number = remotes.add(Remotes.high(address), Remotes.low(address));
        if (number == Remotes.NONE) {
            throw new SwitchException(text + "; allowed: " + Remotes.CAPACITY + " peers");
        }
        return number;
    }

    /** Address of a tunnel endpoint by its number; any thread. */
    public InetAddress address(final int remote) {
        return remotes.address(remote);
    }

    /** Whether a number is an endpoint's. */
    boolean knows(final int remote) {
        return remote > 0 && remote <= remotes.count();
    }

    /** Numbers given out so far, learned ones included; any thread. */
    public int remoteCount() {
        return remotes.count();
    }

    /**
     * The way of one overlay network to its remote endpoints, to be added to the switch as a port
     * of that network.
     *
     * @param vni 0 to {@link VxlanHeader#MAX_VNI}.
     * @throws SwitchException when another tunnel has this VNI.
     */
    public synchronized TunnelPort tunnel(final String tunnelName, final int vni) {
        VxlanHeader.requireVni(vni);
        final TunnelPort other = tunnels.find(vni);
        if (other != null) {
            throw new SwitchException(
                    "VNI " + vni + " of '" + tunnelName + "' is that of '" + other.name() + "'");
        }
        final TunnelPort tunnel = new TunnelPort(this, tunnelName, vni);
        tunnels = tunnels.with(tunnel);
        return tunnel;
    }

    synchronized void remove(final TunnelPort tunnel) {
        tunnels = tunnels.without(tunnel);
    }

    Tunnels tunnels() {
        return tunnels;
    }

    Remotes remotes() {
        return remotes;
    }

    Underlay underlay() {
        return underlay;
    }

    Inbound inbound(final int worker) {
        return queues[worker].inbound();
    }

    Outbound outbound(final int worker) {
        return outbound[worker];
    }

    VtepQueue vtepQueue(final int worker) {
        return queues[worker];
    }

    /** Bytes of all outer headers of a packet, the inner Ethernet header included. */
    int overheadBytes() {
        return underlay.local().getAddress().length == 4 ? IPV4_OVERHEAD : IPV6_OVERHEAD;
    }

    @Override
    public String name() {
        return name;
    }

    /** Local address of the tunnels. */
    public InetAddress local() {
        return underlay.local();
    }

    /** UDP port of the tunnels. */
    public int udpPort() {
        return underlay.port();
    }

    @Override
    public PortKind kind() {
        return PortKind.VTEP;
    }

    @Override
    public int mtu() {
        return underlay.mtu();
    }

    @Override
    public int offloads() {
        return Offload.TAKES_CHECKSUM;
    }

    @Override
    public int queueCount() {
        return queues.length;
    }

    @Override
    public PortQueue queue(final int worker) {
        return queues[worker];
    }

    @Override
    public void close() {
        underlay.close();
    }
}
