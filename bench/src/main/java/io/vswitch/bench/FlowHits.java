package io.vswitch.bench;

import com.sun.management.ThreadMXBean;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Verdict;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * A switch whose flows are all known, between ports in memory: what a packet that hits costs with
 * many rules on the port, in CPU time. Run cycle by cycle on the caller's thread.
 */
final class FlowHits implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int FLOWS = 1000;

    private final TraceSwitch vswitch;

    /**
     * @param rules on the port, of which the last by priority decides about all packets.
     */
    FlowHits(final int rules) {
        vswitch =
                new TraceSwitch(
                        new SwitchContext(),
                        PortPolicy.ALLOW_ALL,
                        Traces.flows(FLOWS),
                        policy(rules).compile(),
                        2 * FLOWS);
    }

    private static PolicySet policy(final int count) {
        final List<Rule> rules = new ArrayList<>(count);
        for (int i = 1; i < count; i++) {
            final String host = "172." + (16 + (i >> 16)) + "." + (i >> 8 & 255) + "." + (i & 255);
            rules.add(Rule.of("" + i, 1, "block proto tcp dst-ip " + host + " dst-port 22"));
        }
        rules.add(Rule.of("web", 2, "allow proto udp dst-port 80"));
        return PolicySet.of("in")
                .withLayer(new Layer("acl", 100, Verdict.BLOCK))
                .withGroup(new Group("acl", "out", Direction.OUTBOUND, 100))
                .withRules("acl", "out", rules);
    }

    /** CPU nanoseconds per packet over some cycles. */
    double nanosPerPacket(final int cycles) {
        final long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < cycles; i++) {
            vswitch.cycle();
        }
        return (double) (THREADS.getCurrentThreadCpuTime() - start) / cycles / TraceSwitch.BURST;
    }

    /** Packets that were dropped. */
    long dropped() {
        return vswitch.dropped();
    }

    @Override
    public void close() {
        vswitch.close();
    }
}
