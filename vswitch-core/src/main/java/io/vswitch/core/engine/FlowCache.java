package io.vswitch.core.engine;

import io.vswitch.core.flow.FlowTable;
import io.vswitch.core.flow.Transposition;
import io.vswitch.core.l2.Location;
import io.vswitch.core.policy.HeaderFields;

/**
 * The decisions that one worker's flows were given: verdicts, header changes, connections, and the
 * generation of those that count. Owned by the worker.
 */
final class FlowCache implements AutoCloseable {
    private final FlowTable flows;
    private final VerdictTable verdicts;
    private final FlowChanges changes;
    private final FlowLinks links;
    private int generation;

    FlowCache(final FlowTable flows, final VerdictTable verdicts) {
        this.flows = flows;
        this.verdicts = verdicts;
        this.changes = new FlowChanges(flows);
        this.links = new FlowLinks(flows.capacity());
    }

    @Override
    public void close() {
        changes.close();
        links.close();
    }

    /** Every decision is made anew when its flow is used next. */
    void forgetVerdicts() {
        verdicts.clear();
        generation++;
    }

    /** Makes room for one more verdict. */
    void ensureRoom() {
        if (verdicts.isFull()) {
            forgetVerdicts();
        }
    }

    /** Generation that flows decided now carry. */
    int generation() {
        return generation;
    }

    /** Loads what is kept of a burst's flows. */
    void touch(final int[] entries, final int count) {
        changes.touch(entries, count);
    }

    boolean isCurrent(final int entry) {
        return flows.generation(entry) == generation;
    }

    Verdict verdict(final int entry) {
        return verdicts.get(flows.verdict(entry));
    }

    /** The connection that is to hear of all packets of a flow. */
    long link(final int entry) {
        return links.of(entry);
    }

    /** The header change of a flow with this verdict, or null. */
    Transposition change(final int entry, final Verdict verdict) {
        return verdict.rewrites() ? changes.of(entry) : null;
    }

    /** The same as text, or null. */
    String changeText(final int entry, final Verdict verdict, final HeaderFields fields) {
        return verdict.rewrites() ? changes.of(entry).text(fields) : null;
    }

    /** Whether the packet decided is rewritten; {@link #begun} has its change then. */
    boolean isRewritten(final Decision decision) {
        return decision.isRewritten(changes);
    }

    Transposition begun() {
        return changes.begun();
    }

    /** The verdict of a decision; there must be room for one more. */
    Verdict intern(final Decision decision, final boolean rewrites) {
        return verdicts.get(number(decision, rewrites));
    }

    private int number(final Decision decision, final boolean rewrites) {
        return verdicts.intern(
                decision.dropReason(),
                rewrites,
                decision.senderMac(),
                decision.policy().matchedRules(),
                decision.policy().matchedCount(),
                decision.policy().mirrors(),
                decision.policy().mirrorCount());
    }

    /** A flow is decided; of what is rewritten the change is the one begun last. */
    void put(final int entry, final Decision decision, final boolean rewrites) {
        final boolean goesOn = decision.dropReason() == null;
        final int verdict = number(decision, rewrites);
        putChange(entry, rewrites);
        final int out =
                goesOn ? Location.of(decision.egress(), decision.remote()) : decision.dropPort();
        flows.decide(entry, generation, verdict, out, decision.macEpoch());
        flows.holds(entry, decision.holds());
        links.put(entry, goesOn ? decision.link() : FlowLinks.NONE);
    }

    /** A flow is decided by another worker. */
    void put(final int entry, final FlowOffer offer, final int macEpoch) {
        ensureRoom();
        final int verdict =
                verdicts.intern(
                        offer.dropReason,
                        offer.rewrites,
                        offer.senderMac,
                        offer.rules,
                        offer.ruleCount,
                        offer.mirrors,
                        offer.mirrorCount);
        putChange(entry, offer.rewrites && changes.begin(offer.before, offer.after));
        flows.decide(entry, generation, verdict, offer.out, macEpoch);
        flows.holds(entry, offer.holds);
        links.put(entry, offer.link);
    }

    private void putChange(final int entry, final boolean rewrites) {
        if (rewrites) {
            changes.put(entry);
        } else {
            changes.forget(entry);
        }
    }

    /** A flow that isn't decided yet. */
    void putUndecided(final int entry) {
        flows.decide(entry, generation - 1, 0, Location.NONE, Decision.NO_EPOCH);
    }
}
