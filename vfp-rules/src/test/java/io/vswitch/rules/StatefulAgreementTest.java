package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchContext;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random packets of few connections, random waits and rule changes: the switch, with its flow
 * cache, and the model agree on each packet.
 */
class StatefulAgreementTest extends StatefulFixture {
    private static final int TCP_SEQUENCE = 14 + 20 + 4;
    private static final int STEPS = 200_000;
    private static final int[] FLAGS = {
        SYN, SYN, SYN | ACK, SYN | ACK, ACK, ACK, ACK, ACK, FIN | ACK, FIN | ACK, RST, SYN | RST,
        SYN | FIN, 0
    };
    private static final int[] SECONDS = {
        4, 4, 5, 14, 15, 29, 30, 33, 44, 45, 60, 63, 903, 86_400, 86_403
    };

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final ConnectionModel model = new ConnectionModel();
    private final Deque<String> last = new ArrayDeque<>();
    private ConnectionModel.Rules allowed;
    private int sequence;

    @Override
    SwitchContext context() {
        return super.context().connectionCapacity(1024);
    }

    @Test
    void shouldAgreeWithTheModel() {
        changeRules();
        int passed = 0;
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(300) == 0) {
                changeRules();
            }
            if (random.nextInt(12) == 0) {
                nowNs += SECONDS[random.nextInt(SECONDS.length)] * SECOND;
            }
            passed += step() ? 1 : 0;
        }
        assertTrue(passed > STEPS / 10 && passed < STEPS * 9 / 10, passed + " passed");
    }

    private boolean step() {
        final boolean fromA = random.nextBoolean();
        final int protocol = new int[] {6, 6, 6, 17, 1}[random.nextInt(5)];
        final int portA = 1000 + random.nextInt(3);
        final int portB = protocol == 1 ? 0 : 80 + random.nextInt(2);
        final int flags = flags(protocol);
        final boolean expected = model.passes(allowed, fromA, protocol, portA, portB, flags, nowNs);
        note(
                "%s protocol %d, %d %d, flags %d at %d: %s"
                        .formatted(
                                fromA ? "out" : "in",
                                protocol,
                                portA,
                                portB,
                                flags,
                                nowNs,
                                expected));
        final var frame =
                protocol == 1
                        ? icmp(fromA, flags, portA)
                        : frame(fromA, protocol, portA, portB, flags);
        if (protocol == 6) {
            sequence += 2; // so that a SYN after the end is no old one
            frame.putInt(TCP_SEQUENCE, sequence, ByteOrder.BIG_ENDIAN);
        }
        final boolean actual = passes(fromA ? a : b, fromA ? b : a, frame);
        assertEquals(
                expected,
                actual,
                () ->
                        "seed "
                                + seed
                                + ", "
                                + explain(fromA ? "a" : "b", frame)
                                + "\n"
                                + String.join("\n", last));
        return actual;
    }

    private int flags(final int protocol) {
        if (protocol == 1) {
            return random.nextBoolean() ? 8 : 0;
        }
        return protocol == 6 ? FLAGS[random.nextInt(FLAGS.length)] : 0;
    }

    private void changeRules() {
        PolicySet set = layer(true);
        final boolean all = random.nextInt(3) > 0;
        final boolean web = random.nextInt(3) > 0;
        final boolean in = random.nextInt(4) == 0;
        if (all) {
            set = set.withRule("acl", "out", Rule.of("all", 100, "allow src-ip 10.0.0.0/24"));
        }
        if (web) {
            set = set.withRule("acl", "out", Rule.of("no", 10, "block proto tcp dst-port 81"));
        }
        if (in) {
            set = set.withRule("acl", "in", Rule.of("in", 1, "allow proto tcp dst-port 1000"));
        }
        allowed =
                (fromA, protocol, portA, portB) ->
                        fromA
                                ? all && !(web && protocol == 6 && portB == 81)
                                : in && protocol == 6 && portA == 1000;
        note("rules: all %s, no 81 %s, in %s".formatted(all, web, in));
        publish(set);
    }

    private void note(final String line) {
        last.add(line);
        if (last.size() > 60) {
            last.remove();
        }
    }
}
