package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchContext;
import io.vswitch.core.policy.Direction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whole TCP connections, a few hundred at a time, through an ACL, a load balancer and source NAT
 * that change meanwhile: every segment arrives, both ways, translated as the first one was, and
 * nothing is left in the end. The model knows what each connection was translated to, and nothing
 * of tables or hashes.
 */
class TcpLivesTest extends NatFixture {
    private static final int LIVES = Integer.getInteger("lives", 10_000);
    private static final int AT_ONCE = 250;
    private static final String VIP = "10.0.0.100:80";
    private static final int DAY_S = 90_000;

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final List<TcpLife> lives = new ArrayList<>();

    /** Both ends of those that are under way: nobody else opens the same meanwhile. */
    private final Set<String> taken = new HashSet<>();

    /** Source inside by source outside, of those under way; and how many have it. */
    private final Map<String, String> insides = new HashMap<>();

    private final Map<String, Integer> users = new HashMap<>();
    private final Map<TcpLife.Kind, Integer> ended = new HashMap<>();
    private final Set<Integer> backends = new HashSet<>();
    private final Set<Integer> draining = new HashSet<>();
    private LoadBalancer web = LoadBalancer.of("web", Affinity.NONE, 5);
    private boolean blocked;
    private int addresses = 2;
    private int round;

    @Override
    SwitchContext context() {
        return super.context().connectionCapacity(65_536).flowCapacity(16_384).flowIdleMs(10_000);
    }

    @Test
    void shouldTranslateEverySegmentAsTheFirst() {
        for (int host = 11; host < 15; host++) {
            backends.add(host);
        }
        publishAll();
        int begun = 0;
        for (round = 0; begun < LIVES || !lives.isEmpty(); round++) {
            while (begun < LIVES && lives.size() < AT_ONCE) {
                lives.add(begin());
                begun++;
            }
            Collections.shuffle(lives, random);
            lives.forEach(this::step);
            lives.removeIf(TcpLife::isOver);
            // no more than 20 s from one segment to the next, also where rules blocked meanwhile
            nowNs += round % 3 == 0 ? 5 * SECOND : SECOND / 100;
            change();
        }
        assertEquals(TcpLife.Kind.values().length, ended.size(), ended::toString);
        assertTrue(ended.values().stream().allMatch(n -> n > LIVES / 20), ended::toString);
        assertNothingIsLeft();
    }

    private TcpLife begin() {
        TcpLife life;
        do {
            final String client = "10.0.0." + (1 + random.nextInt(8));
            final String port = ":" + (1024 + random.nextInt(400));
            final String peer = "10.0.1." + (1 + random.nextInt(3));
            switch (random.nextInt(5)) {
                case 0:
                    life = new TcpLife(TcpLife.Kind.PLAIN, client + port, "10.0.5.1:22", random);
                    break;
                case 1:
                    life = new TcpLife(TcpLife.Kind.MAPPED, peer + port, "192.0.2.9:8080", random);
                    break;
                case 2:
                    life =
                            new TcpLife(
                                    TcpLife.Kind.TRANSLATED, client + port, peer + ":443", random);
                    break;
                default:
                    life = new TcpLife(TcpLife.Kind.BALANCED, client + port, VIP, random);
            }
        } while (!taken.add(life.opener + life.target));
        return life;
    }

    private void step(final TcpLife life) {
        if (life.isClosed()
                && !life.opener.equals(insides.getOrDefault(life.source, life.opener))) {
            life.sent(); // a late acknowledgement, and its port is another's by now
            ended(life);
            return;
        }
        final boolean out = life.isFromOpener() != (life.kind == TcpLife.Kind.MAPPED);
        final String packet = life.packet();
        final String arrived = out ? out(packet) : in(packet);
        if (blocked && life.kind == TcpLife.Kind.TRANSLATED) {
            final String reason = out ? "policy-blocked" : "layer-default";
            assertEquals(reason, arrived, () -> text(life));
            return;
        }
        if (life.isFirst()) {
            opened(life, arrived);
        }
        assertEquals(life.arrival(), arrived, () -> text(life));
        final boolean before = life.isClosed();
        life.sent();
        if (!before && life.isClosed()) {
            closed(life);
        }
        ended(life);
    }

    /** The switch chose: it must have been free to. */
    private void opened(final TcpLife life, final String arrived) {
        assertTrue(arrived.startsWith("tcp "), () -> text(life) + ": " + arrived);
        life.opened(arrived);
        switch (life.kind) {
            case PLAIN:
                assertEquals(life.opener, life.source, () -> text(life));
                assertEquals(life.target, life.destination, () -> text(life));
                break;
            case MAPPED:
                assertEquals(life.opener, life.source, () -> text(life));
                assertEquals("10.0.0.1:80", life.destination, () -> text(life));
                break;
            case TRANSLATED:
                assertEquals(life.target, life.destination, () -> text(life));
                bind(life);
                break;
            default:
                final String host = life.destination.replace("10.0.0.", "").replace(":8080", "");
                assertTrue(host.matches("1[1-9]"), () -> text(life));
                assertTrue(backends.contains(Integer.valueOf(host)), () -> text(life));
                assertTrue(!draining.contains(Integer.valueOf(host)), () -> text(life));
                bind(life);
        }
    }

