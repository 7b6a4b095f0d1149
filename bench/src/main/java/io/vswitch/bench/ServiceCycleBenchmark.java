package io.vswitch.bench;

import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Affinity;
import io.vswitch.rules.Backend;
import io.vswitch.rules.BalancerCompiler;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.LoadBalancer;
import io.vswitch.rules.LoadBalancerSet;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Pool;
import io.vswitch.rules.PoolSet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.TagSet;
import io.vswitch.rules.Verdict;
import java.util.List;
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
 * What a service costs on flow hits: a worker cycle of 64 frames of 64 bytes from a client's port,
 * forwarded plainly; given to a load balancer; and through an ACL, a load balancer and source NAT,
 * all stateful. Nanoseconds per packet, one core.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ServiceCycleBenchmark {
    private static final int BACKENDS = 16;
    private static final String MAC_OUT = "02:00:00:00:00:02";

    /** What the client's port does with its packets. */
    public enum Policy {
        PLAIN(List.of()),
        BALANCE(List.of("balance web where dst-ip 10.128.0.1 proto udp dst-port 80")),
        ACL_BALANCE_SNAT(
                List.of(
                        "allow dst-ip 10.128.0.0/24 proto udp dst-port 80",
                        "balance web where dst-ip 10.128.0.1 proto udp dst-port 80",
                        "snat out where src-ip 10.0.0.0/8 proto udp"));

        private final List<String> layers;

        Policy(final List<String> layers) {
            this.layers = layers;
        }

        private PolicySet of(final String port) {
            PolicySet set = PolicySet.of(port);
            for (int i = 0; i < layers.size(); i++) {
                final String layer = "layer" + i;
                set =
                        set.withLayer(new Layer(layer, i, Verdict.BLOCK, true))
                                .withGroup(new Group(layer, "out", Direction.OUTBOUND, 1))
                                .withRule(layer, "out", Rule.of("1", 1, layers.get(i)));
            }
            return set;
        }
    }

    @Param public Policy policy;

    /** Distinct flows of the trace. */
    @Param({"1000", "100000"})
    public int flows;

    private TraceSwitch sw;

    /** Starts the switch and makes every flow known. */
    @Setup
    public void launch() {
        sw =
                new TraceSwitch(
                        new SwitchContext()
                                .flowCapacity(flows * 5 / 4)
                                .connectionCapacity(flows * 4),
                        PortPolicy.ALLOW_ALL,
                        Traces.flows(flows),
                        compile(policy.of("in")),
                        2 * flows);
    }

    private static PortPolicy compile(final PolicySet set) {
        LoadBalancer web = LoadBalancer.of("web", Affinity.NONE, 7);
        for (int i = 1; i <= BACKENDS; i++) {
            web = web.with(Backend.of("10.1.0." + i + ":8080", 100, Backend.State.UP, MAC_OUT));
        }
        final PoolSet pools =
                PoolSet.EMPTY.with(Pool.of("out", List.of("192.0.2.0/28"), "1024-65535"));
        return new PolicyCompiler(set.port())
                .balancers(
                        new BalancerCompiler()
                                .compile(LoadBalancerSet.EMPTY.with(web), address -> null))
                .compile(set, TagSet.EMPTY, pools, name -> -1);
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
