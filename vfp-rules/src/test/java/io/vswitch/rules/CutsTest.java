package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.RuleRef;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

/** Rules that a hash can't tell apart: the same answer as one by one, found by looking at few. */
class CutsTest {
    private static final int EDITS = 400;
    private static final int MANY = 10_000;
    private static long cuts;
    private static long matches;

    private final SplittableRandom random = new SplittableRandom(20_260_101);

    private static CompiledRule rule(final int id, final int priority, final String text) {
        return new CompiledRule(
                Rule.of("" + id, priority, text),
                new RuleRef("p", "l", "g", "" + id),
                CompiledAction.ALLOW,
                0,
                TagSet.EMPTY);
    }

    private static CompiledRule find(final Object part, final HeaderFields f) {
        return Cut.find(
                part, CompiledRule.word0(f), CompiledRule.word1(f), CompiledRule.word2(f), f, null);
    }

    private static String list(final SplittableRandom random, final int bits) {
        final boolean isIpv6 = random.nextInt(4) == 0;
        final int length =
                (isIpv6 ? random.nextInt(3) * 32 + 56 : 33 - bits) + random.nextInt(bits);
        final long host = random.nextInt(1 << bits);
        final long mask = -1L << Math.max(0, (isIpv6 ? 128 : 32) - length);
        return isIpv6
                ? length <= 64
                        ? "fd00:0:0:" + Long.toHexString(host & -1L << 64 - length) + "::/" + length
                        : "fd00::" + Long.toHexString(host & mask & 0xffff) + "/" + length
                : "10.0." + ((host & mask) >> 8 & 255) + "." + (host & mask & 255) + "/" + length;
    }

    private static String lists(final SplittableRandom random) {
        final StringBuilder text = new StringBuilder(random.nextInt(12) == 0 ? "not " : "");
        text.append(list(random, 8));
        while (random.nextInt(3) == 0) {
            text.append(',').append(list(random, 8));
        }
        return text.toString();
    }

    private static String ports(final SplittableRandom random) {
        final StringBuilder text = new StringBuilder();
        do {
            final int first = random.nextInt(200);
            text.append(text.length() > 0 ? "," : "").append(first);
            text.append('-').append(first + random.nextInt(random.nextBoolean() ? 8 : 150));
        } while (random.nextInt(3) == 0);
        return text.toString();
    }

    /** Mostly lists and ranges; contradictions of families are drawn anew. */
    private static CompiledRule draw(final SplittableRandom random, final int id) {
        while (true) {
            final StringBuilder text = new StringBuilder("allow");
            text.append(random.nextInt(3) > 0 ? " src-ip " + lists(random) : "");
            text.append(random.nextInt(3) == 0 ? " dst-ip " + lists(random) : "");
            if (random.nextInt(8) == 0) {
                text.append(" proto icmp icmp-type ").append(random.nextInt(3));
                text.append(random.nextBoolean() ? " icmp-code 1" : "");
            } else {
                text.append(" proto tcp");
                text.append(random.nextBoolean() ? " dst-port " + ports(random) : "");
                text.append(random.nextInt(4) == 0 ? " src-port " + ports(random) : "");
            }
            try {
                return rule(id, random.nextInt(50), text.toString());
            } catch (final RuleSyntaxException contradiction) {
                continue;
            }
        }
    }

    private static HeaderFields packet(final SplittableRandom random) {
        final HeaderFields f =
                Packets.tcp(
                        0x0a000000L | random.nextInt(256),
                        0x0a000000L | random.nextInt(256),
                        random.nextInt(220),
                        random.nextInt(220));
        if (random.nextInt(3) == 0) {
            f.etherType = 0x86dd;
            f.sourceHigh = 0xfd00L << 48 | random.nextInt(2) * random.nextInt(256);
            f.destinationHigh = 0xfd00L << 48 | random.nextInt(2) * random.nextInt(256);
            f.sourceLow = random.nextInt(256);
            f.destinationLow = random.nextInt(256);
        } else if (random.nextInt(5) == 0) {
            f.protocol = 1;
            f.destinationPort = random.nextInt(3) << 8 | random.nextInt(2);
        }
        return f;
    }

