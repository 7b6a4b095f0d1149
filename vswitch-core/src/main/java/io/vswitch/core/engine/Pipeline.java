package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.l2.Location;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.state.ConnectionTracker;
import org.agrona.ErrorHandler;

/**
 * The way of a burst through one worker: parse, flow lookup, then per packet the cached verdict or,
 * on a miss, a decision that is cached; frames leave at the end, one call per port. Owned by the
 * worker.
 *
 * <p>Nothing here throws at the worker: an unexpected error drops the packet it happened on and
 * goes to the error log.
 */
final class Pipeline {
    /**
     * A flow's first packet after each such time (2^30 ns, about a second) keeps its sender's MAC
     * young.
     */
    private static final int MAC_REFRESH_SHIFT = 30;

    private final PacketBatch batch;
    private final FlowTable flows;
    private final FlowCache cache;
    private final Egress egress;
    private final Replies replies;
    private final Extras extras;
    private final Drops drops;
    private final Learning learning;
    private final Outlet outlet;
    private final Flood flood;
    private final Fragments fragments;
    private final ErrorHandler errors;
    private final ConnectionTracker connections;
    private final Decision decision;
    private final long[] hashes = new long[PacketBatch.CAPACITY];
    private final int[] entries = new int[PacketBatch.CAPACITY];
    private final boolean[] dropped = new boolean[PacketBatch.CAPACITY];

    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;
    private WorkerPort[] ports = {};
    private MacTable[] macs = {};
    private WorkerPort from;
    private MacTable fromMacs;
    private long nowNs;

    /** Null: connections, if there are any, are this worker's. */
    private Handover handover;

    /** A flow was inserted since the burst's lookup: entries found then may be others now. */
    private boolean entriesAreStale;

    /** The slot being worked on. */
    private int cursor;

    Pipeline(
            final PacketBatch batch,
            final FlowTable flows,
            final FlowCache cache,
            final Drops drops,
            final Learning learning,
            final Neighbours neighbours,
            final Routing routing,
            final ConnectionTracker connections,
            final ErrorHandler errors) {
        this.batch = batch;
        this.flows = flows;
        this.cache = cache;
        this.drops = drops;
        this.learning = learning;
        this.connections = connections;
        this.decision = new Decision(connections, routing);
        this.errors = errors;
        this.egress = new Egress(batch, drops, errors);
        this.replies = new Replies(batch, drops, egress, neighbours);
        this.extras = new Extras(batch, drops, egress);
        this.outlet = new Outlet(batch, egress, replies, extras);
        this.fragments = new Fragments(batch, drops);
        this.flood = new Flood(this, batch, decision, egress, replies, extras, drops, errors);
    }

    /**
     * What the worker runs from now on; every cached decision is made anew when its flow is used
     * next.
     */
    void onSnapshot(
            final SwitchSnapshot next, final WorkerPort[] workerPorts, final MacTable[] macTables) {
        snapshot = next;
        ports = workerPorts;
        macs = macTables;
        extras.ports(workerPorts);
        flood.onSnapshot(next, workerPorts);
        replies.onSnapshot(next);
        egress.ensurePorts(workerPorts.length);
        fragments.ensurePorts(workerPorts.length);
        if (handover != null) {
            handover.onSnapshot(next, workerPorts, macTables);
        }
        cache.forgetVerdicts();
    }

    /** Connections are those of another worker; before the worker starts. */
    void handsOverBy(final Handover way) {
        handover = way;
    }

    /** Takes in what other workers hand over to this one. */
    HandedPackets newHandedPackets(final int workers) {
        return new HandedPackets(workers, this, batch, decision, drops, errors);
    }

    Fragments fragments() {
        return fragments;
    }

    void close() {
        fragments.close();
        cache.close();
    }

    /** Handles the frames in the batch, which came from this port, and gives back their slabs. */
    void process(final WorkerPort port, final long now) {
        begin(port, now);
        entriesAreStale = false;
        final int frames = batch.count();
        final long bytes = batch.bytes();
        drops.captureReceived(from, batch);
        try {
            forwardAll(false);
            while (fragments.hasReady()) {
                entriesAreStale = false;
                fragments.resume();
                forwardAll(true);
            }
        } finally {
            countReceived(frames, bytes);
        }
    }

