package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchContext;
import io.vswitch.rules.NatModel.Packet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random packets of connections that are translated, random waits and changes of rules and pools:
 * the switch, with its flow cache, and the model agree on each packet and its translation.
 */
class NatAgreementTest extends NatFixture {
    private static final int STEPS = Integer.getInteger("nat.steps", 60_000);
    private static final String[] FLAGS_OF = {
        "S", "S", "S", "SA", "SA", "A", "A", "A", "A", "FA", "FA", "R"
    };
    private static final int[] SECONDS = {4, 4, 5, 20, 31, 34, 46, 64, 124, 241, 304, 904, 86_404};

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final NatModel model = new NatModel();
    private final Deque<String> last = new ArrayDeque<>();
    private final List<Packet> sent = new ArrayList<>();
    private NatModel.Rules now;

    @Override
    SwitchContext context() {
        return super.context().connectionCapacity(4096);
    }

    @Test
    void shouldAgreeWithTheModel() {
        changeRules();
        int passed = 0;
        int translated = 0;
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(200) == 0) {
                changeRules();
            }
            if (random.nextInt(25) == 0) {
                nowNs += SECONDS[random.nextInt(SECONDS.length)] * SECOND;
            }
            model.expire(nowNs);
            final boolean out = random.nextBoolean();
            final Packet packet = out ? fromInside() : fromOutside();
            final Packet actual = send(out, packet);
            passed += actual == null ? 0 : 1;
            translated += actual == null || actual.isSame(packet) ? 0 : 1;
        }
        assertTrue(passed > STEPS / 10 && passed < STEPS * 9 / 10, passed + " passed");
        assertTrue(translated > STEPS / 20, translated + " translated");
    }

    private Packet send(final boolean out, final Packet packet) {
        final long atNs = nowNs;
        final Packet actual = parse(out ? out(text(packet)) : in(text(packet)), packet);
        final String wrong =
                out ? model.out(now, packet, actual, atNs) : model.in(now, packet, actual, atNs);
        note("%s %s at %d: %s".formatted(out ? "out" : "in", packet, atNs, actual));
        assertEquals(null, wrong, () -> "seed " + seed + "\n" + String.join("\n", last));
        if (out && actual != null) {
            sent.add(actual);
            if (sent.size() > 40) {
                sent.remove(random.nextInt(40));
            }
        }
        return actual;
    }

    private Packet fromInside() {
        final int protocol = new int[] {6, 6, 6, 17, 17, 1}[random.nextInt(6)];
        final String source = "10.0.0." + (1 + random.nextInt(3));
        final String peer = random.nextInt(5) == 0 ? "10.0.5.2" : "10.0.1." + random.nextInt(2);
        if (protocol == 1) {
            return new Packet(
                    1, source, 1000 + random.nextInt(4), peer, 0, random.nextInt(4) == 0 ? 0 : 8);
        }
        final boolean server = random.nextInt(6) == 0;
        final int sport = server ? 80 : 1000 + random.nextInt(4);
        final int dport = server ? 5000 : 80 + random.nextInt(2);
        return new Packet(protocol, source, sport, peer, dport, tcp(protocol));
    }

    private int tcp(final int protocol) {
        return protocol == 6 ? flags(FLAGS_OF[random.nextInt(FLAGS_OF.length)]) : 0;
    }

    /** An answer to what was sent on, a request for the mapped port, or neither. */
    private Packet fromOutside() {
        if (!sent.isEmpty() && random.nextInt(5) > 0) {
            final Packet reply = sent.get(random.nextInt(sent.size())).reply();
            final int flags = tcp(reply.protocol());
            return new Packet(
                    reply.protocol(),
                    reply.source(),
                    reply.sport(),
                    reply.destination(),
                    reply.dport(),
                    flags);
        }
        final int protocol = random.nextInt(3) == 0 ? 17 : 6;
        final String peer = "10.0.1." + random.nextInt(2);
        final boolean mapped = random.nextBoolean();
        final String destination = mapped ? "192.0.2.9" : "10.0.0." + (1 + random.nextInt(3));
        return new Packet(protocol, peer, 5000, destination, mapped ? 8080 : 1000, tcp(protocol));
    }

    private static String text(final Packet p) {
        if (p.protocol() == 1) {
            return "%s %s:%d > %s"
                    .formatted(
                            p.flags() == 8 ? "echo" : "reply",
                            p.source(),
                            p.sport(),
                            p.destination());
        }
        final StringBuilder flags = new StringBuilder();
        for (int i = 0; i < FLAGS.length(); i++) {
            flags.append((p.flags() >> i & 1) != 0 ? FLAGS.substring(i, i + 1) : "");
        }
        return "%s %s:%d > %s:%d %s"
                .formatted(
                        p.protocol() == 6 ? "tcp" : "udp",
                        p.source(),
                        p.sport(),
                        p.destination(),
                        p.dport(),
                        flags);
    }

    /** What arrived, or null for the reason of a drop. */
    private static Packet parse(final String text, final Packet of) {
        final String[] words = text.split("[ :]+");
        if (words.length < 5) {
            return null;
        }
        final int dport = of.protocol() == 1 ? 0 : Integer.parseInt(words[5]);
        return new Packet(
                of.protocol(), words[1], Integer.parseInt(words[2]), words[4], dport, of.flags());
    }

    private void changeRules() {
        final boolean exempt = random.nextBoolean();
        final boolean block = random.nextInt(4) == 0;
        final boolean nat = random.nextInt(6) > 0;
        final boolean map = random.nextInt(3) > 0;
        final String address = random.nextInt(5) == 0 ? "192.0.2.2" : "192.0.2.1";
        final int first = random.nextInt(4) == 0 ? 1001 : 1000;
        final int last = first + (random.nextInt(3) == 0 ? 5 : 30);
        pools = PoolSet.EMPTY;
        pool("p", first + "-" + last, address);
        final List<String> out = new ArrayList<>();
        if (block) {
            out.add("block proto tcp dst-port 81");
        }
        if (exempt) {
            out.add("allow src-ip 10.0.0.0/24 dst-ip 10.0.5.0/24");
        }
        out.add(nat ? "snat p where src-ip 10.0.0.0/24" : "allow src-ip 10.0.0.0/24");
        final String mapping = "dnat 10.0.0.1:80 where dst-ip 192.0.2.9 proto tcp dst-port 8080";
        publishNat(nat(out, map ? List.of(mapping) : List.of()));
        note("rules: " + out + ", map " + map + ", " + address + " " + first + "-" + last);
        now = new Now(exempt, block, nat, map, address, first, last);
    }

    private record Now(
            boolean exempt,
            boolean block,
            boolean nat,
            boolean map,
            String address,
            int first,
            int last)
            implements NatModel.Rules {
        @Override
        public String out(final Packet p) {
            if (block && p.protocol() == 6 && p.dport() == 81) {
                return null;
            }
            return exempt && p.destination().startsWith("10.0.5.") || !nat ? "" : address;
        }

        @Override
        public boolean isOfPool(final int port) {
            return port >= first && port <= last;
        }

        @Override
        public int ports() {
            return last - first + 1;
        }

        @Override
        public Packet in(final Packet p) {
            final boolean mapped =
                    map
                            && p.protocol() == 6
                            && p.destination().equals("192.0.2.9")
                            && p.dport() == 8080;
            return mapped ? p.to("10.0.0.1", 80) : null;
        }
    }

    private void note(final String line) {
        last.add(line);
        if (last.size() > 80) {
            last.remove();
        }
    }
}
