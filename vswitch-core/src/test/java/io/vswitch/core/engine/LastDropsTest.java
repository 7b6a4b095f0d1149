package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.view.DropLog;
import io.vswitch.core.view.DroppedPacket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packets dropped last, as the switch keeps them. */
class LastDropsTest extends EngineFixture {
    private final RuleRef rule = new RuleRef("b", "acl", "in", "7");

    @BeforeEach
    void block() {
        introduce();
        final PortPolicy policy =
                (direction, fields, decision, trace) -> {
                    if (direction == Direction.INBOUND && fields.destinationPort != 80) {
                        decision.matched(rule);
                        decision.drop(DropReason.POLICY_BLOCKED);
                    }
                };
        sw.policy("b", policy);
    }

    private static UnsafeBuffer to(final int dport) {
        return udp(MAC_A, MAC_B, dport);
    }

    private List<Integer> ports() {
        return sw.lastDrops(1000).packets().stream().map(p -> dport(p.packet())).toList();
    }

    private static int dport(final String text) {
        return Integer.parseInt(text.replaceFirst(".*10.0.0.2:(\\d+) .*", "$1"));
    }

    @Test
    void shouldTellWhatWasDroppedWhereAndWhy() {
        send(a, to(80));
        assertEquals(List.of(), sw.lastDrops(10).packets());
        final UnsafeBuffer frame = to(53);
        send(a, frame);
        nowNs += 2_000_000_000L;
        send(c, new UnsafeBuffer(new byte[] {1, 2, 3}));

        final DropLog log = sw.lastDrops(10);

        assertEquals(2, log.packets().size());
        assertEquals(0, log.passedOver());
        final DroppedPacket malformed = log.packets().get(0);
        assertEquals(DropReason.MALFORMED_ETHERNET, malformed.reason());
        assertEquals("c", malformed.port());
        assertEquals("frame of 3 bytes", malformed.packet());
        assertArrayEquals(new byte[] {1, 2, 3}, malformed.frame());
        final DroppedPacket blocked = log.packets().get(1);
        assertEquals(DropReason.POLICY_BLOCKED, blocked.reason());
        assertEquals("a", blocked.ingress());
        assertEquals("b", blocked.port());
        assertEquals(rule, blocked.rule());
        assertEquals(2000, blocked.ageMs());
        assertEquals(frame.capacity(), blocked.lengthBytes());
        assertTrue(blocked.packet().startsWith("udp 10.0.0.1:1000 > 10.0.0.2:53 "));
        assertArrayEquals(Arrays.copyOf(bytes(frame), blocked.frame().length), blocked.frame());
        assertNull(malformed.rule());
    }

    private static byte[] bytes(final UnsafeBuffer frame) {
        final byte[] bytes = new byte[frame.capacity()];
        frame.getBytes(0, bytes);
        return bytes;
    }

    @Test
    void shouldReadTheHeadersOfALongFrameFromWhatWasKept() {
        final UnsafeBuffer frame = Frames.udp(MAC_A, MAC_B, "10.0.0.1", "10.0.0.2", 1000, 99, 1400);
        send(a, frame);

        final DroppedPacket dropped = sw.lastDrops(1).packets().get(0);

        assertEquals(128, dropped.frame().length);
        assertEquals(1442, dropped.lengthBytes());
        assertTrue(dropped.packet().startsWith("udp 10.0.0.1:1000 > 10.0.0.2:99 "));
    }

    @Test
    void shouldKeepTheLatestAndNoMoreThanItMaySpendWhenManyAreDropped() {
        final long seed = System.nanoTime();
        System.out.println("LastDropsTest seed " + seed);
        final Random random = new Random(seed);
        final Deque<Integer> expected = new ArrayDeque<>();
        long tokensNs = 64_000_000;
        long lastNs = nowNs;
        long passedOver = 0;
        for (int i = 0; i < 4_000; i++) {
            final boolean quiet = random.nextInt(200) == 0;
            nowNs += quiet ? 70_000_000 : random.nextInt(1_200_000);
            tokensNs = Math.min(64_000_000, tokensNs + nowNs - lastNs);
            lastNs = nowNs;
            final int port = 1000 + random.nextInt(50_000);
            send(a, to(port));
            if (tokensNs >= 1_000_000) {
                tokensNs -= 1_000_000;
                expected.addFirst(port);
            } else {
                passedOver++;
            }
            if (i % 500 == 0) {
                assertEquals(expected.stream().limit(64).toList(), ports());
            }
        }
        assertEquals(expected.stream().limit(64).toList(), ports());
        assertEquals(64, ports().size());
        assertEquals(passedOver, sw.lastDrops(1).passedOver());
        assertTrue(passedOver > 0);
        assertEquals(4_000, drops(DropReason.POLICY_BLOCKED));
    }

    @Test
    void shouldKeepTheNameThatThePortHadWhenItIsGone() {
        send(a, to(53));
        sw.removePort("b");

        assertEquals("b", sw.lastDrops(1).packets().get(0).port());
    }
}
