package io.vswitch.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Edits a list of rules that no hash tells apart; used by one compile at a time. Up to {@link
 * #LEAF} they stay an array; more are divided by {@link Cut}, so that a packet looks at few of
 * them.
 *
 * <p>An edit copies the way to the places of its rule and shares the rest. A part is made from
 * scratch when it has doubled or shrunk to a quarter since it was, so that rules which come in
 * order don't make a long way; spread over the edits between, that costs O(log n) an edit. A part
 * in which nothing can be told apart stays an array: negations, lists of more than {@link
 * Pieces#MAX_PREFIXES} prefixes, MAC masks and TCP flags are tried one by one.
 */
final class Cuts {
    /** No rules. */
    static final CompiledRule[] NONE = {};

    /** Rules that are tried one by one before they are divided. */
    static final int LEAF = 16;

    private static final int SAMPLE = 64;
    private static final int QUANTILES = 4;

    private final long[] low = new long[Cut.DIMENSIONS];
    private final long[] high = new long[Cut.DIMENSIONS];

    /** A way to divide rules; the smaller its cost, the better. */
    private record Choice(int dimension, long threshold, int cost) {}

    private Cuts() {
        for (int i = 0; i < Cut.DIMENSIONS; i++) {
            high[i] = Pieces.last(i);
        }
    }

    /** The rules of a part, null for none, and one more. */
    static Object with(final Object part, final CompiledRule rule) {
        if (part instanceof Cut || part != null && Cut.size(part) >= LEAF) {
            return new Cuts().insert(part, rule);
        }
        return TupleEditor.insert(part == null ? NONE : (CompiledRule[]) part, rule);
    }

    /**
     * The rules of a part without one; the same part when it isn't there, null when none is left.
     */
    static Object without(final Object part, final CompiledRule rule) {
        final Object rest = part == null ? null : new Cuts().remove(part, rule);
        return rest != null && Cut.size(rest) == 0 ? null : rest;
    }

    /** All rules of a part, each once, in the order of evaluation. */
    static CompiledRule[] rules(final Object part) {
        if (!(part instanceof Cut)) {
            return part == null ? NONE : (CompiledRule[]) part;
        }
        final List<CompiledRule> rules = new ArrayList<>();
        collect(part, rules);
        rules.sort((a, b) -> a.isBefore(b) ? -1 : b.isBefore(a) ? 1 : 0);
        int count = 0;
        for (int i = 0; i < rules.size(); i++) {
            if (i == 0 || rules.get(i) != rules.get(i - 1)) {
                rules.set(count++, rules.get(i));
            }
        }
        return rules.subList(0, count).toArray(NONE);
    }

    private static void collect(final Object part, final List<CompiledRule> rules) {
        if (part instanceof Cut) {
            collect(((Cut) part).low, rules);
            collect(((Cut) part).high, rules);
            collect(((Cut) part).wide, rules);
        } else {
            rules.addAll(Arrays.asList((CompiledRule[]) part));
        }
    }

    private Object insert(final Object part, final CompiledRule rule) {
        if (!(part instanceof Cut)) {
            final CompiledRule[] rules = TupleEditor.insert((CompiledRule[]) part, rule);
            return isWorthACut(rules.length) ? build(rules) : rules;
        }
        final Cut changed = edit((Cut) part, rule, true);
        return changed.size >= 2 * changed.builtSize ? build(rules(changed)) : changed;
    }

    /** Not each time: where no cut was found one more rule seldom makes one. */
    private static boolean isWorthACut(final int count) {
        return count > LEAF && (count == LEAF + 1 || Integer.bitCount(count) == 1);
    }

    private Object remove(final Object part, final CompiledRule rule) {
        if (!(part instanceof Cut)) {
            final CompiledRule[] rules = (CompiledRule[]) part;
            final int index = TupleEditor.indexOf(rules, rule);
            return index < 0 ? rules : TupleEditor.without(rules, index);
        }
        final Cut changed = edit((Cut) part, rule, false);
        if (changed.size <= LEAF / 2) {
            return rules(changed);
        }
        return changed.size < changed.builtSize / 4 ? build(rules(changed)) : changed;
    }

    /** Inserts or removes a rule where it belongs. */
    private Cut edit(final Cut cut, final CompiledRule rule, final boolean isNew) {
        final int d = cut.dimension;
        final int sides = Pieces.sides(rule.match, d, low[d], cut.threshold, high[d]);
        if ((sides & Pieces.ACROSS) != 0) {
            return with(cut, cut.low, cut.high, edit(cut.wide, rule, isNew));
        }
        Object below = cut.low;
        Object above = cut.high;
        if ((sides & Pieces.LOW) != 0) {
            final long last = high[d];
            high[d] = cut.threshold - 1;
            below = edit(below, rule, isNew);
            high[d] = last;
        }
        if ((sides & Pieces.HIGH) != 0) {
            final long first = low[d];
            low[d] = cut.threshold;
            above = edit(above, rule, isNew);
            low[d] = first;
        }
        return with(cut, below, above, cut.wide);
    }

    private Object edit(final Object part, final CompiledRule rule, final boolean isNew) {
        return isNew ? insert(part, rule) : remove(part, rule);
    }

    private static Cut with(
            final Cut cut, final Object below, final Object above, final Object wide) {
        return below == cut.low && above == cut.high && wide == cut.wide
                ? cut
                : new Cut(cut.dimension, cut.threshold, below, above, wide, cut.builtSize);
    }

    /** A part of these rules, which are in the order of evaluation. */
    private Object build(final CompiledRule[] rules) {
        final Choice choice = rules.length <= LEAF ? null : choose(rules);
        if (choice == null) {
            return rules;
        }
        final int d = choice.dimension();
        final long t = choice.threshold();
        final CompiledRule[] wide = select(rules, d, t, Pieces.ACROSS);
        final Object across = build(wide);
        final long last = high[d];
        final CompiledRule[] lower = select(rules, d, t, Pieces.LOW);
        high[d] = t - 1;
        final Object below = build(lower);
        high[d] = last;
        final long first = low[d];
        final CompiledRule[] higher = select(rules, d, t, Pieces.HIGH);
        low[d] = t;
        final Object above = build(higher);
        low[d] = first;
        return new Cut(d, t, below, above, across, 0);
    }

    /** Those with stretches on a side; those with one across the threshold are on no other. */
    private CompiledRule[] select(
            final CompiledRule[] rules, final int d, final long threshold, final int side) {
        final CompiledRule[] found = new CompiledRule[rules.length];
        int count = 0;
        for (final CompiledRule rule : rules) {
            final int sides = Pieces.sides(rule.match, d, low[d], threshold, high[d]);
            final boolean isAcross = (sides & Pieces.ACROSS) != 0;
            if (side == Pieces.ACROSS ? isAcross : !isAcross && (sides & side) != 0) {
                found[count++] = rule;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** The best way to divide these rules, judged by some of them, or null. */
    private Choice choose(final CompiledRule[] rules) {
        final CompiledRule[] sample = sample(rules);
        Choice best = null;
        for (int d = 0; d < Cut.DIMENSIONS; d++) {
            final long[] thresholds = thresholds(sample, d);
            for (int i = 1; i < QUANTILES && thresholds.length > 0; i++) {
                final long threshold = thresholds[thresholds.length * i / QUANTILES];
                final int cost = cost(sample, d, threshold);
                if (cost >= 0 && (best == null || cost < best.cost())) {
                    best = new Choice(d, threshold, cost);
                }
            }
        }
        return best;
    }

    private static CompiledRule[] sample(final CompiledRule[] rules) {
        final CompiledRule[] sample = new CompiledRule[Math.min(SAMPLE, rules.length)];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = rules[(int) ((long) i * rules.length / sample.length)];
        }
        return sample;
    }

    private long[] thresholds(final CompiledRule[] rules, final int d) {
        final List<Long> found = new ArrayList<>();
        for (final CompiledRule rule : rules) {
            Pieces.thresholds(rule.match, d, low[d], high[d], found::add);
        }
        found.sort(Long::compareUnsigned);
        return found.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Twice the stretches that a packet still has to look at, on average over both sides; -1 when
     * the cut isn't worth it. By stretches, not rules: lists of scattered addresses are on both
     * sides of the first cuts, and apart after some more.
     */
    private int cost(final CompiledRule[] rules, final int d, final long threshold) {
        int lower = 0;
        int higher = 0;
        int across = 0;
        for (final CompiledRule rule : rules) {
            final int sides = Pieces.sides(rule.match, d, low[d], threshold, high[d]);
            if ((sides & Pieces.ACROSS) != 0) {
                across += Pieces.count(rule.match, d, low[d], high[d]);
            } else {
                lower += Pieces.count(rule.match, d, low[d], threshold - 1);
                higher += Pieces.count(rule.match, d, threshold, high[d]);
            }
        }
        final int all = lower + higher + across;
        final int most = Math.max(across, Math.max(lower, higher));
        final int cost = lower + higher + 2 * across;
        return most <= all * 7 / 8 && cost <= all * 15 / 8 ? cost : -1;
    }
}
