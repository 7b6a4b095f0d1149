package io.vswitch.bench;

import io.vswitch.bench.classbench.FilterSet;
import io.vswitch.bench.classbench.HostileSet;
import io.vswitch.bench.classbench.Seed;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints what rules cost: a packet that hits a flow with 10 and with 100,000 rules on its port, and
 * the first packets of flows through generated and hostile sets. In CPU time of one thread.
 */
public final class ClassifierBench {
    private static final int[] SIZES = {1_000, 10_000, 100_000};
    private static final int PACKETS = 1 << 14;
    private static final long NUMBER = 2007;
    private static final int FEW = 10;
    private static final int MANY = 100_000;
    private static final int HIT_ROUNDS = 41;
    private static final int HIT_CYCLES = 4_000;
    private static final double HIT_LIMIT = 1.05;

    /** Each switch drops the frame by which it learns a MAC: there is nobody else yet. */
    private static final int HELLOS = 2;

    private ClassifierBench() {}

    /** No arguments. Exit code 1 when a packet was lost. */
    public static void main(final String[] args) {
        System.out.printf("JVM %s; CPU nanoseconds per packet%n", Runtime.version());
        final boolean isSound = hits();
        System.out.printf("%n%-28s %8s %10s %10s%n", "first packets", "rules", "matching", "any");
        for (final Seed seed : Seed.values()) {
            for (final int size : SIZES) {
                final FilterSet filters = new FilterSet(seed, size, NUMBER);
                print(seed.name(), filters.rules(), filters.trace(PACKETS));
            }
        }
        for (final HostileSet hostile : HostileSet.values()) {
            print(hostile.text(), hostile.rules(), hostile.packets(PACKETS));
        }
        System.exit(isSound ? 0 : 1);
    }

    /** The two switches take turns, so that both meet the same machine. */
    private static boolean hits() {
        try (FlowHits few = new FlowHits(FEW);
                FlowHits many = new FlowHits(MANY)) {
            final double[] fewNs = new double[HIT_ROUNDS];
            final double[] manyNs = new double[HIT_ROUNDS];
            for (int i = -HIT_ROUNDS / 2; i < HIT_ROUNDS; i++) {
                fewNs[Math.max(0, i)] = few.nanosPerPacket(HIT_CYCLES);
                manyNs[Math.max(0, i)] = many.nanosPerPacket(HIT_CYCLES);
            }
            final double ratio = median(manyNs) / median(fewNs);
            System.out.printf(
                    Locale.ROOT,
                    "flow hit: %.1f with %d rules, %.1f with %d, ratio %.3f (at most %.2f) %s%n",
                    median(fewNs),
                    FEW,
                    median(manyNs),
                    MANY,
                    ratio,
                    HIT_LIMIT,
                    ratio <= HIT_LIMIT ? "PASS" : "MISS");
            final long dropped = few.dropped() + many.dropped();
            System.out.printf("packets dropped: %d (2 to learn MACs)%n", dropped);
            return dropped <= HELLOS;
        }
    }

    private static double median(final double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(
            final String name, final List<Rule> rules, final HeaderFields[] matching) {
        final PortPolicy policy = policy(rules);
        final Lookups hits = new Lookups(matching);
        final Lookups any = new Lookups(HostileSet.anyPackets(PACKETS));
        warmUp(policy, hits, any);
        System.out.printf(
                Locale.ROOT,
                "%-28s %8d %10.0f %10.0f%n",
                name,
                rules.size(),
                hits.nanosPerPacket(policy),
                any.nanosPerPacket(policy));
    }

    private static void warmUp(final PortPolicy policy, final Lookups... all) {
        for (final Lookups lookups : all) {
            lookups.nanosPerPacket(policy);
        }
    }

    private static PortPolicy policy(final List<Rule> rules) {
        return new PolicyCompiler("p")
                .compile(
                        PolicySet.of("p")
                                .withLayer(new Layer("acl", 100, Verdict.BLOCK))
                                .withGroup(new Group("acl", "rules", Direction.OUTBOUND, 100))
                                .withRules("acl", "rules", rules),
                        name -> -1);
    }
}
