package io.vswitch.bench;

import io.vswitch.bench.classbench.Filter;
import io.vswitch.bench.classbench.FilterSet;
import io.vswitch.bench.classbench.Seed;
import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.Verdict;
import java.util.ArrayList;
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
 * First packets: every frame is the SYN of another TCP connection, walks an ACL of N rules and has
 * its source translated; tables are full, so each gives an old connection and an old flow up. New
 * connections per second, one core.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class FirstPacketsBenchmark {
    private static final int CONNECTIONS = 1 << 20;
    private static final int KEPT = 1 << 18;

    /** Rules of the ACL; none matches before the last one. */
    @Param({"1000", "100000"})
    public int rules;

    /** Whether sources are translated, in a stateful layer. */
    @Param({"true"})
    public boolean nat;

    private TraceSwitch sw;

    /** Starts the switch and fills its tables. */
    @Setup
    public void launch() {
        sw =
                new TraceSwitch(
                        new SwitchContext().flowCapacity(KEPT).connectionCapacity(KEPT),
                        nat ? NatPolicy.of("out") : PortPolicy.ALLOW_ALL,
                        Traces.connections(CONNECTIONS),
                        acl("in"),
                        CONNECTIONS);
    }

    private PortPolicy acl(final String port) {
        final List<Rule> all = new ArrayList<>();
        for (final Filter filter : new FilterSet(Seed.ACL, rules - 1, 2007).filters()) {
            all.add(Rule.of("r" + all.size(), all.size(), filter.text("allow")));
        }
        all.add(Rule.of("last", all.size(), "allow proto tcp dst-port 80"));
        return new PolicyCompiler(port)
                .compile(
                        PolicySet.of(port)
                                .withLayer(new Layer("acl", 100, Verdict.BLOCK))
                                .withGroup(new Group("acl", "out", Direction.OUTBOUND, 100))
                                .withRules("acl", "out", all),
                        name -> -1);
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
