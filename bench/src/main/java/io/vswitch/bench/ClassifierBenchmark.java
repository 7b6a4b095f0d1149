package io.vswitch.bench;

import io.vswitch.bench.classbench.FilterSet;
import io.vswitch.bench.classbench.Seed;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.PolicyDecision;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Large generated rule sets in one group: the slow path's time per packet that hits a rule, and the
 * time to compile one more rule or all. A change's way to the workers isn't part of it; that is
 * what {@code bench/rule-change --rules 100000} measures.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ClassifierBenchmark {
    private static final int PACKETS = 1 << 14;
    private static final long NUMBER = 2007;

    /** Rules of the group. */
    @Param({"10", "1000", "10000", "100000"})
    int rules;

    /** See {@link Seed}. */
    @Param({"ACL", "FW", "IPC", "ADVERSARIAL"})
    Seed seed;

    private final HeaderFields fields = new HeaderFields();
    private final PolicyDecision decision = new PolicyDecision();
    private final PolicyCompiler compiler = new PolicyCompiler("p");
    private HeaderFields[] packets;
    private PolicySet set;
    private PolicySet larger;
    private PortPolicy policy;
    private int next;

    @Setup
    public void setUp() {
        final FilterSet filters = new FilterSet(seed, rules, NUMBER);
        set =
                PolicySet.of("p")
                        .withLayer(new Layer("acl", 100, Verdict.BLOCK))
                        .withGroup(new Group("acl", "rules", Direction.OUTBOUND, 100))
                        .withRules("acl", "rules", filters.rules());
        larger =
                set.withRule(
                        "acl",
                        "rules",
                        Rule.of("more", rules / 2, "block proto tcp dst-ip 10.1.2.3 dst-port 22"));
        policy = compiler.compile(set, name -> -1);
        packets = filters.trace(PACKETS);
    }

    /** Copying the packet's fields and resetting the decision are part of it. */
    @Benchmark
    public PolicyDecision evaluate() {
        fields.copyFrom(packets[next++ & PACKETS - 1]);
        decision.reset();
        policy.evaluate(Direction.OUTBOUND, fields, decision, null);
        return decision;
    }

    /** Two compiles: one rule comes, then goes. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public PortPolicy addAndRemoveRule() {
        compiler.compile(larger, name -> -1);
        return compiler.compile(set, name -> -1);
    }

    /** All rules, read already, by a compiler that has seen none. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public PortPolicy compileAll() {
        return new PolicyCompiler("p").compile(set, name -> -1);
    }
}
