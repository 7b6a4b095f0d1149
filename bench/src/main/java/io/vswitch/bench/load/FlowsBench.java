package io.vswitch.bench.load;

import java.util.Arrays;
import java.util.Locale;

/**
 * Flows of connections that are translated, very many: what they take in memory, what a packet that
 * hits costs among them, and that nothing of them is left when their time is over.
 */
public final class FlowsBench {
    private static final int FEW = 1_000;
    private static final int ROUNDS = 15;
    private static final double MIB = 1 << 20;

    private FlowsBench() {}

    /** How many flows, two for each connection. */
    public static void main(final String[] args) {
        final int flows = Integer.parseInt(args[0]);
        System.out.printf("JVM %s; time is CPU time%n", Runtime.version());
        final double before = hit(FEW);
        try (TranslatedFlows many = new TranslatedFlows(flows / 2)) {
            final long empty = ResidentMemory.bytesAfterCollection();
            many.open();
            final double taken = ResidentMemory.bytesAfterCollection() - empty;
            System.out.println(many.state());
            Judgement.atMost(
                    "off-heap memory of %,d flows".formatted(flows),
                    taken / MIB,
                    256.0 * flows / 1_000_000,
                    "MiB");
            final double hit = median(many);
            final double few = Math.min(before, hit(FEW)); // the first was while the JVM warmed up
            System.out.printf(
                    Locale.ROOT,
                    "hit with %,d flows: %.1f ns, with %,d: %.1f%n",
                    flows,
                    hit,
                    FEW,
                    few);
            Judgement.atMost("hit with many flows / with few", hit / few, 2, "x");
            leavesNothing(many);
        }
    }

    private static double hit(final int flows) {
        try (TranslatedFlows few = new TranslatedFlows(flows / 2)) {
            few.open();
            return median(few);
        }
    }

    private static double median(final TranslatedFlows flows) {
        final double[] ns = new double[ROUNDS];
        for (int i = -ROUNDS; i < ROUNDS; i++) {
            ns[Math.max(0, i)] = flows.nanosPerHit();
        }
        Arrays.sort(ns);
        return ns[ROUNDS / 2];
    }

    private static void leavesNothing(final TranslatedFlows flows) {
        flows.expire();
        System.out.println("expired: " + flows.state());
        Judgement.atMost("flows and connections left", flows.left(), 0, "");
        final long before = ResidentMemory.bytesAfterCollection();
        flows.open();
        System.out.println("set up again: " + flows.state());
        final double grown = (ResidentMemory.bytesAfterCollection() - before) / MIB;
        Judgement.atMost("memory grown by setting them up again", grown, 4, "MiB");
        flows.expire();
        Judgement.atMost("flows and connections left", flows.left(), 0, "");
    }
}
