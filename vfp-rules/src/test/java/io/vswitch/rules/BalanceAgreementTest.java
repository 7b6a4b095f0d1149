package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random connections through a load balancer that changes at random, against a model that knows
 * each connection's backend and nothing of tables, flows or hashes: a backend keeps a connection
 * until it is down or gone, and what begins is given to one that takes it, always the same for the
 * same client under an affinity.
 */
class BalanceAgreementTest extends BalanceFixture {
    private static final int STEPS = 60_000;
    private static final int[] FLAGS = {SYN, SYN, ACK, ACK, ACK, ACK};

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);

    /** State and weight by host. */
    private final Map<Integer, Backend> backends = new TreeMap<>();

    private final Map<String, Integer> hosts = new HashMap<>();

    /** TCP connections that were found to be with a backend that is down or gone. */
    private final Set<String> over = new HashSet<>();

    private final Map<String, Integer> chosen = new HashMap<>();
    private final Map<Integer, Integer> opened = new HashMap<>();
    private String step;

    @Override
    SwitchContext context() {
        return super.context().connectionCapacity(65_536).flowCapacity(16_384);
    }

    @Test
    void shouldAgreeWithTheModel() {
        int passed = 0;
        for (int i = 0; i < STEPS; i++) {
            if (i == 0 || random.nextInt(100) == 0) {
                change();
            }
            passed += step(i) ? 1 : 0;
        }
        assertTrue(passed > STEPS / 4, passed + " passed");
        assertTrue(hosts.size() > 300, hosts.size() + " connections");
    }

    private void change() {
        final int host = 11 + random.nextInt(5);
        final int what = random.nextInt(6);
        if (what == 0) {
            backends.remove(host);
            opened.remove(host);
        } else {
            final Backend.State state =
                    what < 4 ? Backend.State.UP : Backend.State.values()[what - 3];
            backends.put(host, backend(host, random.nextInt(4) * 100, state));
        }
        final Affinity affinity =
                random.nextInt(4) == 0
                        ? Affinity.values()[random.nextInt(Affinity.values().length)]
                        : web.affinity();
        chosen.clear();
        publish(new LoadBalancer("web", affinity, 5, new ArrayList<>(backends.values())));
    }

    private boolean step(final int number) {
        final int client = IP_A + 0x100 * random.nextInt(6);
        final int protocol = random.nextInt(4) == 0 ? UDP : TCP;
        final int port = 1000 + random.nextInt(60);
        final String connection = client + " " + protocol + " " + port;
        final int flags = protocol == UDP ? 0 : FLAGS[random.nextInt(FLAGS.length)];
        step = "seed " + seed + ", step " + number + ": " + connection + " flags " + flags;
        final Integer host = hosts.get(connection);
        final boolean kept = host != null && keeps(host);
        final boolean begins = flags == SYN && over.contains(connection);
        if (random.nextInt(3) == 0) {
            final boolean expected = host != null && keeps(host);
            final int from = host == null ? 11 : host;
            final int back = protocol == UDP ? 0 : ACK;
            assertEquals(expected, fromBackend(from, client, protocol, port, back), step);
            end(connection, protocol, host, kept);
            return expected;
        }
        final int got = toVip(client, protocol, port, flags);
        if (kept && !begins) {
            assertEquals(host, got, step);
        } else if (flags == ACK) {
            assertEquals(0, got, step);
            end(connection, protocol, host, kept);
        } else {
            begins(connection, key(client, protocol, port), got);
        }
        return got != 0;
    }

    private void end(
            final String connection, final int protocol, final Integer host, final boolean kept) {
        if (host != null && !kept && protocol == TCP) {
            over.add(connection);
        }
    }

    private boolean keeps(final int host) {
        final Backend backend = backends.get(host);
        return backend != null && backend.state() != Backend.State.DOWN;
    }

    private String key(final int client, final int protocol, final int port) {
        switch (web.affinity()) {
            case CLIENT:
                return "" + client;
            case CLIENT_PROTO:
                return client + " " + protocol;
            default:
                return client + " " + protocol + " " + port;
        }
    }

    private void begins(final String connection, final String key, final int got) {
        final List<Integer> takers =
                backends.keySet().stream().filter(h -> backends.get(h).takesNew()).toList();
        if (takers.isEmpty()) {
            assertEquals(0, got, step);
            return;
        }
        over.remove(connection);
        assertTrue(takers.contains(got), step + ": " + got + " of " + takers);
        assertEquals(chosen.computeIfAbsent(key, k -> got), got, step + ": affinity");
        hosts.put(connection, got);
        assertEquals(
                opened.merge(got, 1, Integer::sum),
                (int) balancers.opened("web", backends.get(got)),
                step + ": opened");
    }
}
