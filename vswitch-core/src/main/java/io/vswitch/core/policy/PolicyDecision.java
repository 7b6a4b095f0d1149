package io.vswitch.core.policy;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.l2.Location;
import io.vswitch.core.packet.PacketBatch;
import java.util.Arrays;

/** What walking the layers of one port decided; reused, one instance per evaluating thread. */
public final class PolicyDecision {
    /** No rule redirects: forward by destination MAC. */
    public static final int NO_REDIRECT = -1;

    private RuleRef[] matched = new RuleRef[16];
    private int matchedCount;
    private DropReason dropReason;
    private int redirectPort = NO_REDIRECT;
    private int redirectRemote;
    private Parking missed;
    private int[] mirrors = new int[4];
    private int mirrorCount;
    private PolicyState state;

    /** Back to: no rule matched, allowed, not redirected. */
    public void reset() {
        matchedCount = 0;
        dropReason = null;
        redirectPort = NO_REDIRECT;
        redirectRemote = PacketBatch.NO_REMOTE;
        missed = null;
        mirrorCount = 0;
    }

    /** Sets the connections of stateful layers, once; null: such layers are walked without. */
    public PolicyDecision state(final PolicyState connections) {
        state = connections;
        return this;
    }

    /** The connections of stateful layers, or null. */
    public PolicyState state() {
        return state;
    }

    /** Notes a rule that took part, in the order of the walk. */
    public void matched(final RuleRef rule) {
        if (matchedCount == matched.length) {
            matched = Arrays.copyOf(matched, matchedCount * 2);
        }
        matched[matchedCount++] = rule;
    }

    /** Ends the walk: the packet is dropped for this reason. */
    public void drop(final DropReason reason) {
        dropReason = reason;
    }

    /** Ends the walk: the packet is dropped and its sender told so, where that is allowed. */
    public void reject() {
        drop(DropReason.REJECTED);
    }

    /** The packet leaves through this port id, whatever its destination MAC. */
    public void redirect(final int portId) {
        redirectPort = portId;
        redirectRemote = PacketBatch.NO_REMOTE;
    }

    /** The packet leaves through a tunnel to one endpoint, whatever its destination MAC. */
    public void encapsulate(final int location) {
        redirectPort = Location.port(location);
        redirectRemote = Location.remote(location);
    }

    /** Ends the walk: a mapping space doesn't know where the packet's destination is. */
    public void miss(final Parking parking) {
        missed = parking;
        drop(DropReason.NO_MAPPING);
    }

    /** What to do about a mapping that is missing, or null. */
    public Parking missed() {
        return missed;
    }

    /** Tunnel endpoint behind {@link #redirectPort}, or {@link PacketBatch#NO_REMOTE}. */
    public int redirectRemote() {
        return redirectRemote;
    }

    /**
     * The packet is also sent, as it was received, to this port id, -1 for one that isn't there.
     */
    public void mirror(final int portId) {
        for (int i = 0; i < mirrorCount; i++) {
            if (mirrors[i] == portId) {
                return;
            }
        }
        if (mirrorCount == mirrors.length) {
            mirrors = Arrays.copyOf(mirrors, mirrorCount * 2);
        }
        mirrors[mirrorCount++] = portId;
    }

    /** How many ports get a copy. */
    public int mirrorCount() {
        return mirrorCount;
    }

    /** Ids of the ports that get a copy: the first {@link #mirrorCount} of this reused array. */
    public int[] mirrors() {
        return mirrors;
    }

    public int matchedCount() {
        return matchedCount;
    }

    public RuleRef matched(final int index) {
        return matched[index];
    }

    /** The rules that took part: the first {@link #matchedCount} of this array, which is reused. */
    public RuleRef[] matchedRules() {
        return matched;
    }

    /** Why the packet is dropped, or null when it goes on. */
    public DropReason dropReason() {
        return dropReason;
    }

    public boolean isDropped() {
        return dropReason != null;
    }

    /** Port id to leave through, or {@link #NO_REDIRECT}. */
    public int redirectPort() {
        return redirectPort;
    }
}
