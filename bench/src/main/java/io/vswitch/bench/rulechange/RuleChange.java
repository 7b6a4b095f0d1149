package io.vswitch.bench.rulechange;

import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.engine.VirtualSwitch;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import io.vswitch.core.view.PortStats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * One run: a rule is added to and deleted from a port with many rules again and again while packets
 * flow through a switch in this JVM. A change's time runs from the rule's text to the reply, that
 * is until every worker runs it. Used by one thread, which plays the control API.
 */
final class RuleChange {
    private static final long HIGHEST_NS = 60_000_000_000L;
    private static final int STALL_MS = 10_000;
    private static final int PACKETS_BETWEEN = 16 * FlowTraffic.FLOWS;

    private final Histogram addNs = new Histogram(HIGHEST_NS, 3);
    private final Histogram deleteNs = new Histogram(HIGHEST_NS, 3);
    private final List<BlockedSpan> spans = new ArrayList<>();
    private final PauseClock clock = new PauseClock();
    private final LargePolicy policy;
    private final Transactions transactions;
    private long firstNs;
    private long packets;
    private long elapsedNs;
    private long packetsMeanwhile;
    private long disordered;
    private Judge judge;
    private PortStats totals;
    private long buffered;

    /**
     * @param rules on the port before the changing ones.
     * @param inTransaction rules of one transaction.
     */
    RuleChange(final int rules, final int inTransaction) {
        policy = new LargePolicy("a", rules);
        transactions = new Transactions(inTransaction);
    }

    /**
     * Warms up with some changes that are judged but not timed, then times {@code changes}
     * additions and deletions, then transactions.
     */
    void run(final int warmUps, final int changes) throws InterruptedException {
        final MemoryPort a = new MemoryPort("a");
        final MemoryPort b = new MemoryPort("b");
        final FlowTraffic traffic = new FlowTraffic(a, b);
        try (VirtualSwitch vswitch = VirtualSwitch.launch(new SwitchContext().clock(clock))) {
            vswitch.addNetwork(NetworkConfig.of("bench"));
            vswitch.addPort(a, "bench", policy.compile());
            vswitch.addPort(b, "bench", PortPolicy.ALLOW_ALL);
            traffic.announce();
            final Thread thread = new Thread(traffic, "traffic");
            thread.start();
            try {
                changeRules(vswitch, traffic, warmUps, changes);
                transactions.run(vswitch, policy, clock);
            } finally {
                traffic.stop();
                thread.join();
            }
            drain(vswitch, traffic);
        }
        disordered = traffic.disordered();
        judge = new Judge(packets, spans, traffic::hasArrived);
    }

    private void changeRules(
            final VirtualSwitch vswitch,
            final FlowTraffic traffic,
            final int warmUps,
            final int changes)
            throws InterruptedException {
        final long start = System.nanoTime();
        for (int i = 0; i < warmUps + changes; i++) {
            if (i == warmUps) {
                addNs.reset();
                deleteNs.reset();
            }
            blockAndUnblock(vswitch, traffic, i);
            if (i == 0) {
                firstNs = addNs.getMaxValue();
            }
        }
        elapsedNs = System.nanoTime() - start;
        packetsMeanwhile = traffic.claimed();
    }

    private void blockAndUnblock(
            final VirtualSwitch vswitch, final FlowTraffic traffic, final int round)
            throws InterruptedException {
        final int flow = round * 7 % FlowTraffic.FLOWS;
        final int priority = 1 + round * 131 % 1000;
        flow(traffic);
        final long from = traffic.received();
        timed(addNs, vswitch, () -> policy.block(FlowTraffic.FIRST_PORT + flow, priority));
        final long live = traffic.claimed();
        flow(traffic);
        final long until = traffic.received();
        timed(deleteNs, vswitch, policy::unblock);
        spans.add(new BlockedSpan(flow, from, live, until, traffic.claimed()));
    }

    private static void timed(
            final Histogram times, final VirtualSwitch vswitch, final Supplier<PortPolicy> change) {
        final long start = System.nanoTime();
        vswitch.policy("a", change.get());
        times.recordValue(Math.min(HIGHEST_NS, System.nanoTime() - start));
    }

    /** Waits until some packets that are sent from now on have come. */
    private static void flow(final FlowTraffic traffic) throws InterruptedException {
        final long wanted = traffic.claimed() + PACKETS_BETWEEN;
        for (int ms = 0; traffic.received() < wanted; ms++) {
            if (ms == STALL_MS) {
                throw new IllegalStateException(
                        "no packet " + wanted + " after " + STALL_MS + " ms");
            }
            Thread.sleep(1);
        }
    }

    /** Takes the packets that are still on their way, until the switch is at rest. */
    private void drain(final VirtualSwitch vswitch, final FlowTraffic traffic)
            throws InterruptedException {
        for (int quietMs = 0; quietMs < 200; quietMs++) {
            if (traffic.receiveAll() > 0) {
                quietMs = 0;
            }
            Thread.sleep(1);
        }
        packets = traffic.claimed();
        totals = vswitch.totals();
        buffered = vswitch.buffered();
    }

    /** From rule text to reply, in nanoseconds. */
    Histogram addNs() {
        return addNs;
    }

    Histogram deleteNs() {
        return deleteNs;
    }

    /** The very first change of the JVM, nanoseconds. */
    long firstNs() {
        return firstNs;
    }

    Transactions transactions() {
        return transactions;
    }

    int ruleCount() {
        return policy.ruleCount();
    }

    long packets() {
        return packets;
    }

    double packetsPerSecond() {
        return packetsMeanwhile * 1e9 / elapsedNs;
    }

    long disordered() {
        return disordered;
    }

    Judge judge() {
        return judge;
    }

    /** received + replicated - sent - dropped - buffered: 0 when the books balance. */
    long bookError() {
        return totals.rxPackets()
                + totals.replicated()
                - totals.txPackets()
                - totals.dropped()
                - buffered;
    }

    /**
     * Packets the switch says it dropped, less those that did not arrive: 0 when it tells the
     * truth.
     */
    long dropError() {
        return totals.dropped() - judge.blocked();
    }
}