    /** One source outside is of one source inside, and of the pool. */
    private void bind(final TcpLife life) {
        final String[] source = life.source.split(":");
        final int number = Integer.parseInt(source[0].replace("192.0.2.", ""));
        assertTrue(number >= 1 && number <= addresses, () -> text(life));
        assertTrue(Integer.parseInt(source[1]) >= 1024, () -> text(life));
        final String other = insides.put(life.source, life.opener);
        assertTrue(other == null || other.equals(life.opener), () -> text(life) + ": " + other);
        users.merge(life.source, 1, Integer::sum);
    }

    private void closed(final TcpLife life) {
        if (users.merge(life.source, -1, Integer::sum) <= 0) {
            users.remove(life.source);
            insides.remove(life.source);
        }
    }

    private void ended(final TcpLife life) {
        if (life.isOver()) {
            taken.remove(life.opener + life.target);
            ended.merge(life.kind, 1, Integer::sum);
        }
    }

    private void change() {
        final boolean was = blocked;
        blocked = round % 9 > 6 && round % 18 < 9;
        final int host = 11 + random.nextInt(6);
        switch (random.nextInt(6)) {
            case 0:
                backends.add(host);
                break;
            case 1:
                if (backends.size() - draining.size() > 2 && backends.contains(host)) {
                    draining.add(host);
                }
                break;
            case 2:
                draining.remove(host);
                break;
            case 3:
                addresses = Math.min(6, addresses + (random.nextInt(20) == 0 ? 1 : 0));
                break;
            default:
                if (was == blocked) {
                    return;
                }
        }
        publishAll();
    }

    private void publishAll() {
        final String[] outside = new String[addresses];
        for (int i = 0; i < addresses; i++) {
            outside[i] = "192.0.2." + (i + 1);
        }
        pools = PoolSet.EMPTY;
        pool("p", "1024-9999", outside);
        final List<Backend> all = new ArrayList<>();
        for (final int host : backends) {
            final Backend.State state =
                    draining.contains(host) ? Backend.State.DRAIN : Backend.State.UP;
            all.add(Backend.of("10.0.0." + host + ":8080", 1 + random.nextInt(200), state, null));
        }
        web = new LoadBalancer("web", Affinity.NONE, 5, all);
        compiler.balancers(
                balancers.compile(LoadBalancerSet.EMPTY.with(web), address -> "02:00:00:00:00:0b"));
        publishNat(policy());
    }

    private final BalancerCompiler balancers = new BalancerCompiler();

    private PolicySet policy() {
        PolicySet set = PolicySet.of("a");
        final String[] layers = {"acl", "lb", "nat"};
        for (int i = 0; i < layers.length; i++) {
            set =
                    set.withLayer(
                                    new Layer(
                                            layers[i],
                                            i,
                                            i == 1 ? Verdict.ALLOW : Verdict.BLOCK,
                                            true))
                            .withGroup(new Group(layers[i], "out", Direction.OUTBOUND, 1))
                            .withGroup(new Group(layers[i], "in", Direction.INBOUND, 1));
        }
        if (blocked) {
            set = set.withRule("acl", "out", Rule.of("no", 1, "block proto tcp dst-port 443"));
        }
        return set.withRule("acl", "out", Rule.of("all", 9, "allow src-ip 10.0.0.0/24"))
                .withRule("acl", "in", Rule.of("web", 1, "allow proto tcp dst-port 80"))
                .withRule(
                        "lb",
                        "out",
                        Rule.of(
                                "vip",
                                1,
                                "balance web where dst-ip 10.0.0.100 proto tcp dst-port 80"))
                .withRule("nat", "out", Rule.of("exempt", 1, "allow dst-ip 10.0.5.0/24"))
                .withRule("nat", "out", Rule.of("all", 2, "snat p where src-ip 10.0.0.0/24"))
                .withRule(
                        "nat",
                        "in",
                        Rule.of(
                                "map",
                                1,
                                "dnat 10.0.0.1:80 where dst-ip 192.0.2.9 proto tcp dst-port"
                                        + " 8080"));
    }

    /** Time takes all of it. */
    private void assertNothingIsLeft() {
        for (int i = 0; i < 2000; i++) {
            nowNs += DAY_S * SECOND / 2000;
            sw.cycle();
        }
        assertEquals(0, sw.connections(c -> true, 10).size(), () -> "seed " + seed);
        assertEquals(0, sw.flows(f -> true, 10).size(), () -> "seed " + seed);
    }

    private String text(final TcpLife life) {
        return "seed " + seed + ", round " + round + ": " + life;
    }
}
