package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.IcmpQuote;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.guard.GuardCheck;
import io.vswitch.core.l2.Location;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyTrace;
import io.vswitch.core.state.ConnectionTracker;

/**
 * Decides one packet by walking the live objects: the layers of the port it came from, the
 * network's MAC table, the layers of the port it leaves through. Used for the first packet of a
 * flow and, with a trace, by explain; owned by one worker and reused.
 */
final class Decision {
    /** {@link #egress()}: to every other port of the network. */
    static final int FLOOD = -1;

    /** {@link #macEpoch()}: the decision didn't ask the MAC table. */
    static final int NO_EPOCH = -1;

    /** {@link #askedNetwork()}: no MAC table's answer is known. */
    static final int NO_NETWORK = -1;

    private static final long GROUP_BIT = 1L << 40;

    private final HeaderFields before = new HeaderFields();
    private final HeaderFields after = new HeaderFields();
    private final HeaderFields perEgress = new HeaderFields();
    private final Transposition copyChange = new Transposition();
    private final PolicyDecision policy = new PolicyDecision();
    private final ConnectionTracker connections;
    private final Routing routing;
    private final Hairpin hairpin;
    private final HeaderFields arrived = new HeaderFields();
    private MacTable macs;
    private SwitchSnapshot snapshot;
    private PortState ingress;
    private PolicyTrace trace;
    private DropReason dropReason;
    private int dropPort;
    private int egress;
    private int remote;
    private int macEpoch;
    private long senderMac;
    private int outboundMark;
    private int askedNetwork;
    private long askedMac;
    private int askedLocation;

    /**
     * @param connections of stateful layers; null: there are none.
     * @param routing of packets to routers' MACs.
     */
    Decision(final ConnectionTracker connections, final Routing routing) {
        this.routing = routing;
        this.connections = connections;
        this.hairpin = new Hairpin(connections);
        policy.state(connections);
    }

    /** Epoch of a MAC table as flows keep it: never {@link #NO_EPOCH}, however often it wraps. */
    static int epoch(final MacTable macs) {
        return macs.epoch();
    }

    /** Loads the packet: its key, with all TCP flags. */
    void begin(
            final SwitchSnapshot current,
            final PortState from,
            final long[] keys,
            final int at,
            final int parseFlags,
            final long nowNs,
            final PolicyTrace listener) {
        snapshot = current;
        ingress = from;
        trace = listener;
        before.load(keys, at);
        before.tcpFlags = ParseFlag.tcpFlags(parseFlags);
        after.copyFrom(before);
        policy.reset();
        dropReason = null;
        dropPort = from.id();
        location(Location.NONE);
        macEpoch = NO_EPOCH;
        senderMac = 0;
        askedNetwork = NO_NETWORK;
        if (connections != null) {
            connections.begin(nowNs);
        }
    }

    /** Loads where in its stream the packet stands, if it is TCP and a layer may want to know. */
    void segment(final PacketBatch batch, final int slot) {
        if (connections != null) {
            connections.segment(batch, slot);
        }
    }

    /** Loads what the packet quotes, if it is an ICMP error and a layer may want to know. */
    void quote(final PacketBatch batch, final int slot) {
        if (connections != null && IcmpQuote.isError(batch, slot)) {
            IcmpQuote.load(batch, slot, before);
            after.copyFrom(before);
        }
    }

    /** Asks the guards and walks the outbound layers; false when they drop the packet. */
    boolean outbound() {
        final DropReason refusal = GuardCheck.header(ingress.guards(), before);
        if (refusal != null) {
            return drop(refusal, ingress.id());
        }
        walking(ingress);
        ingress.policy().evaluate(Direction.OUTBOUND, after, policy, trace);
        outboundMark = connections == null ? 0 : connections.mark();
        if (policy.isDropped()) {
            return drop(policy.dropReason(), ingress.id());
        }
        if (policy.redirectPort() == PolicyDecision.NO_REDIRECT
                && ingress.networkId() == PortState.NO_NETWORK) {
            return drop(DropReason.NO_NETWORK, ingress.id());
        }
        senderMac = after.sourceMac == before.sourceMac ? 0 : after.sourceMac;
        return true;
    }

