package io.vswitch.bench.load;

import io.vswitch.bench.classbench.HostileSet;
import io.vswitch.core.policy.Direction;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.rules.Group;
import io.vswitch.rules.Layer;
import io.vswitch.rules.PolicyCompiler;
import io.vswitch.rules.PolicySet;
import io.vswitch.rules.Pool;
import io.vswitch.rules.PoolSet;
import io.vswitch.rules.Rule;
import io.vswitch.rules.TagSet;
import io.vswitch.rules.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * Attacks beside established connections: a flood of SYNs, each of another address and port, and
 * packets made to have every table of a classifier asked. Prints what the connections lost.
 */
public final class SynFloodBench {
    private static final int CONNECTIONS = 1_000;
    private static final double CLIENT_RATE = 100_000;
    private static final double FLOOD_RATE = 1_000_000;

    /** 1 Mbit/s of the smallest frames, with preamble and gap. */
    private static final double EXPLOSION_RATE = 1e6 / (84 * 8);

    /** Connections that fill all tables, twice. */
    private static final long FILLED = 600_000;

    private static final int SLICES = 20;
    private static final double MIB = 1 << 20;

    private final double seconds;

    private SynFloodBench(final double seconds) {
        this.seconds = seconds;
    }

    /** Seconds of CPU time for each attack. */
    public static void main(final String[] args) {
        final SynFloodBench bench = new SynFloodBench(Double.parseDouble(args[0]));
        System.out.printf("JVM %s; seconds are of CPU time%n", Runtime.version());
        bench.flood("stateful ACL, a port of the attacker's own", server(false), false);
        bench.flood("stateful ACL, all through one port", server(false), true);
        bench.flood("stateful ACL and SNAT, a port of the attacker's own", server(true), false);
        bench.explosion();
    }

    /** The server's port follows connections, and gives those it lets in another source. */
    private static PortPolicy server(final boolean nat) {
        PolicySet set = layer(PolicySet.of("server"), "acl", 10);
        set = set.withRule("acl", "in", Rule.of("web", 1, "allow proto tcp dst-port 80"));
        if (nat) {
            set = layer(set, "nat", 20);
            set = set.withRule("nat", "in", Rule.of("all", 1, "snat p where proto tcp"));
        }
        final PoolSet pools = PoolSet.EMPTY.with(Pool.of("p", List.of("198.51.100.0/27"), null));
        return new PolicyCompiler("server").compile(set, TagSet.EMPTY, pools, name -> -1);
    }

    private static PolicySet layer(final PolicySet set, final String name, final int priority) {
        return set.withLayer(new Layer(name, priority, Verdict.BLOCK, true))
                .withGroup(new Group(name, "in", Direction.INBOUND, 1));
    }

    /** A flood until all tables are full, then the one that is judged. */
    private void flood(final String what, final PortPolicy policy, final boolean shared) {
        try (LoadRig rig =
                new LoadRig(CONNECTIONS, policy, PortPolicy.ALLOW_ALL, Segments::flood)) {
            final Flood flood = new Flood(rig, shared);
            long filled = 0;
            while (filled < FILLED) {
                flood.run(seconds);
                filled += rig.strangers();
            }
            final long before = ResidentMemory.bytesAfterCollection();
            flood.run(seconds);
            final double lost = 100.0 * (flood.offered - rig.served()) / flood.offered;
            System.out.printf(
                    Locale.ROOT,
                    "SYN flood, %s: %,.0f SYNs/s offered, %,.0f/s let in%n",
                    what,
                    flood.attacks / seconds,
                    rig.strangers() / seconds);
            Judgement.atMost("  lost of the established connections' packets", lost, 0.1, "%");
            final double growth = (ResidentMemory.bytesAfterCollection() - before) / MIB;
            Judgement.atMost("  memory grown meanwhile", growth, 4, "MiB");
            System.out.println("  " + rig.vswitch.totals().drops());
        }
    }

    /** Offers frames of both by the time that passes. */
    private static final class Flood {
        private final LoadRig rig;
        private final OfferedPort attacked;
        private long offered;
        private long attacks;
        private long number;

        Flood(final LoadRig rig, final boolean shared) {
            this.rig = rig;
            this.attacked = shared ? rig.clients : rig.stranger;
        }

        void run(final double seconds) {
            rig.forget();
            offered = 0;
            attacks = 0;
            final long start = rig.cycle();
            double passed = 0;
            while (passed < seconds) {
                for (; attacks < passed * FLOOD_RATE; attacks++) {
                    if (attacks % 10 == 0 && offered < passed * CLIENT_RATE) {
                        rig.clients.offer(offered++);
                    }
                    attacked.offer(LoadRig.STRANGER + number++);
                }
                passed = (rig.cycle() - start) / 1e9;
            }
            while (rig.clients.waiting() > 0) {
                rig.cycle();
            }
        }
    }

    /** The clients send as much as the switch takes; with the attack and without it in turns. */
    private void explosion() {
        for (final HostileSet rules : HostileSet.values()) {
            try (LoadRig rig =
                    new LoadRig(CONNECTIONS, server(false), hostile(rules), Segments::any)) {
                final double[] rates = new double[2];
                for (int i = -SLICES / 2; i < SLICES; i++) {
                    final double rate = rate(rig, i % 2 != 0, seconds / SLICES);
                    rates[i & 1] += i < 0 ? 0 : rate / (SLICES / 2);
                }
                System.out.printf(
                        Locale.ROOT,
                        "1 Mbit/s of any packets against %s: %,.0f packets/s, %,.0f without%n",
                        rules.text(),
                        rates[1],
                        rates[0]);
                Judgement.atLeast("  left to the others", 100 * rates[1] / rates[0], 80, "%");
            }
        }
    }

    private static PortPolicy hostile(final HostileSet rules) {
        final PolicySet set =
                PolicySet.of("stranger")
                        .withLayer(new Layer("acl", 1, Verdict.ALLOW))
                        .withGroup(new Group("acl", "out", Direction.OUTBOUND, 1))
                        .withRules("acl", "out", rules.rules());
        return new PolicyCompiler("stranger").compile(set, name -> -1);
    }

    private long attackNumber;

    private double rate(final LoadRig rig, final boolean attacked, final double duration) {
        rig.forget();
        final long start = rig.cycle();
        double passed = 0;
        long offered = 0;
        long attacks = 0;
        while (passed < duration) {
            while (rig.clients.waiting() < 2 * CONNECTIONS / 10) {
                rig.clients.offer(offered++);
            }
            for (; attacked && attacks < passed * EXPLOSION_RATE; attacks++) {
                rig.stranger.offer(LoadRig.STRANGER + attackNumber++);
            }
            passed = (rig.cycle() - start) / 1e9;
        }
        return rig.served() / passed;
    }
}
