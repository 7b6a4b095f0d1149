package io.vswitch.bench;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
import io.vswitch.core.policy.PortPolicy;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Times decisions of a policy without a flow table, in CPU time, so that a busy machine changes
 * little; used by one thread.
 */
final class Lookups {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 9;

    private final HeaderFields fields = new HeaderFields();
    private final PolicyDecision decision = new PolicyDecision();
    private final HeaderFields[] packets;

    Lookups(final HeaderFields[] packets) {
        this.packets = packets;
    }

    /** Median over some rounds, nanoseconds per packet; copying its fields is part of it. */
    double nanosPerPacket(final PortPolicy policy) {
        final double[] rounds = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            final long start = THREADS.getCurrentThreadCpuTime();
            run(policy);
            rounds[i] = (double) (THREADS.getCurrentThreadCpuTime() - start) / packets.length;
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private int run(final PortPolicy policy) {
        int matched = 0;
        for (final HeaderFields packet : packets) {
            fields.copyFrom(packet);
            decision.reset();
            policy.evaluate(Direction.OUTBOUND, fields, decision, null);
            matched += decision.matchedCount();
        }
        return matched;
    }

    /** How many packets a rule decides, of 1. */
    double hitShare(final PortPolicy policy) {
        return (double) run(policy) / packets.length;
    }
}
