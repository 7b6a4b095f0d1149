package io.vswitch.bench;

import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Verdict;
import java.util.concurrent.TimeUnit;
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
 * A whole worker cycle: 64 frames of 64 bytes are copied in one by one from a trace of N flows,
 * parsed, looked up, passed through an ACL layer and sent. Nanoseconds per packet, one core.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class WorkerCycleBenchmark {

    /** Distinct flows of the trace. */
    @Param({"1000", "10000", "100000", "1000000"})
    public int flows;

    /** Whether the ACL layer follows connections. */
    @Param({"false"})
    public boolean stateful;

    /** Whether sources are translated at the port where packets leave. */
    @Param({"false"})
    public boolean nat;

    private TraceSwitch sw;

    /** Starts the switch and makes every flow known. */
    @Setup
    public void launch() {
        sw =
                new TraceSwitch(
                        new SwitchContext()
                                .flowCapacity(Math.max(1024, flows * 5 / 4))
                                .connectionCapacity(Math.max(1024, flows * 5 / 4)),
                        nat ? NatPolicy.of("out") : PortPolicy.ALLOW_ALL,
                        Traces.flows(flows),
                        acl("in", stateful),
                        2 * flows);
    }

    private static PortPolicy acl(final String port, final boolean stateful) {
        PolicySet policy =
                PolicySet.of(port)
                        .withLayer(new Layer("acl", 100, Verdict.BLOCK, stateful))
                        .withGroup(new Group("acl", "out", Direction.OUTBOUND, 100));
        policy = policy.withRule("acl", "out", Rule.of("web", 100, "allow proto udp dst-port 80"));
        policy = policy.withRule("acl", "out", Rule.of("dns", 200, "allow proto udp dst-port 53"));
        return new PolicyCompiler(port).compile(policy, name -> -1);
    }

    /** Stops the switch; a run in which packets were lost is void. */
    @TearDown
    public void close() {
        sw.close();
    }

    /** One cycle. */
    @Benchmark
    @OperationsPerInvocation(TraceSwitch.BURST)
    public int cycle() {
        return sw.cycle();
    }
}
