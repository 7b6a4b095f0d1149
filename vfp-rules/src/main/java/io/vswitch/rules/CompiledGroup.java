package io.vswitch.rules;

import io.vswitch.core.policy.HeaderFields;

/**
 * A group ready to be evaluated: tuple-space search (Srinivasan, Suri, Varghese, "Packet
 * classification using tuple space search", 1999), so the cost grows with the number of different
 * masks, not of rules. Tuples come in the order of their best rules, and the search ends when no
 * later tuple can do better. Immutable.
 */
final class CompiledGroup {
    final GroupNode source;

    /** What tags stood for when it was compiled. */
    final TagSet tags;

    /** What a packet has to meet, or null. */
    private final PackedMatch where;

    final SortedTree<String, CompiledRule> byId;
    final Tuple[] tuples;

    /** Rules for which there was no tuple left, a part as in {@link Cut}; null for none. */
    final Object rest;

    /** Rules that decide nothing, in the order of evaluation: in no tuple, nor in the rest. */
    final CompiledRule[] audits;

    /** Rules that look at TCP flags. */
    final int flagRules;

    CompiledGroup(
            final GroupNode source,
            final TagSet tags,
            final SortedTree<String, CompiledRule> byId,
            final Tuple[] tuples,
            final Object rest,
            final CompiledRule[] audits,
            final int flagRules) {
        this.source = source;
        this.tags = tags;
        final Conditions conditions = source.group().where();
        this.where = conditions.isEmpty() ? null : PackedMatch.of(conditions, tags);
        this.byId = byId;
        this.tuples = tuples;
        this.rest = rest;
        this.audits = audits;
        this.flagRules = flagRules;
    }

    boolean looksAtFlags() {
        return flagRules > 0 || where != null && where.looksAtFlags();
    }

    /** True when an audit rule of the group, that at an index, matches; allocates nothing. */
    boolean audits(final int index, final HeaderFields fields) {
        final long w0 = CompiledRule.word0(fields);
        final long w1 = CompiledRule.word1(fields);
        final long w2 = CompiledRule.word2(fields);
        return (where == null || where.matches(w0, w1, w2, fields))
                && audits[index].match.matches(w0, w1, w2, fields);
    }

    /** The best rule that matches, or null; allocates nothing. */
    CompiledRule find(final HeaderFields fields) {
        final long w0 = CompiledRule.word0(fields);
        final long w1 = CompiledRule.word1(fields);
        final long w2 = CompiledRule.word2(fields);
        if (where != null && !where.matches(w0, w1, w2, fields)) {
            return null;
        }
        CompiledRule found = null;
        for (final Tuple tuple : tuples) {
            if (found != null && !tuple.best.isBefore(found)) {
                break;
            }
            found = tuple.find(w0, w1, w2, fields, found);
        }
        return rest == null ? found : Cut.find(rest, w0, w1, w2, fields, found);
    }
}
