package io.vswitch.bench.rulechange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final int FLOW = 1;
    private static final int N = FlowTraffic.FLOWS;
    // packets of the flow: 1, 1 + N, 1 + 2N ...; surely blocked are those of 2N < number <= 4N
    private static final BlockedSpan SPAN = new BlockedSpan(FLOW, N, 2 * N, 4 * N, 5 * N);

    @Test
    void shouldAcceptEitherOutcomeAtTheEdges() {
        final Judge early = judge(Set.of(1 + N, 1 + 2 * N, 1 + 3 * N, 1 + 4 * N));
        final Judge late = judge(Set.of(1 + 2 * N, 1 + 3 * N));
        assertEquals(List.of(0L, 0L, 4L), List.of(early.lost(), early.leaked(), early.blocked()));
        assertEquals(List.of(0L, 0L, 2L), List.of(late.lost(), late.leaked(), late.blocked()));
    }

    @Test
    void shouldCountALeakWhenAPacketPassesALiveRule() {
        assertEquals(1, judge(Set.of(1 + 2 * N)).leaked());
    }

    @Test
    void shouldCountALossWhenAnotherFlowOrTimeMisses() {
        assertEquals(1, judge(Set.of(1 + 2 * N, 1 + 3 * N, 2 + 2 * N)).lost(), "another flow");
        assertEquals(1, judge(Set.of(1 + 2 * N, 1 + 3 * N, 1)).lost(), "before the rule");
        assertEquals(1, judge(Set.of(1 + 2 * N, 1 + 3 * N, 1 + 5 * N)).lost(), "after the rule");
    }

    private static Judge judge(final Set<Integer> missing) {
        return new Judge(6L * N, List.of(SPAN), number -> !missing.contains((int) number));
    }
}
