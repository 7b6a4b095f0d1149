package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.guard.GuardCheck;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.l2.NeighbourTable;
import io.vswitch.core.packet.Addresses;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.PacketPool;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderText;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.PortKind;
import io.vswitch.core.reply.NeighbourReply;
import io.vswitch.core.view.Explanation;
import io.vswitch.core.view.LayerStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;

/**
 * Walks one packet through the objects that forward packets and writes down what each decides;
 * changes nothing: no MAC is learned, no flow made, no counter moved. Runs on the worker's thread.
 */
final class Explainer {
    /** Layer that steps of tunnels are shown as. */
    private static final String TUNNEL_LAYER = "vnet";

    private final Worker worker;
    private final SwitchSnapshot snapshot;
    private final boolean supposed;
    private final PacketBatch batch = new PacketBatch(new PacketPool(1, 1));
    private final Decision decision;
    private final List<LayerStep> steps = new ArrayList<>();
    private final List<String> egress = new ArrayList<>();
    private String walkedPort;
    private String forwarding = "not reached";
    private String rewrite;
    private DropReason drop;

    /**
     * @param policies layers to suppose in place of the ports' own, by port name.
     */
    Explainer(final Worker worker, final Map<String, PortPolicy> policies) {
        this.worker = worker;
        this.decision = new Decision(worker.newTracker(), worker.routing());
        this.supposed = !policies.isEmpty();
        this.snapshot = supposed ? suppose(worker.snapshot(), policies) : worker.snapshot();
    }

    /** For this walk only: nobody else sees the snapshot. */
    private static SwitchSnapshot suppose(
            final SwitchSnapshot live, final Map<String, PortPolicy> policies) {
        final List<PortState> changed = new ArrayList<>();
        policies.forEach(
                (name, policy) -> {
                    final PortState port = live.port(name);
                    if (port != null) {
                        changed.add(port.withPolicy(policy));
                    }
                });
        return live.withPolicies(changed);
    }

    Explanation explain(
            final String portName,
            final int remote,
            final DirectBuffer frame,
            final int offset,
            final int length) {
        final PortState port = snapshot.port(portName);
        if (port == null) {
            throw new SwitchException("unknown port '" + portName + "'");
        }
        if (length > PacketPool.LARGE_CAPACITY) {
            throw new SwitchException(
                    "frame of " + length + " bytes; allowed: up to " + PacketPool.LARGE_CAPACITY);
        }
        final int slab = batch.pool().allocate(length);
        batch.append(slab, batch.pool().frameOffset(slab), length);
        batch.remote(0, remote);
        batch.buffer().putBytes(batch.offset(0), frame, offset, length);
        drop = port.enabled() ? PacketParser.parse(batch, 0, port.id()) : DropReason.PORT_DISABLED;
        final boolean parsed = drop == null;
        if (parsed) {
            walk(port);
        }
        final int flow = parsed && !supposed ? cachedFlow() : FlowTable.NONE;
        return new Explanation(
                parsed ? HeaderText.of(decision.before()) : "frame of " + length + " bytes",
                portName,
                steps,
                forwarding,
                egress,
                drop == null ? null : drop.label(),
                rewrite,
                worker.snapshot().generation(),
                supposed,
                flow >= 0,
                flow >= 0 ? worker.flows().packets(flow) : 0);
    }

    private int cachedFlow() {
        final long[] keys = batch.keys().clone();
        keys[2] &= snapshot.keyMask();
        return worker.flows().find(keys, 0, worker.flows().hash(keys, 0));
    }

    private void walk(final PortState port) {
        decision.begin(
                snapshot,
                port,
                batch.keys(),
                0,
                batch.parseFlags(0),
                worker.nowNs(),
                this::onLayer);
        decision.quote(batch, 0);
        walkedPort = port.name();
        decapsulated(port);
        if (!port.guards().isNone() && !guardsAllow(port)) {
            forwarding = "refused by the guards of port " + port.name();
            return;
        }
        final MacTable macs = worker.macs(port.networkId());
        if (!decision.outbound() || !decision.forward(macs)) {
            drop = decision.dropReason();
            describeDrop();
            return;
        }
        if (decision.egress() == Decision.FLOOD) {
            flood(port);
        } else {
            unicast();
        }
    }

