package io.vswitch.bench;

import io.vswitch.core.engine.ManualSwitch;
import io.vswitch.core.engine.NetworkConfig;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.vxlan.TunnelPort;
import io.vswitch.vxlan.Vtep;
import io.vswitch.vxlan.VxlanHeader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a tunnel costs on flow hits: a worker cycle of 64 frames of 64 bytes between two ports, into
 * a tunnel, and out of one. Nanoseconds per packet, one core; what counts is encap and decap over
 * forward.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OverlayCycleBenchmark {
    private static final int BURST = 64;
    private static final int VNI = 4096;
    private static final int PEER = 0x0a500002;
    private static final String NETWORK = "bench";

    /** From where to where the frames go. */
    public enum Work {
        FORWARD,
        ENCAP,
        DECAP
    }

    @Param public Work work;

    /** Distinct flows of the trace. */
    @Param({"1000", "100000"})
    public int flows;

    private ManualSwitch sw;
    private TracePort out;
    private TraceUnderlay underlay;

    /** Starts the switch and makes every flow known. */
    @Setup
    public void launch() throws UnknownHostException {
        sw =
                new SwitchContext()
                        .flowCapacity(Math.max(1024, flows * 5 / 4))
                        .flowIdleMs(3_600_000)
                        .launchManual();
        sw.addNetwork(NetworkConfig.of(NETWORK));
        final UnsafeBuffer frames = Traces.flows(flows);
        if (work != Work.DECAP) {
            tunnel(behindHeader(Traces.hello()), work == Work.ENCAP ? 1 : 0);
            out(work == Work.FORWARD ? 1 : 0);
            learn();
            sw.addPort(
                    new TracePort("in", frames, Traces.FRAME_LENGTH, Long.MAX_VALUE),
                    NETWORK,
                    PortPolicy.ALLOW_ALL);
        } else {
            out(1);
            learn();
            tunnel(behindHeader(frames), Long.MAX_VALUE);
        }
        for (int i = 0; i < 2 * flows / BURST + 10; i++) {
            sw.cycle();
        }
    }

    private void learn() {
        for (int i = 0; i < 100 && sw.macs(NETWORK).isEmpty(); i++) {
            sw.cycle();
        }
    }

    private void out(final long hellos) {
        out = new TracePort("out", Traces.hello(), Traces.FRAME_LENGTH, hellos);
        sw.addPort(out, NETWORK, PortPolicy.ALLOW_ALL);
    }

    private void tunnel(final UnsafeBuffer datagrams, final long count)
            throws UnknownHostException {
        underlay =
                new TraceUnderlay(
                        InetAddress.getByName("10.80.0.1"),
                        PEER,
                        datagrams,
                        Traces.FRAME_LENGTH + VxlanHeader.LENGTH,
                        count);
        final Vtep vtep = new Vtep("vtep", underlay);
        final TunnelPort tunnel = vtep.tunnel("tunnel", VNI);
        tunnel.peers(new int[] {vtep.remote(InetAddress.getByName("10.80.0.2"))}, false);
        sw.addPort(tunnel, NETWORK, PortPolicy.ALLOW_ALL);
        sw.addPort(vtep, null, PortPolicy.ALLOW_ALL);
    }

    private static UnsafeBuffer behindHeader(final UnsafeBuffer frames) {
        final int count = frames.capacity() / Traces.FRAME_LENGTH;
        final int length = Traces.FRAME_LENGTH + VxlanHeader.LENGTH;
        final UnsafeBuffer datagrams = new UnsafeBuffer(ByteBuffer.allocateDirect(count * length));
        for (int i = 0; i < count; i++) {
            VxlanHeader.encode(datagrams, i * length, VNI);
            datagrams.putBytes(
                    i * length + VxlanHeader.LENGTH,
                    frames,
                    i * Traces.FRAME_LENGTH,
                    Traces.FRAME_LENGTH);
        }
        return datagrams;
    }

    /** Stops the switch; a run in which packets were lost is void. */
    @TearDown
    public void close() {
        final long dropped = sw.totals().dropped();
        final long sent = work == Work.ENCAP ? underlay.sentPieces() : out.sent();
        sw.close();
        if (dropped > 1 || sent < flows) {
            throw new IllegalStateException(dropped + " packets dropped, " + sent + " sent");
        }
    }

    /** One cycle. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int cycle() {
        return sw.cycle();
    }
}
