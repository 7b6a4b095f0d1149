package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.l2.Location;
import io.vswitch.core.l2.MacTable;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.packet.PacketParser;
import io.vswitch.core.packet.ParseFlag;
import io.vswitch.core.policy.HeaderFields;
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
    private final VerdictTable verdicts;
    private final FlowChanges changes;
    private final Egress egress;
    private final Replies replies;
    private final Extras extras;
    private final Drops drops;
    private final Misses misses;
    private boolean again;
    private final Learning learning;
    private final Flood flood;
    private final ErrorHandler errors;
    private final ConnectionTracker connections;
    private final Decision decision;
    private final long[] hashes = new long[PacketBatch.CAPACITY];
    private final int[] entries = new int[PacketBatch.CAPACITY];
    private final boolean[] dropped = new boolean[PacketBatch.CAPACITY];

    private SwitchSnapshot snapshot = SwitchSnapshot.EMPTY;
    private WorkerPort[] ports = {};
    private MacTable[] macs = {};
    private int generation;
    private WorkerPort from;
    private MacTable fromMacs;
    private long nowNs;

    /** A flow was inserted since the burst's lookup: entries found then may be others now. */
    private boolean entriesAreStale;

    /** The slot being worked on. */
    private int cursor;

    Pipeline(
            final PacketBatch batch,
            final FlowTable flows,
            final VerdictTable verdicts,
            final Drops drops,
            final Learning learning,
            final Neighbours neighbours,
            final Routing routing,
            final ConnectionTracker connections,
            final ErrorHandler errors) {
        this.batch = batch;
        this.flows = flows;
        this.verdicts = verdicts;
        this.changes = new FlowChanges(flows.capacity());
        flows.onRemoval(changes::forget);
        this.drops = drops;
        this.misses = new Misses(batch, drops);
        this.learning = learning;
        this.connections = connections;
        this.decision = new Decision(connections, routing);
        this.errors = errors;
        this.egress = new Egress(batch, drops, errors);
        this.replies = new Replies(batch, drops, egress, neighbours);
        this.extras = new Extras(batch, drops, egress);
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
        misses.onSnapshot();
        forgetVerdicts();
    }

    /** The packets that wait for a mapping. */
    Misses misses() {
        return misses;
    }

    private void forgetVerdicts() {
        verdicts.clear();
        generation++;
    }

    /** The header change of a flow with this verdict, as text, or null. */
    String changeText(final int entry, final Verdict verdict, final HeaderFields fields) {
        return verdict.rewrites() ? changes.of(entry).text(fields) : null;
    }

    void close() {
        misses.close();
        changes.close();
    }

    /** Generation that flows decided now carry. */
    int generation() {
        return generation;
    }

    /** Handles frames that were received before and parked; as {@link #process}. */
    void processAgain(final WorkerPort port, final long now) {
        again = true;
        try {
            process(port, now);
        } finally {
            again = false;
        }
    }

    /** Handles the frames in the batch, which came from this port, and gives back their slabs. */
    void process(final WorkerPort port, final long now) {
        from = port;
        nowNs = now;
        fromMacs = macs(port);
        entriesAreStale = false;
        drops.burstFrom(port, now);
        try {
            if (!again) {
                countReceived();
                drops.captureReceived(from, batch);
            }
            forwardAll();
        } finally {
            // also after an Error: a slab left in the batch would be forwarded again with the next
            batch.releaseAll();
        }
    }

    private void forwardAll() {
        cursor = 0;
        while (!parseRest()) {
            cursor++;
        }
        flows.hashAll(batch.keys(), batch.count(), hashes);
        flows.lookup(batch.keys(), hashes, batch.count(), entries);
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

    private void countReceived() {
        long bytes = 0;
        for (int i = 0; i < batch.count(); i++) {
            bytes += batch.length(i);
        }
        from.counters.received(batch.count(), bytes);
    }

    /** Parses from the cursor on; false when the packet at the cursor failed unexpectedly. */
    private boolean parseRest() {
        final boolean enabled = from.state.enabled();
        final boolean guarded = from.checksReceived() && !again;
        final long mask = snapshot.keyMask();
        try {
            for (; cursor < batch.count(); cursor++) {
                DropReason reason =
                        enabled
                                ? PacketParser.parse(batch, cursor, from.id)
                                : DropReason.PORT_DISABLED;
                if (guarded && reason == null) {
                    reason = from.refusal(batch, cursor, nowNs);
                }
                dropped[cursor] = reason != null;
                if (reason != null) {
                    drops.drop(from, reason, null, batch, cursor);
                }
                batch.keys()[cursor * FlowKey.WORDS + 2] &= mask;
            }
            return true;
        } catch (final Throwable e) {
            failed(e);
            return false;
        }
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
        if (entry >= 0 && isCurrent(entry) && holds(slot, flows.holds(entry))) {
            forwardKnown(slot, entry);
        } else {
            forwardMiss(slot, entry);
        }
    }

    private boolean isCurrent(final int entry) {
        if (flows.generation(entry) != generation) {
            return false;
        }
        final int epoch = flows.macEpoch(entry);
        return epoch == Decision.NO_EPOCH || epoch == Decision.epoch(fromMacs);
    }

    /** True when no connection needs to hear of the packet, nor its decision of a connection. */
    private boolean holds(final int slot, final int until) {
        return until == 0
                || connections.isHolding(until, ParseFlag.tcpFlags(batch.parseFlags(slot)), nowNs);
    }

    private void forwardKnown(final int slot, final int entry) {
        final int length = batch.length(slot);
        final Verdict verdict = verdicts.get(flows.verdict(entry));
        if ((nowNs ^ flows.lastUsedNs(entry)) >>> MAC_REFRESH_SHIFT != 0) {
            refreshSender(slot, verdict);
        }
        flows.count(entry, length, nowNs);
        verdict.count(length);
        final WorkerPort to = ports[Location.port(flows.egress(entry))];
        if (verdict.isPlain()) {
            apply(slot, entry, verdict, to);
        } else if (verdict.extras() != null && !extras.run(verdict, from, to, slot, false, nowNs)) {
            return;
        } else if (verdict.dropReason() == null) {
            apply(slot, entry, verdict, to);
        } else {
            replies.drop(from, to, verdict.dropReason(), verdict.lastRule(), slot, nowNs);
        }
    }

    private void apply(
            final int slot, final int entry, final Verdict verdict, final WorkerPort to) {
        if (!to.takesFreely(batch, slot)) {
            final DropReason reason = to.egressRefusal(batch, slot, nowNs);
            if (reason != null) {
                replies.drop(from, to, reason, null, slot, nowNs);
                return;
            }
        }
        if (verdict.rewrites()) {
            final DropReason reason = changes.of(entry).apply(batch, slot);
            if (reason != null) {
                replies.drop(from, from, reason, verdict.lastRule(), slot, nowNs);
                return;
            }
        }
        batch.remote(slot, Location.remote(flows.egress(entry)));
        egress.enqueue(to, slot);
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
        if (verdicts.isFull()) {
            forgetVerdicts();
        }
        final int at = slot * FlowKey.WORDS;
        decision.begin(snapshot, from.state, batch.keys(), at, batch.parseFlags(slot), nowNs, null);
        decision.quote(batch, slot);
        boolean goesOn = decide(slot);
        if (!goesOn && misses.park(decision.policy(), from, batch, slot, nowNs)) {
            return;
        }
        if (goesOn && decision.egress() == Decision.FLOOD) {
            flood.send(from, slot, nowNs);
            return;
        }
        if (goesOn) {
            goesOn = decision.keepConnections();
        } else {
            decision.endConnection();
        }
        final boolean rewrites = goesOn && decision.isRewritten(changes);
        final int verdict = intern(rewrites);
        final int entry =
                staleEntry >= 0 ? staleEntry : flows.insert(batch.keys(), at, hashes[slot], nowNs);
        entriesAreStale = true;
        final int out =
                goesOn ? Location.of(decision.egress(), decision.remote()) : decision.dropPort();
        if (rewrites) {
            changes.put(entry);
        } else {
            changes.forget(entry);
        }
        flows.decide(entry, generation, verdict, out, decision.macEpoch());
        flows.holds(entry, decision.holds());
        forwardKnown(slot, entry);
    }

    /** Walks the decision through; false when the packet is dropped. */
    private boolean decide(final int slot) {
        if (!decision.outbound()) {
            return false;
        }
        if (fromMacs != null) {
            learning.learn(from.state.networkId(), decision.after().sourceMac, origin(slot), nowNs);
        }
        return decision.forward(fromMacs)
                && (decision.egress() == Decision.FLOOD || decision.inbound());
    }

    private int intern(final boolean rewrites) {
        return verdicts.intern(
                decision.dropReason(),
                rewrites,
                decision.senderMac(),
                decision.policy().matchedRules(),
                decision.policy().matchedCount(),
                decision.policy().mirrors(),
                decision.policy().mirrorCount());
    }

    /** Counts the packet for the rules of the walk so far, whose verdict it returns. */
    Verdict countRules(final int slot, final boolean rewrites) {
        if (verdicts.isFull()) {
            forgetVerdicts();
        }
        final Verdict verdict = verdicts.get(intern(rewrites));
        verdict.count(batch.length(slot));
        return verdict;
    }
}