    /**
     * Finds the way out: by redirect, or by destination MAC.
     *
     * @param table of the ingress port's network; unused when a rule redirects.
     * @return false when the packet is dropped.
     */
    boolean forward(final MacTable table) {
        macs = table;
        if (policy.redirectPort() != PolicyDecision.NO_REDIRECT) {
            egress = policy.redirectPort();
            remote = policy.redirectRemote();
            return snapshot.port(egress) != null || drop(DropReason.DESTINATION_GONE, ingress.id());
        }
        if ((after.destinationMac & GROUP_BIT) != 0) {
            egress = FLOOD;
            return true;
        }
        macEpoch = epoch(macs);
        final Router router = snapshot.network(ingress.networkId()).router();
        if (router != null && after.destinationMac == router.mac()) {
            return route(router);
        }
        asked(ingress.networkId(), macs.lookup(after.destinationMac));
        if (egress == ingress.id()) {
            return drop(DropReason.SAME_PORT, ingress.id());
        }
        if (egress >= 0 && snapshot.port(egress) == null) {
            location(Location.NONE);
        }
        return true;
    }

    private boolean route(final Router router) {
        final DropReason reason = routing.route(router, after);
        if (reason != null) {
            return drop(reason, ingress.id());
        }
        asked(routing.network(), routing.location());
        return egress != ingress.id() || drop(DropReason.SAME_PORT, ingress.id());
    }

    private void asked(final int network, final int location) {
        askedNetwork = network;
        askedMac = after.destinationMac;
        askedLocation = location;
        location(location);
    }

    private void location(final int location) {
        egress = location == Location.NONE ? FLOOD : Location.port(location);
        remote = location == Location.NONE ? PacketBatch.NO_REMOTE : Location.remote(location);
    }

    /** Walks the inbound layers of the one egress port; false when they drop the packet. */
    boolean inbound() {
        arrived.copyFrom(after);
        if (!inbound(egress, after)) {
            return false;
        }
        if (hairpin.turns(snapshot.port(egress), arrived, after, macs)) {
            return turn();
        }
        if (policy.redirectPort() != PolicyDecision.NO_REDIRECT
                && policy.redirectPort() != egress) {
            egress = policy.redirectPort();
            remote = policy.redirectRemote();
            if (snapshot.port(egress) == null) {
                return drop(DropReason.DESTINATION_GONE, ingress.id());
            }
            return inbound(egress, after);
        }
        encapsulated();
        return true;
    }

    /** The layers of the tunnel itself may say to whom it sends. */
    private void encapsulated() {
        if (policy.redirectPort() == egress && policy.redirectRemote() != PacketBatch.NO_REMOTE) {
            remote = policy.redirectRemote();
        }
    }

    /** The packet comes back from the port it was to leave through. */
    private boolean turn() {
        Hairpin.turn(after);
        snapshot.port(egress).policy().evaluate(Direction.OUTBOUND, after, policy, trace);
        macEpoch = epoch(macs);
        asked(ingress.networkId(), hairpin.location());
        if (snapshot.port(egress) == null) {
            return drop(DropReason.DESTINATION_GONE, ingress.id());
        }
        return inbound(egress, after);
    }

    private boolean inbound(final int portId, final HeaderFields fields) {
        final PortState port = snapshot.port(portId);
        if (!port.enabled()) {
            return drop(DropReason.PORT_DISABLED, portId);
        }
        walking(port);
        port.policy().evaluate(Direction.INBOUND, fields, policy, trace);
        return !policy.isDropped() || drop(policy.dropReason(), portId);
    }