    /** Frames of this port come next. */
    void begin(final WorkerPort port, final long now) {
        from = port;
        nowNs = now;
        fromMacs = macs(port);
        drops.burstFrom(port, now);
    }

    private void forwardAll(final boolean resumed) {
        try {
            cursor = 0;
            while (!parseRest(resumed)) {
                cursor++;
            }
            forwardParsed();
        } finally {
            // also after an Error: a slab left in the batch would be forwarded again with the next
            batch.releaseAll();
        }
    }

    private void forwardParsed() {
        flows.hashAll(batch.keys(), batch.count(), hashes);
        flows.lookup(batch.keys(), hashes, batch.count(), entries);
        cache.touch(entries, batch.count());
        cursor = 0;
        while (!forwardRest()) {
            cursor++;
        }
        egress.flushAll();
    }

    private MacTable macs(final WorkerPort port) {
        final int network = port.state.networkId();
        return network == PortState.NO_NETWORK ? null : macs[network];
    }

    /** What was handed over counts as received where it is decided. */
    private void countReceived(final int frames, final long bytes) {
        if (handover == null) {
            from.counters.received(frames, bytes);
        } else {
            from.counters.received(frames - handover.frames(), bytes - handover.bytes());
            handover.endBurst();
        }
    }

    /** Parses from the cursor on; false when the packet at the cursor failed unexpectedly. */
    private boolean parseRest(final boolean resumed) {
        final long mask = snapshot.keyMask();
        try {
            for (; cursor < batch.count(); cursor++) {
                if (resumed) {
                    fragments.parse(cursor, from.id);
                }
                dropped[cursor] = !resumed && !isAdmitted(cursor);
                batch.keys()[cursor * FlowKey.WORDS + 2] &= mask;
            }
            return true;
        } catch (final Throwable e) {
            failed(e);
            return false;
        }
    }

    /** Parses a packet; false when it is dropped, or is a fragment that waits for another. */
    private boolean isAdmitted(final int slot) {
        DropReason reason =
                from.state.enabled()
                        ? PacketParser.parse(batch, slot, from.id)
                        : DropReason.PORT_DISABLED;
        if (reason == null && from.checksReceived()) {
            reason = from.refusal(batch, slot, nowNs);
        }
        if (reason != null) {
            drops.drop(from, reason, null, batch, slot);
            return false;
        }
        return (batch.parseFlags(slot) & Fragments.KINDS) == 0
                || fragments.admit(from, slot, nowNs);
    }

    /** Forwards from the cursor on; false when the packet at the cursor failed unexpectedly. */
    private boolean forwardRest() {
        try {
            for (; cursor < batch.count(); cursor++) {
                if (!dropped[cursor]) {
                    forward(cursor, entries[cursor]);
                }
            }
            return true;
        } catch (final Throwable e) {
            failed(e);
            return false;
        }
    }

    private void failed(final Throwable e) {
        dropped[cursor] = true;
        drops.drop(from, DropReason.INTERNAL_ERROR, null, batch, cursor);
        errors.onError(e);
    }

    private void forward(final int slot, final int lookedUp) {
        int entry = lookedUp;
        if (entriesAreStale) {
            entry = flows.find(batch.keys(), slot * FlowKey.WORDS, hashes[slot]);
        }
        if (entry < 0 || !isCurrent(entry)) {
            forwardMiss(slot, entry);
        } else if (flows.holds(entry) == 0) {
            forwardKnown(slot, entry);
        } else {
            forwardOfConnection(slot, entry);
        }
    }

    /** Stateful layers took part in the flow's decision: is it that of this packet? */
    private void forwardOfConnection(final int slot, final int entry) {
        final long link = cache.link(entry);
        if (link != FlowLinks.NONE && !connections.passes(link, batch, slot)) {
            drops.drop(from, DropReason.TCP_OUT_OF_WINDOW, null, batch, slot);
        } else if (connections.isHolding(
                flows.holds(entry), ParseFlag.tcpFlags(batch.parseFlags(slot)), nowNs)) {
            forwardKnown(slot, entry);
        } else {
            forwardMiss(slot, entry);
        }
    }

    private boolean isCurrent(final int entry) {
        if (!cache.isCurrent(entry)) {
            return false;
        }
        final int epoch = flows.macEpoch(entry);
        return epoch == Decision.NO_EPOCH || epoch == Decision.epoch(fromMacs);
    }

