package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.l2.Location;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.policy.HeaderFields;

/**
 * What a router does with a packet addressed to its MAC: for one worker, which owns it. Next hops
 * are those whose MAC was given; nobody is asked for one.
 */
final class Routing {
    private final Neighbours neighbours;
    private MacTable[] macs = {};
    private int location;
    private int network;

    Routing(final Neighbours neighbours) {
        this.neighbours = neighbours;
    }

    /** The MAC tables by network, as of the snapshot. */
    void onSnapshot(final MacTable[] tables) {
        macs = tables;
    }

    /**
     * Finds the next hop and rewrites the packet for it.
     *
     * @return why the packet goes no further, {@link DropReason#ANSWERED} when it is for the router
     *     itself; null when {@link #location} says where it goes.
     */
    DropReason route(final Router router, final HeaderFields packet) {
        location = Location.NONE;
        final boolean isIp = packet.isIpv4() || packet.isIpv6();
        if (packet.outerVlan != 0) {
            return DropReason.NO_ROUTE;
        }
        if (!isIp || router.isOwn(packet)) {
            return DropReason.ANSWERED;
        }
        final Router.Way way = router.find(packet);
        if (way == null) {
            return DropReason.NO_ROUTE;
        }
        network = way.network();
        final long mac = macOf(way, packet);
        location = mac == 0 ? Location.NONE : macs[way.network()].lookup(mac);
        if (location == Location.NONE) {
            return DropReason.NO_NEIGHBOUR;
        }
        packet.sourceMac = router.mac();
        packet.destinationMac = mac;
        packet.ttlDecrement++;
        return null;
    }

    private long macOf(final Router.Way way, final HeaderFields packet) {
        final NeighbourTable known = neighbours.table(way.network());
        if (known == null) {
            return 0;
        }
        final RouterConfig.Address hop = way.nextHop();
        final long high = hop == null ? packet.destinationHigh : hop.high();
        final long low = hop == null ? packet.destinationLow : hop.low();
        return packet.isIpv6()
                ? known.mac(high, low)
                : known.mac(0, NeighbourTable.ipv4((int) low));
    }

    /** Network that the packet routed last goes to. */
    int network() {
        return network;
    }

    /** Where the packet routed last goes. */
    int location() {
        return location;
    }
}
