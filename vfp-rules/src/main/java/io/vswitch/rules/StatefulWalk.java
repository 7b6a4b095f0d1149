package io.vswitch.rules;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PolicyState;
import io.vswitch.core.policy.Translation;

/**
 * How a stateful layer treats a packet: asks its connections, and tells them of what its rules
 * allow and translate. Stateless, any thread.
 */
final class StatefulWalk {
    /** The rule, or the layer's default, is still to be applied. */
    static final int UNDECIDED = 0;

    /** The packet was translated as the rule says, or dropped. */
    static final int DECIDED = 1;

    /** The packet passes, whatever the rules of its direction say: it is a reply. */
    static final int REPLY = 2;

    /** The packet was translated as its connection was when it was opened. */
    static final int KEPT = 3;

    private StatefulWalk() {}

    /**
     * Asks and tells the connections of a layer.
     *
     * @param back the layer as packets of the other direction meet it.
     * @param rule that decides without them, or null.
     */
    static int walk(
            final CompiledLayer layer,
            final CompiledLayer back,
            final CompiledRule rule,
            final Direction direction,
            final HeaderFields fields,
            final PolicyDecision decision,
            final Translation[] translations) {
        final PolicyState state = decision.state();
        final int found = state.find(layer.number, direction, fields);
        if (state.isRelated()) {
            return related(found == PolicyState.FORWARD ? layer : back, decision, translations);
        }
        if (found == PolicyState.REVERSE && state.isTranslated()) {
            final Translation now = translation(back.find(state.opener()), translations);
            return now != null && state.keep(now) ? REPLY : end(decision);
        }
        if (layer.blocks(rule)) {
            return found == PolicyState.REVERSE && isStillAllowed(back, state) ? REPLY : UNDECIDED;
        }
        if (rule != null && rule.action instanceof CompiledNat) {
            return translate(translation(rule, translations), found, decision);
        }
        if (found == PolicyState.FORWARD && state.isTranslated()) {
            return translateNoMore(rule, decision);
        }
        if (found == PolicyState.NEW && rule != null) {
            state.open();
        } else if (found >= PolicyState.FORWARD) {
            state.keep();
        }
        return UNDECIDED;
    }

    /**
     * An ICMP error passes with the connection it is about (RFC 5508 REQ-4), as long as the rules
     * let the opener's packets pass; what they translate mustn't pass as it is.
     *
     * @param opening the layer as the opener's packets meet it.
     */
    private static int related(
            final CompiledLayer opening,
            final PolicyDecision decision,
            final Translation[] translations) {
        final PolicyState state = decision.state();
        final CompiledRule rule = opening.find(state.opener());
        if (state.isTranslated()) {
            final Translation now = translation(rule, translations);
            return now != null && state.keep(now) ? REPLY : end(decision);
        }
        return rule == null || opening.blocks(rule) || rule.action instanceof CompiledNat
                ? UNDECIDED
                : REPLY;
    }

    private static Translation translation(final CompiledRule rule, final Translation[] list) {
        return rule != null && rule.action instanceof CompiledNat
                ? ((CompiledNat) rule.action).translation(list)
                : null;
    }

    private static boolean isStillAllowed(final CompiledLayer back, final PolicyState state) {
        final CompiledRule rule = back.find(state.opener());
        final boolean allowed =
                rule != null && !back.blocks(rule) && !(rule.action instanceof CompiledNat);
        if (allowed) {
            state.keep();
        }
        return allowed;
    }

    /** A rule translates what opens connections. */
    private static int translate(
            final Translation translation, final int found, final PolicyDecision decision) {
        final PolicyState state = decision.state();
        if (found == PolicyState.REVERSE) {
            state.keep();
            return REPLY;
        }
        if (found == PolicyState.NONE) {
            return drop(decision, DropReason.NAT_NO_CONNECTION);
        }
        if (translation == null) {
            return drop(decision, DropReason.NAT_EXHAUSTED);
        }
        final boolean anew = translation.choosesAnew() && state.begins();
        if (found == PolicyState.FORWARD
                && state.isTranslated()
                && !anew
                && state.keep(translation)) {
            return KEPT;
        }
        if (found == PolicyState.FORWARD && !state.opens()) {
            return end(decision);
        }
        final DropReason reason = state.open(translation);
        return reason == null ? DECIDED : drop(decision, reason);
    }

    /** Never untranslated what was translated: it begins anew, or ends. */
    private static int translateNoMore(final CompiledRule rule, final PolicyDecision decision) {
        if (rule == null || !decision.state().opens()) {
            return end(decision);
        }
        decision.state().open();
        return UNDECIDED;
    }

    private static int end(final PolicyDecision decision) {
        decision.state().end();
        return drop(decision, DropReason.NAT_ENDED);
    }

    private static int drop(final PolicyDecision decision, final DropReason reason) {
        decision.drop(reason);
        return DECIDED;
    }
}
