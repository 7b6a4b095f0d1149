package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.state.ConnectionState;
import org.jctools.queues.SpscArrayQueue;

/**
 * How a worker without connections gets the packets of stateful layers decided: it hands them over
 * to the worker that keeps connections, which also sends them, and caches what that offers for
 * those that follow. Owned by the worker; the other one writes to its queue of offers.
 *
 * <p>An offer is taken only when no packet of the flow is under way any more, so that none
 * overtakes another; but from a sender that never pauses, after {@link #KEEPS_ORDER} packets, also
 * with some under way.
 */
final class Handover {
    /** Packets handed over in a row that keep a flow's order whatever comes after them. */
    private static final int KEEPS_ORDER = 64;

    private static final int DRAIN_LIMIT = 256;

    private final int worker;
    private final FlowCache cache;
    private final PacketBatch batch;
    private final FlowTable flows;
    private final Drops drops;
    private final HandedPackets keeper;
    private final Runnable wakeKeeper;
    private final SpscArrayQueue<FlowOffer> offers = new SpscArrayQueue<>(HandedPackets.OFFERS);

    /** By flow entry: number of the packet whose offer, or a later one's, may be taken. */
    private final int[] awaited;

    /** By flow entry: packets handed over in a row, up to {@link #KEEPS_ORDER}. */
    private final byte[] inRow;

    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;
    private WorkerPort[] ports = {};
    private MacTable[] macs = {};

    /** By network: some port of it has a stateful layer. */
    private boolean[] stateful = {};

    private int number;
    private int frames;
    private long bytes;

    /**
     * @param worker index of the one that hands over.
     * @param keeper of connections.
     * @param wakeKeeper ends the wait of the keeper's worker.
     */
    Handover(
            final int worker,
            final FlowCache cache,
            final PacketBatch batch,
            final FlowTable flows,
            final Drops drops,
            final HandedPackets keeper,
            final Runnable wakeKeeper) {
        this.worker = worker;
        this.cache = cache;
        this.batch = batch;
        this.flows = flows;
        this.drops = drops;
        this.keeper = keeper;
        this.wakeKeeper = wakeKeeper;
        this.awaited = new int[flows.capacity()];
        this.inRow = new byte[flows.capacity()];
        keeper.offersTo(worker, offers);
    }

    void onSnapshot(
            final SwitchSnapshot next, final WorkerPort[] workerPorts, final MacTable[] macTables) {
        snapshot = next;
        ports = workerPorts;
        macs = macTables;
        stateful = new boolean[macTables.length];
        for (int id = 0; id < next.portLimit(); id++) {
            final PortState port = next.port(id);
            if (port != null
                    && port.networkId() != PortState.NO_NETWORK
                    && port.policy().statefulLayers().length > 0) {
                stateful[port.networkId()] = true;
            }
        }
    }

    /** Whether a packet just walked is to be handed over: its layers ask for connections. */
    boolean takes(final Decision decision, final boolean goesOn, final PortState from) {
        return decision.isElsewhere()
                || goesOn && decision.egress() == Decision.FLOOD && stateful[from.networkId()];
    }

    /**
     * Hands a packet of a flow over, or drops it.
     *
     * @param entry of its flow, which is undecided.
     */
    void hand(
            final WorkerPort from,
            final int slot,
            final int entry,
            final boolean isNew,
            final long nowNs) {
        if (isNew) {
            inRow[entry] = 0;
        }
        final int length = batch.length(slot);
        flows.count(entry, length, nowNs);
        if (!keeper.frames().put(worker, snapshot.generation(), ++number, from.id, batch, slot)) {
            drops.drop(from, DropReason.HANDOVER_FULL, null, batch, slot);
            return;
        }
        frames++;
        bytes += length;
        final boolean decisive =
                ConnectionState.isDecisive(ParseFlag.tcpFlags(batch.parseFlags(slot)));
        if (decisive || inRow[entry] < KEEPS_ORDER) {
            inRow[entry] = (byte) Math.min(KEEPS_ORDER, inRow[entry] + 1);
            awaited[entry] = number;
        }
    }

    /** Frames of the burst that were handed over. */
    int frames() {
        return frames;
    }

    /** Their bytes. */
    long bytes() {
        return bytes;
    }

    /** The burst is over. */
    void endBurst() {
        if (frames > 0) {
            frames = 0;
            bytes = 0;
            wakeKeeper.run();
        }
    }

    /** Caches what was offered. */
    int drain() {
        int count = 0;
        FlowOffer offer = offers.relaxedPoll();
        while (offer != null) {
            take(offer);
            keeper.giveBack(offer);
            offer = ++count < DRAIN_LIMIT ? offers.relaxedPoll() : null;
        }
        return count;
    }

    private void take(final FlowOffer offer) {
        final int entry = flows.find(offer.key, 0, flows.hash(offer.key, 0));
        if (entry >= 0
                && offer.generation == snapshot.generation()
                && offer.number - awaited[entry] >= 0
                && isSameWay(offer)) {
            inRow[entry] = 0;
            cache.put(entry, offer, epoch(offer));
        }
    }

    /** Whether this worker's MAC table, whose epoch the flow will carry, says the same. */
    private boolean isSameWay(final FlowOffer offer) {
        return offer.network == Decision.NO_NETWORK
                || macs[offer.network].lookup(offer.mac) == offer.location;
    }

    private int epoch(final FlowOffer offer) {
        if (offer.network == Decision.NO_NETWORK) {
            return Decision.NO_EPOCH;
        }
        final int port = FlowKey.ingressPort(offer.key[2]);
        return Decision.epoch(macs[ports[port].state.networkId()]);
    }
}