    private void forwardKnown(final int slot, final int entry) {
        final int length = batch.length(slot);
        final Verdict verdict = cache.verdict(entry);
        if ((nowNs ^ flows.lastUsedNs(entry)) >>> MAC_REFRESH_SHIFT != 0) {
            refreshSender(slot, verdict);
        }
        flows.count(entry, length, nowNs);
        verdict.count(length);
        final WorkerPort to = ports[Location.port(flows.egress(entry))];
        final int remote = Location.remote(flows.egress(entry));
        final Transposition change = cache.change(entry, verdict);
        outlet.forward(verdict, from, to, slot, change, remote, nowNs);
    }

    /** A long flow keeps its sender's MAC from ageing. */
    private void refreshSender(final int slot, final Verdict verdict) {
        if (fromMacs != null && verdict.dropReason() == null) {
            final long rewritten = verdict.senderMac();
            final long mac =
                    rewritten != 0
                            ? rewritten
                            : FlowKey.sourceMac(batch.keys()[slot * FlowKey.WORDS + 1]);
            learning.learn(from.state.networkId(), mac, origin(slot), nowNs);
        }
    }

    /** Where the packet came from; before it is sent anywhere. */
    private int origin(final int slot) {
        return Location.of(from.id, batch.remote(slot));
    }

    private void forwardMiss(final int slot, final int staleEntry) {
        final boolean passes = decideUncached(slot);
        if (handover != null && handover.takes(decision, passes, from.state)) {
            final int entry = staleEntry >= 0 ? staleEntry : insert(slot);
            cache.putUndecided(entry);
            handover.hand(from, slot, entry, staleEntry < 0, nowNs);
        } else if (passes && decision.egress() == Decision.FLOOD) {
            flood(slot);
        } else {
            final boolean rewrites = conclude(passes);
            final int entry = staleEntry >= 0 ? staleEntry : insert(slot);
            cache.put(entry, decision, rewrites);
            forwardKnown(slot, entry);
        }
    }

    private int insert(final int slot) {
        entriesAreStale = true;
        return flows.insert(batch.keys(), slot * FlowKey.WORDS, hashes[slot], nowNs);
    }

    /** Decides a packet, as far as nothing changes by it; false when it is dropped. */
    boolean decideUncached(final int slot) {
        cache.ensureRoom();
        final int at = slot * FlowKey.WORDS;
        decision.begin(snapshot, from.state, batch.keys(), at, batch.parseFlags(slot), nowNs, null);
        decision.segment(batch, slot);
        decision.quote(batch, slot);
        return decide(slot);
    }

    /** Sends the packet just decided to all. */
    void flood(final int slot) {
        flood.send(from, slot, nowNs);
    }

    /** Tells connections of the packet just decided; true when its headers change. */
    boolean conclude(final boolean passes) {
        if (!passes) {
            decision.endConnection();
        }
        return passes && decision.keepConnections() && cache.isRewritten(decision);
    }

    /** Sends or drops the packet just concluded, and makes no flow of it. */
    void forwardUncached(final int slot, final boolean rewrites) {
        final Verdict verdict = countRules(slot, rewrites);
        final boolean goesOn = decision.dropReason() == null;
        final WorkerPort to = ports[goesOn ? decision.egress() : decision.dropPort()];
        final Transposition change = rewrites ? cache.begun() : null;
        outlet.forward(verdict, from, to, slot, change, decision.remote(), nowNs);
    }

    /** Sends what the burst queued. */
    void flush() {
        egress.flushAll();
    }

    /** Walks the decision through; false when the packet is dropped. */
    private boolean decide(final int slot) {
        if (!decision.outbound()) {
            return false;
        }
        if (fromMacs != null && !decision.isElsewhere()) {
            learning.learn(from.state.networkId(), decision.after().sourceMac, origin(slot), nowNs);
        }
        return decision.forward(fromMacs)
                && (decision.egress() == Decision.FLOOD || decision.inbound());
    }

    /** Counts the packet for the rules of the walk so far, whose verdict it returns. */
    Verdict countRules(final int slot, final boolean rewrites) {
        cache.ensureRoom();
        final Verdict verdict = cache.intern(decision, rewrites);
        verdict.count(batch.length(slot));
        return verdict;
    }
}
