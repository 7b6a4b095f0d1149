package io.vswitch.bench.rulechange;

import java.util.BitSet;
import java.util.List;
import java.util.function.LongPredicate;

/** Compares which packets arrived with which had to; used by one thread, after the traffic. */
final class Judge {
    private final LongPredicate arrived;
    private final BitSet mayMiss = new BitSet();
    private long lost;
    private long leaked;
    private long blocked;

    /**
     * @param packets they are numbered from 1 to this.
     * @param arrived whether a packet arrived.
     */
    Judge(final long packets, final List<BlockedSpan> spans, final LongPredicate arrived) {
        this.arrived = arrived;
        spans.forEach(this::judge);
        for (long number = 1; number <= packets; number++) {
            if (!arrived.test(number)) {
                blocked++;
                lost += mayMiss.get((int) number) ? 0 : 1;
            }
        }
    }

    private void judge(final BlockedSpan span) {
        for (long number = span.from() + 1; number <= span.gone(); number++) {
            if (number % FlowTraffic.FLOWS == span.flow()) {
                mayMiss.set((int) number);
                final boolean mustMiss = number > span.live() && number <= span.until();
                leaked += mustMiss && arrived.test(number) ? 1 : 0;
            }
        }
    }

    /** Packets that had to arrive and did not. */
    long lost() {
        return lost;
    }

    /** Packets that arrived although the rule was live. */
    long leaked() {
        return leaked;
    }

    /** Packets that did not arrive, rightly or not. */
    long blocked() {
        return blocked;
    }
}