    @Property(tries = 120, shrinking = ShrinkingMode.OFF)
    void shouldFindWhatOneByOneFindsWhenRulesComeAndGo(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        CompiledRule[] linear = Cuts.NONE;
        Object part = null;
        for (int i = 0; i < EDITS; i++) {
            if (linear.length > 0 && random.nextInt(i < EDITS / 2 ? 5 : 2) == 0) {
                final int index = random.nextInt(linear.length);
                part = Cuts.without(part, linear[index]);
                linear = TupleEditor.without(linear, index);
            } else {
                final CompiledRule rule = draw(random, i);
                part = Cuts.with(part, rule);
                linear = TupleEditor.insert(linear, rule);
            }
            cuts += part instanceof Cut ? 1 : 0;
            if (i % 20 == 0) {
                agree(random, linear, part);
            }
        }
        for (final CompiledRule rule : linear) {
            part = Cuts.without(part, rule);
        }
        assertNull(part);
    }

    private static void agree(
            final SplittableRandom random, final CompiledRule[] linear, final Object part) {
        assertEquals(List.of(linear), List.of(Cuts.rules(part)));
        assertSame(part, Cuts.without(part, draw(random, EDITS)), "a rule that isn't there");
        for (int i = 0; i < 100 && part != null; i++) {
            final HeaderFields packet = packet(random);
            final CompiledRule expected = find(linear, packet);
            assertSame(expected, find(part, packet), () -> Packets.text(packet));
            matches += expected == null ? 0 : 1;
        }
    }

    @AfterContainer
    static void shouldHaveCutAndMatched() {
        assertTrue(cuts > 10_000, "only " + cuts + " trees");
        assertTrue(matches > 10_000, "only " + matches + " matches");
    }

    private int mostLookedAt(final List<String> texts) {
        Object part = null;
        for (int i = 0; i < texts.size(); i++) {
            part = Cuts.with(part, rule(i, 100, texts.get(i)));
        }
        int most = 0;
        for (int i = 0; i < 2_000; i++) {
            final HeaderFields packet =
                    Packets.tcp(
                            0x0a000000L | random.nextInt(1 << 17),
                            0x0a000000L | random.nextInt(1 << 17),
                            random.nextInt(65_536),
                            random.nextInt(65_536));
            most = Math.max(most, lookedAt(part, packet));
        }
        return most;
    }

    /** Rules on a packet's way when none of them matches. */
    static int lookedAt(final Object part, final HeaderFields packet) {
        if (!(part instanceof Cut)) {
            return part == null ? 0 : ((CompiledRule[]) part).length;
        }
        final Cut cut = (Cut) part;
        return lookedAt(cut.wide, packet)
                + lookedAt(cut.isLow(packet) ? cut.low : cut.high, packet);
    }

    private static String host(final int i) {
        return "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
    }

    private static void few(final int limit, final int lookedAt) {
        assertTrue(lookedAt <= limit, lookedAt + " rules on one packet's way");
    }

    @Test
    void shouldLookAtFewRulesWhenTheyDifferByListsAlone() {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            texts.add("block proto tcp src-ip " + host(3 * i) + "," + host(3 * i + 1));
        }
        few(64, mostLookedAt(texts));
    }

    @Test
    void shouldLookAtFewRulesWhenTheirListsAreScattered() {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            final StringBuilder text = new StringBuilder("block dst-ip ").append(host(i));
            for (int j = 0; j < 7; j++) {
                text.append(',').append(host(random.nextInt(1 << 17)));
            }
            texts.add(text.toString());
        }
        few(64, mostLookedAt(texts));
    }

    @Test
    void shouldLookAtFewRulesWhenTheyDifferByRangesAlone() {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            texts.add("block proto tcp dst-port " + 6 * i + "-" + (6 * i + 20));
        }
        few(128, mostLookedAt(texts));
    }

    /**
     * A range of another half each: what isn't around a port is left out, half of them on average.
     */
    @Test
    void shouldLeaveOutWhatIsBesideAPortWhenRangesNest() {
        Object part = null;
        for (int i = 0; i < 2_000; i++) {
            part =
                    Cuts.with(
                            part,
                            rule(
                                    i,
                                    2_000 - i,
                                    "block proto tcp dst-port " + i + "-" + (60_000 - i)));
        }
        few(1_000, lookedAt(part, Packets.tcp(1, 2, 3, 50)));
        few(2_000, lookedAt(part, Packets.tcp(1, 2, 3, 30_000)));
    }

    /** What is stated in {@link Cuts}: nothing tells these apart. */
    @Test
    void shouldStayAListWhenRulesAreNegations() {
        Object part = null;
        for (int i = 0; i < 300; i++) {
            part = Cuts.with(part, rule(i, 1, "block src-ip not " + host(i)));
        }
        assertEquals(300, ((CompiledRule[]) part).length);
    }
}
