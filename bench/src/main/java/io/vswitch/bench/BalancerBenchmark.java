package io.vswitch.bench;

import io.vswitch.rules.Affinity;
import io.vswitch.rules.Backend;
import io.vswitch.rules.BalancerCompiler;
import io.vswitch.rules.Balancers;
import io.vswitch.rules.LoadBalancer;
import io.vswitch.rules.LoadBalancerSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a change of a load balancer costs the thread that changes rules: its table is built anew.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BalancerBenchmark {
    /** Backends, of weights 1 to 100. */
    @Param({"3", "100", "1000", "4096"})
    public int backends;

    private final BalancerCompiler compiler = new BalancerCompiler();
    private LoadBalancerSet all;
    private LoadBalancerSet drained;
    private boolean turn;

    /** Makes the two states to go to and fro between. */
    @Setup
    public void make() {
        final List<Backend> list = new ArrayList<>();
        for (int i = 0; i < backends; i++) {
            final String id = "10.1." + (i >> 8 & 255) + "." + (i & 255) + ":80";
            list.add(Backend.of(id, i % 100 + 1, Backend.State.UP, null));
        }
        final LoadBalancer web = new LoadBalancer("web", Affinity.NONE, 7, list);
        all = LoadBalancerSet.EMPTY.with(web);
        final Backend one = list.get(backends / 2);
        drained = all.withReplaced(web.withReplaced(one.with(1, Backend.State.DRAIN)));
    }

    /** One backend drained, or up again. */
    @Benchmark
    public Balancers change() {
        turn = !turn;
        return compiler.compile(turn ? drained : all, address -> null);
    }
}