    /**
     * Walks the inbound layers of one of the ports a packet is flooded to, with only that port's
     * rules in {@link #policy()} afterwards.
     *
     * @return false when they drop this copy. A redirect keeps the copy from this port, too, and it
     *     goes nowhere else: several ports that redirect to the same one would flood it with
     *     duplicates.
     */
    boolean inboundCopy(final int portId) {
        if (connections != null) {
            connections.backTo(outboundMark);
        }
        policy.reset();
        dropReason = null;
        perEgress.copyFrom(after);
        egress = portId;
        remote = PacketBatch.NO_REMOTE;
        if (!inbound(portId, perEgress)) {
            return false;
        }
        encapsulated();
        final int redirect = policy.redirectPort();
        return redirect == PolicyDecision.NO_REDIRECT
                || redirect == portId
                || drop(DropReason.POLICY_BLOCKED, portId);
    }

    private void walking(final PortState port) {
        if (connections != null) {
            connections.port(port.id());
        }
    }

    /**
     * Opens and keeps the connections that the packet, which goes on, is part of; explain doesn't.
     *
     * @return false when it is dropped after all: there is no room for its connection, or it is out
     *     of its window.
     */
    boolean keepConnections() {
        return connections == null
                || connections.commit()
                || drop(connections.refusal(), ingress.id());
    }

    /** Ends the connection that the packet, which is dropped, was part of; explain doesn't. */
    void endConnection() {
        if (connections != null) {
            connections.commitDrop();
        }
    }

    /** For how long the decision holds, see {@link ConnectionTracker}. */
    int holds() {
        return connections == null ? 0 : connections.holds();
    }

    /** True while the decision holds for packets of the flow with these flags. */
    boolean isHolding(final int tcpFlags, final long nowNs) {
        final int holds = holds();
        return holds == 0 || connections.isHolding(holds, tcpFlags, nowNs);
    }

    /** True when the decision asked for connections and only another worker has them. */
    boolean isElsewhere() {
        return connections != null && connections.isElsewhere();
    }

    /** The connection that is to hear of all packets of the flow, see {@link ConnectionTracker}. */
    long link() {
        return connections == null ? FlowLinks.NONE : connections.link();
    }

    /** The change of headers of the copy last walked, or null; valid until the next. */
    Transposition copyTransposition() {
        return copyChange.set(before, perEgress) ? copyChange : null;
    }

    private boolean drop(final DropReason reason, final int portId) {
        dropReason = reason;
        dropPort = portId;
        return false;
    }

    /** The sender's MAC after the outbound layers when they rewrote it; else 0. */
    long senderMac() {
        return senderMac;
    }

    /** Whether headers change; {@code changes} has the change begun then. */
    boolean isRewritten(final FlowChanges changes) {
        return changes.begin(before, after);
    }

    /** The composed change of headers so far, or null. */
    Transposition transposition() {
        return Transposition.between(before, after);
    }

    /** The packet as received. */
    HeaderFields before() {
        return before;
    }

    /** The packet as the layers left it. */
    HeaderFields after() {
        return after;
    }

    PolicyDecision policy() {
        return policy;
    }

    /** Why the packet is dropped, or null. */
    DropReason dropReason() {
        return dropReason;
    }

    /** Id of the port whose layers or state dropped the packet. */
    int dropPort() {
        return dropPort;
    }

    /** Port id to leave through, or {@link #FLOOD}. */
    int egress() {
        return egress;
    }

    /** Tunnel endpoint behind the egress port to send to, or {@link PacketBatch#NO_REMOTE}. */
    int remote() {
        return remote;
    }

    /** True when the decision rests on a MAC table, but not on one answer of it. */
    boolean isWayUnknown() {
        return macEpoch != NO_EPOCH && askedNetwork == NO_NETWORK;
    }

    /** Network whose MAC table said where the packet goes, or {@link #NO_NETWORK}. */
    int askedNetwork() {
        return askedNetwork;
    }

    /** MAC that the table was asked for. */
    long askedMac() {
        return askedMac;
    }

    /** {@link Location} that the table answered. */
    int askedLocation() {
        return askedLocation;
    }

    /** Epoch of the MAC table that named the egress, or {@link #NO_EPOCH}. */
    int macEpoch() {
        return macEpoch;
    }
}
