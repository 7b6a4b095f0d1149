package io.vswitch.bench;

import io.vswitch.core.engine.ManualSwitch;
import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.PortPolicy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A switch that forwards a trace, over and over, from one port in memory to another; run cycle by
 * cycle on the caller's thread. When it is made every packet of the trace has passed.
 */
final class TraceSwitch implements AutoCloseable {
    /** Packets of a cycle. */
    static final int BURST = 64;

    private static final long NEVER_MS = 3_600_000;

    private final ManualSwitch vswitch;
    private final TracePort out;

    /**
     * @param outPolicy of the port where packets leave.
     * @param frames the trace, packets of {@link Traces#FRAME_LENGTH}.
     * @param inPolicy of the port where they come from.
     * @param packets to pass first.
     */
    TraceSwitch(
            final SwitchContext context,
            final PortPolicy outPolicy,
            final UnsafeBuffer frames,
            final PortPolicy inPolicy,
            final int packets) {
        vswitch = context.flowIdleMs(NEVER_MS).launchManual();
        vswitch.addNetwork(NetworkConfig.of("bench"));
        out = new TracePort("out", Traces.hello(), Traces.FRAME_LENGTH, 1);
        vswitch.addPort(out, "bench", outPolicy);
        while (vswitch.macs("bench").isEmpty()) {
            vswitch.cycle();
        }
        vswitch.addPort(
                new TracePort("in", frames, Traces.FRAME_LENGTH, Long.MAX_VALUE),
                "bench",
                inPolicy);
        for (int i = 0; i < packets / BURST; i++) {
            vswitch.cycle();
        }
    }

    /** Packets that were dropped. */
    long dropped() {
        return vswitch.totals().dropped();
    }

    int cycle() {
        return vswitch.cycle();
    }

    /** Stops it; a run in which packets were lost is void. */
    @Override
    public void close() {
        final long dropped = dropped();
        vswitch.close();
        if (dropped > 1 || out.sent() == 0) {
            throw new IllegalStateException(dropped + " packets dropped, " + out.sent() + " sent");
        }
    }
}
