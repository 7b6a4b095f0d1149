package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.RateLimit;
import io.vswitch.core.packet.PacketBatch;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.MeterCounter;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.policy.RuleExtras;
import io.vswitch.core.policy.RuleRef;
import io.vswitch.core.reply.Answer;
import java.lang.management.ManagementFactory;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Packets of known flows cost no garbage: forwarded, rewritten or dropped. */
class AllocationTest {
    private static final int FLOWS = 500;
    private static final int PACKETS = 100_000;

    /** For a class loaded late or a profile of the JIT; a packet that allocates costs 16 each. */
    private static final long TOLERATED_BYTES = 20_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static void block(final io.vswitch.core.policy.PolicyDecision decision) {
        decision.drop(DropReason.POLICY_BLOCKED);
    }

    private void assertNoGarbage(final int workers, final PortPolicy policy) {
        try (ManualSwitch sw =
                new SwitchContext().workers(workers).flowCapacity(1024).launchManual()) {
            sw.addNetwork(NetworkConfig.of("blue"));
            final ScriptedPort out = new ScriptedPort("out");
            out.isRecording = false;
            sw.addPort(out, "blue", policy);
            out.deliver(EngineFixture.udp(EngineFixture.MAC_B, EngineFixture.BROADCAST, 1));
            sw.cycle();
            final TracePort in = new TracePort();
            in.isRecording = false;
            sw.addPort(in, "blue", PortPolicy.ALLOW_ALL);
            pump(sw, in, 3 * PACKETS);
            final long before = threads.getCurrentThreadAllocatedBytes();
            pump(sw, in, PACKETS);
            final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(
                    bytes < TOLERATED_BYTES,
                    () -> bytes + " bytes of garbage for " + PACKETS + " packets");
            final long handled = out.sentCount + sw.totals().dropped();
            assertTrue(handled >= 4 * PACKETS, () -> handled + " packets handled");
        }
    }

    private static void pump(final ManualSwitch sw, final TracePort in, final int packets) {
        in.remaining = packets;
        while (in.remaining > 0) {
            sw.cycle();
        }
    }

    @Test
    void shouldMakeNoGarbageWhenForwarding() {
        assertNoGarbage(1, PortPolicy.ALLOW_ALL);
    }

    @Test
    void shouldMakeNoGarbageWhenSeveralWorkersLearn() {
        assertNoGarbage(2, PortPolicy.ALLOW_ALL);
    }

    @Test
    void shouldMakeNoGarbageWhenRewriting() {
        assertNoGarbage(
                1,
                (direction, fields, decision, trace) -> {
                    if (direction == Direction.INBOUND) {
                        fields.destinationMac = 0x02_00_00_00_00_99L;
                        fields.destinationLow = 0x0a000063;
                        fields.destinationPort = 8080;
                    }
                });
    }

    @Test
    void shouldMakeNoGarbageWhenDropping() {
        assertNoGarbage(1, (direction, fields, decision, trace) -> block(decision));
    }

    @Test
    void shouldMakeNoGarbageWhenRulesLimitNoteAndMirror() {
        final RateLimit limit = RateLimit.parse("1000gbit burst 100m");
        final MeterCounter meter = new MeterCounter("m", Direction.INBOUND);
        final RuleRef rule =
                new RuleRef("out", "l", "g", "r", new RuleExtras(limit, meter, false, null));
        final RuleRef audit =
                new RuleRef("out", "l", "g", "a", new RuleExtras(null, null, true, null));
        assertNoGarbage(
                1,
                (direction, fields, decision, trace) -> {
                    if (direction == Direction.INBOUND) {
                        decision.matched(audit);
                        decision.matched(rule);
                        decision.mirror(0);
                        decision.mirror(1);
                        fields.destinationPort = 8080;
                        fields.segmentLimit = 1000;
                    }
                });
    }

    @Test
    void shouldMakeNoGarbageWhenAnswering() {
        final RuleRef rule =
                new RuleRef(
                        "out",
                        "l",
                        "g",
                        "r",
                        new RuleExtras(null, null, false, new Answer(Answer.Kind.ECHO, 0)));
        assertNoGarbage(
                1,
                (direction, fields, decision, trace) -> {
                    decision.matched(rule);
                    decision.drop(DropReason.ANSWERED);
                });
    }

    /** Delivers packets of the same flows over and over. */
    private static final class TracePort extends ScriptedPort {
        private final byte[][] frames = new byte[FLOWS][];
        private int next;
        private int remaining;

        TracePort() {
            super("in");
            for (int i = 0; i < FLOWS; i++) {
                final UnsafeBuffer frame =
                        Frames.udp(
                                EngineFixture.MAC_A,
                                EngineFixture.MAC_B,
                                "10.0.0.1",
                                "10.0.0.2",
                                1000 + i,
                                80,
                                18);
                frames[i] = frame.byteArray();
            }
        }

        @Override
        public int receive(final PacketBatch batch, final int limit) {
            final int count = Math.min(limit, remaining);
            remaining -= count;
            for (int i = 0; i < count; i++) {
                final byte[] frame = frames[next];
                next = next + 1 == FLOWS ? 0 : next + 1;
                final int slab = batch.pool().allocateSmall();
                final int offset = batch.pool().frameOffset(slab);
                batch.buffer().putBytes(offset, frame);
                batch.append(slab, offset, frame.length);
            }
            return count;
        }
    }
}
