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
    private final FlowLinks links;
    private final Egress egress;
    private final Replies replies;
    private final Extras extras;
    private final Drops drops;
    private final Learning learning;
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
            final long seed,
            final ErrorHandler errors) {
        this.batch = batch;
        this.flows = flows;
        this.verdicts = verdicts;
        this.changes = new FlowChanges(flows);
        this.links = new FlowLinks(flows.capacity());
        this.drops = drops;
        this.learning = learning;
        this.connections = connections;
        this.decision = new Decision(connections, routing);
        this.errors = errors;
        this.egress = new Egress(batch, drops, errors);
        this.replies = new Replies(batch, drops, egress, neighbours);
        this.extras = new Extras(batch, drops, egress);
        this.fragments = new Fragments(batch, drops, seed);
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
        forgetVerdicts();
    }

    private void forgetVerdicts() {
        verdicts.clear();
        generation++;
    }

    /** The header change of a flow with this verdict, as text, or null. */
    String changeText(final int entry, final Verdict verdict, final HeaderFields fields) {
        return verdict.rewrites() ? changes.of(entry).text(fields) : null;
    }

    Fragments fragments() {
        return fragments;
    }

    void close() {
        fragments.close();
        changes.close();
        links.close();
    }

    /** Generation that flows decided now carry. */
    int generation() {
        return generation;
    }

    /** Handles the frames in the batch, which came from this port, and gives back their slabs. */
    void process(final WorkerPort port, final long now) {
        from = port;
        nowNs = now;
        fromMacs = macs(port);
        entriesAreStale = false;
        drops.burstFrom(port, now);
        countReceived();
        drops.captureReceived(from, batch);
        forwardAll(false);
        while (fragments.hasReady()) {
            entriesAreStale = false;
            fragments.resume();
            forwardAll(true);
        }
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
        changes.touch(entries, batch.count());
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
        final long link = links.of(entry);
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
        if (flows.generation(entry) != generation) {
            return false;
        }
        final int epoch = flows.macEpoch(entry);
        return epoch == Decision.NO_EPOCH || epoch == Decision.epoch(fromMacs);
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
        decision.segment(batch, slot);
        decision.quote(batch, slot);
        boolean goesOn = decide(slot);
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
        links.put(entry, goesOn ? decision.link() : FlowLinks.NONE);
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
