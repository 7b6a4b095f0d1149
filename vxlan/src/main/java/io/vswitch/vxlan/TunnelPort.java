package io.vswitch.vxlan;

import io.vswitch.core.packet.Offload;
import io.vswitch.core.port.Port;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.port.PortQueue;

/**
 * The way of one overlay network to its remote endpoints, a port of that network; made by {@link
 * Vtep#tunnel}, used by the conductor, its queues each by one worker. Super-frames and open
 * checksums are taken as they are; they are cut and summed here.
 */
public final class TunnelPort implements Port {
    private static final int OFFLOADS =
            Offload.TAKES_CHECKSUM
                    | Offload.TAKES_TSO4
                    | Offload.TAKES_TSO6
                    | Offload.TAKES_USO
                    | Offload.TAKES_ECN;

    private final Vtep vtep;
    private final String name;
    private final int vni;
    private final TunnelQueue[] queues;
    private volatile PeerSet peers = PeerSet.NONE;

    TunnelPort(final Vtep vtep, final String name, final int vni) {
        this.vtep = vtep;
        this.name = name;
        this.vni = vni;
        this.queues = new TunnelQueue[vtep.queueCount()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new TunnelQueue(this, vtep.inbound(i), vtep.outbound(i));
        }
    }

    /**
     * Whom the network's packets go to and come from; any thread, workers take it up with their
     * next packet.
     *
     * @param remotes numbers of {@link Vtep#remote}: what goes to all goes to these, and from these
     *     packets are taken.
     * @param learnFromAnyone whether packets from other endpoints are taken too; an endpoint not
     *     known before gets a number.
     */
    public void peers(final int[] remotes, final boolean learnFromAnyone) {
        peers = new PeerSet(remotes, learnFromAnyone);
    }

    PeerSet peers() {
        return peers;
    }

    Vtep vtep() {
        return vtep;
    }

    /** VXLAN network identifier. */
    public int vni() {
        return vni;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PortKind kind() {
        return PortKind.TUNNEL;
    }

    /** What fits into the underlay's MTU. */
    @Override
    public int mtu() {
        return vtep.mtu() - vtep.overheadBytes();
    }

    @Override
    public int offloads() {
        return OFFLOADS;
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
    public String encapsulation(final int remote) {
        final int all = peers.flood.length;
        final String to =
                vtep.knows(remote)
                        ? vtep.address(remote).getHostAddress()
                        : all + (all == 1 ? " peer" : " peers");
        return "encap: VNI " + vni + " to " + to;
    }

    @Override
    public String decapsulation(final int remote) {
        final String from =
                vtep.knows(remote) ? " from " + vtep.address(remote).getHostAddress() : "";
        return "decap: VNI " + vni + from;
    }

    /** The same, as what it is here. */
    TunnelQueue tunnelQueue(final int worker) {
        return queues[worker];
    }

    @Override
    public void close() {
        vtep.remove(this);
    }
}
