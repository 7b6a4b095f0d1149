package io.vswitch.core.engine;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.l2.Location;
import io.vswitch.core.packet.FlowKey;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.RuleRef;
import java.util.Arrays;

/**
 * A decision that the worker that keeps connections made for a flow of another, which caches it.
 * Made once and reused: owned by who took it from a queue last, never by two.
 */
final class FlowOffer {
    final long[] key = new long[FlowKey.WORDS];
    final HeaderFields before = new HeaderFields();
    final HeaderFields after = new HeaderFields();
    RuleRef[] rules = new RuleRef[16];
    int[] mirrors = new int[4];

    /** Index of the worker that handed the packet over. */
    int worker;

    /** By which that worker knows the packet. */
    int number;

    /** Of the snapshot it was decided from. */
    long generation;

    DropReason dropReason;
    boolean rewrites;
    long senderMac;
    int ruleCount;
    int mirrorCount;

    /** {@link Location} to leave to, or id of the port that drops. */
    int out;

    /** For how long it holds, see {@link io.vswitch.core.state.ConnectionTracker}. */
    int holds;

    /** See {@link Decision#link}. */
    long link;

    /** MAC table asked for the way out, or {@link Decision#NO_NETWORK}; its question and answer. */
    int network;

    long mac;
    int location;

    /** Takes what was decided. */
    void decided(final Decision decision, final boolean isRewritten) {
        final PolicyDecision policy = decision.policy();
        dropReason = decision.dropReason();
        rewrites = isRewritten;
        if (isRewritten) {
            before.copyFrom(decision.before());
            after.copyFrom(decision.after());
        }
        senderMac = decision.senderMac();
        ruleCount = policy.matchedCount();
        if (rules.length < ruleCount) {
            rules = new RuleRef[ruleCount * 2];
        }
        System.arraycopy(policy.matchedRules(), 0, rules, 0, ruleCount);
        mirrorCount = policy.mirrorCount();
        if (mirrors.length < mirrorCount) {
            mirrors = new int[mirrorCount * 2];
        }
        System.arraycopy(policy.mirrors(), 0, mirrors, 0, mirrorCount);
        final boolean goesOn = dropReason == null;
        out = goesOn ? Location.of(decision.egress(), decision.remote()) : decision.dropPort();
        network = decision.askedNetwork();
        mac = decision.askedMac();
        location = decision.askedLocation();
        holds = decision.holds();
        link = goesOn ? decision.link() : FlowLinks.NONE;
    }

    /** Forgets rules, which may be gone when it is used next. */
    void clear() {
        Arrays.fill(rules, 0, ruleCount, null);
        ruleCount = 0;
    }
}
