package io.vswitch.bench;

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
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
 * One layer, one group: the time to find the rule of a packet, and the time until one more rule is
 * compiled. Packets are drawn so that half of them match some rule; they change with every call, so
 * no branch or table line stays predicted.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class RuleEvaluationBenchmark {
    private static final int PACKETS = 4096;
    private static final long SEED = 20_170_209;

    /** Rules of the group. */
    @Param({"10", "1000", "10000"})
    int rules;

    /**
     * acl: hosts and networks with protocols and ports, 6 combinations of masks. prefixes: pairs of
     * prefixes of any length from 12 to 32, up to 441 combinations.
     */
    @Param({"acl", "prefixes"})
    String kind;

    private final HeaderFields[] packets = new HeaderFields[PACKETS];
    private final HeaderFields fields = new HeaderFields();
    private final PolicyDecision decision = new PolicyDecision();
    private final PolicyCompiler compiler = new PolicyCompiler("p");
    private SplittableRandom random;
    private PolicySet set;
    private PolicySet larger;
    private PortPolicy policy;
    private int next;

    @Setup
    public void setUp() {
        random = new SplittableRandom(SEED);
        set =
                PolicySet.of("p")
                        .withLayer(new Layer("acl", 100, Verdict.BLOCK))
                        .withGroup(new Group("acl", "rules", Direction.OUTBOUND, 100))
                        .withRules("acl", "rules", draw());
        larger =
                set.withRule(
                        "acl",
                        "rules",
                        Rule.of("more", 500, "block proto tcp dst-ip 10.1.2.3 dst-port 22"));
        policy = compiler.compile(set, name -> -1);
        for (int i = 0; i < PACKETS; i++) {
            packets[i] = packet();
        }
    }

    private List<Rule> draw() {
        final List<Rule> drawn = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            final String text = kind.equals("acl") ? acl(i) : prefixes();
            drawn.add(Rule.of(Integer.toString(i), 100 + random.nextInt(900), text));
        }
        return drawn;
    }

    private String acl(final int index) {
        final int host = random.nextInt(Math.max(16, rules));
        switch (index % 6) {
            case 0:
                return "allow proto tcp dst-port "
                        + (1 + random.nextInt(1024))
                        + " dst-ip "
                        + ip(host, 32);
            case 1:
                return "allow proto tcp dst-port 80,443,8080 dst-ip " + ip(host, 32);
            case 2:
                return "allow proto udp src-ip "
                        + ip(host, 24)
                        + " dst-ip "
                        + ip(random.nextInt(rules), 32);
            case 3:
                return "block src-ip " + ip(host, 32);
            case 4:
                return "block proto tcp dst-port 6000-6063 dst-ip " + ip(host, 28);
            default:
                return "allow src-ip " + ip(host, 24) + " dst-ip " + ip(random.nextInt(rules), 24);
        }
    }

    private String prefixes() {
        final int source = random.nextInt(1 << 24);
        final int destination = random.nextInt(1 << 24);
        return "allow src-ip "
                + ip(source, 12 + random.nextInt(21))
                + " dst-ip "
                + ip(destination, 12 + random.nextInt(21));
    }

    private static String ip(final int host, final int length) {
        final int address = (10 << 24 | host) & -1 << 32 - length;
        return (address >>> 24)
                + "."
                + (address >> 16 & 255)
                + "."
                + (address >> 8 & 255)
                + "."
                + (address & 255)
                + "/"
                + length;
    }

    private HeaderFields packet() {
        final int hosts = kind.equals("acl") ? 2 * Math.max(16, rules) : 1 << 24;
        final HeaderFields packet = new HeaderFields();
        packet.sourceMac = 0x020000000001L;
        packet.destinationMac = 0x020000000002L;
        packet.etherType = 0x0800;
        packet.protocol = random.nextBoolean() ? 6 : 17;
        packet.sourceLow = 10 << 24 | random.nextInt(hosts);
        packet.destinationLow = 10 << 24 | random.nextInt(hosts);
        packet.sourcePort = 1024 + random.nextInt(60_000);
        packet.destinationPort = random.nextBoolean() ? 443 : 1 + random.nextInt(1024);
        return packet;
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
}