    /** Limits apart, which depend on the moment. */
    private boolean guardsAllow(final PortState port) {
        final DropReason body = GuardCheck.packet(port.guards(), batch, 0);
        drop = body == null ? GuardCheck.header(port.guards(), decision.before()) : body;
        final String outcome = drop == null ? "pass" : "drop: " + drop.text();
        onLayer(Direction.OUTBOUND, "guard", null, null, outcome);
        return drop == null;
    }

    private void describeDrop() {
        if (drop == DropReason.SAME_PORT
                || drop == DropReason.DESTINATION_GONE
                || drop == DropReason.NO_NETWORK) {
            forwarding = drop.text();
        }
    }

    private void unicast() {
        final String name = snapshot.port(decision.egress()).name();
        forwarding =
                decision.policy().redirectPort() == PolicyDecision.NO_REDIRECT
                        ? Addresses.mac(decision.after().destinationMac) + " is behind port " + name
                        : "redirected to port " + name;
        walkedPort = name;
        if (decision.inbound()) {
            encapsulated(snapshot.port(decision.egress()), decision.remote());
            egress.add(snapshot.port(decision.egress()).name());
            rewrite = text(decision.transposition());
        } else {
            drop = decision.dropReason();
        }
    }

    private void encapsulated(final PortState to, final int remote) {
        final String how = to.port().encapsulation(remote);
        if (how != null) {
            walkedPort = to.name();
            onLayer(Direction.INBOUND, TUNNEL_LAYER, null, null, how);
        }
    }

    private void decapsulated(final PortState port) {
        final String how = port.port().decapsulation(batch.remote(0));
        if (how != null) {
            onLayer(Direction.OUTBOUND, TUNNEL_LAYER, null, null, how);
        }
    }

    private boolean isAnswered(final PortState port) {
        final NeighbourTable known = worker.neighbours().table(port.networkId());
        final boolean mayAsk = known != null && port.port().kind() != PortKind.TUNNEL;
        final long mac = mayAsk ? NeighbourReply.wanted(known, batch, 0) : 0;
        if (mac != 0) {
            forwarding = "answered by the switch: the address is " + Addresses.mac(mac) + "'s";
            drop = DropReason.ANSWERED;
        }
        return mac != 0;
    }

    private void flood(final PortState port) {
        final boolean group = (decision.after().destinationMac >>> 40 & 1) != 0;
        rewrite = text(decision.transposition());
        if (isAnswered(port)) {
            return;
        }
        int copies = 0;
        for (final int id : snapshot.network(port.networkId()).members()) {
            final PortState to = snapshot.port(id);
            if (id != port.id() && to.enabled()) {
                copies++;
                walkedPort = to.name();
                if (decision.inboundCopy(id)) {
                    encapsulated(to, PacketBatch.NO_REMOTE);
                    egress.add(to.name());
                } else {
                    drop = decision.dropReason();
                }
            }
        }
        forwarding =
                (group
                                ? "group address"
                                : Addresses.mac(decision.after().destinationMac) + " is unknown")
                        + ", flooded to "
                        + copies
                        + " port(s) of network "
                        + snapshot.network(port.networkId()).name();
        if (copies == 0) {
            drop = DropReason.NO_DESTINATION;
        } else if (!egress.isEmpty()) {
            drop = null;
        }
    }

    private void onLayer(
            final Direction direction,
            final String layer,
            final String group,
            final String rule,
            final String outcome) {
        steps.add(new LayerStep(walkedPort, direction, layer, group, rule, outcome));
    }

    private static String text(final Transposition change) {
        return change == null ? null : change.toString();
    }
}
