package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.core.view.FlowInfo;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Looking at cached flows and taking them out, while frames are forwarded. */
class FlowQueriesTest extends EngineFixture {
    private static final Comparator<FlowInfo> BUSIEST =
            Comparator.comparingLong(FlowInfo::packets).reversed();

    private void sendTo(final int dport, final int times) {
        for (int i = 0; i < times; i++) {
            send(a, udp(MAC_A, MAC_B, dport));
        }
    }

    private Map<Integer, Long> counts() {
        return sw.flows(flow -> true, 10_000).stream()
                .collect(Collectors.toMap(f -> f.fields().destinationPort, FlowInfo::packets));
    }

    @Test
    void shouldShowTheFirstByTheOrderWhenMoreFlowsPassThanAreWanted() {
        introduce();
        for (int port = 1; port <= 300; port++) {
            sendTo(port, port % 7 == 0 ? 3 : 1);
        }
        sendTo(150, 9);
        sendTo(7, 4);

        final List<FlowInfo> busiest = sw.flows(flow -> true, BUSIEST, 3);

        assertEquals(List.of(10L, 7L, 3L), busiest.stream().map(FlowInfo::packets).toList());
        assertEquals(150, busiest.get(0).fields().destinationPort);
        assertEquals(0, sw.flows(flow -> false, BUSIEST, 3).size());
    }

    @Test
    void shouldDecideAnewWhenAFlowWasRemoved() {
        introduce();
        sendTo(80, 5);

        assertEquals(1, sw.removeFlows(flow -> flow.fields().destinationPort == 80));

        assertEquals(0, sw.flows(flow -> true, 10).size());
        sendTo(80, 2);
        assertEquals(Map.of(80, 2L), counts());
        assertEquals(7, b.sent.size());
    }

    @Test
    void shouldKeepCountsAndBooksWhenFlowsAreRemovedAtRandom() {
        final long seed = System.nanoTime();
        System.out.println("FlowQueriesTest seed " + seed);
        final Random random = new Random(seed);
        introduce();
        final Map<Integer, Long> expected = new HashMap<>();
        long delivered = 0;
        for (int round = 0; round < 2_000; round++) {
            if (random.nextInt(40) == 0) {
                final int modulus = 1 + random.nextInt(5);
                final long gone = expected.keySet().stream().filter(p -> p % modulus == 0).count();
                assertEquals(gone, sw.removeFlows(f -> f.fields().destinationPort % modulus == 0));
                expected.keySet().removeIf(p -> p % modulus == 0);
            }
            final int port = 1 + random.nextInt(600);
            sendTo(port, 1);
            delivered++;
            expected.merge(port, 1L, Long::sum);
            if (round % 100 == 0) {
                assertEquals(expected, counts());
            }
        }
        assertEquals(expected, counts());
        assertEquals(delivered, b.sent.size());
        assertEquals(expected.size(), sw.removeFlows(flow -> true));
        assertEquals(Map.of(), counts());
    }
}
