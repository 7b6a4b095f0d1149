package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.policy.PortPolicy;
import io.vswitch.core.port.MemoryPort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Rules that give connections to a load balancer, in a whole switch. */
class BalanceTest extends BalanceFixture {
    @Test
    void shouldKeepAConnectionWithItsBackendWhateverElseChanges() {
        up(11, 12, 13);
        final Map<Integer, Integer> hosts = new HashMap<>();
        for (int port = 1000; port < 1030; port++) {
            hosts.put(port, connect(port));
        }
        assertEquals(Set.of(11, 12, 13), new HashSet<>(hosts.values()));

        up(11, 12, 13, 14, 15);
        assertAllWith(hosts);
        set(12, 1000, Backend.State.UP);
        assertAllWith(hosts);
        publish(new LoadBalancer("web", Affinity.CLIENT, 77, web.backends()));
        assertAllWith(hosts);
        nowNs += 60 * SECOND;
        assertAllWith(hosts);
    }

    private void assertAllWith(final Map<Integer, Integer> hosts) {
        hosts.forEach(
                (port, host) -> {
                    assertEquals(host, toVip(TCP, port, ACK));
                    assertTrue(fromBackend(host, TCP, port, ACK));
                    assertFalse(fromBackend(host == 11 ? 12 : 11, TCP, port, ACK));
                });
    }

    @Test
    void shouldGiveADrainingBackendNothingNewAndEndNothing() {
        up(11, 12);
        final int port = portOf(11);
        set(11, 100, Backend.State.DRAIN);

        for (int other = 2000; other < 2050; other++) {
            assertEquals(12, toVip(TCP, other, SYN));
        }
        assertEquals(11, toVip(TCP, port, ACK));
        assertTrue(fromBackend(11, TCP, port, ACK));
        set(11, 0, Backend.State.UP);
        assertEquals(11, toVip(TCP, port, ACK));
    }

    /** Client port of a new connection that this backend got. */
    private int portOf(final int host) {
        for (int port = 1000; port < 1050; port++) {
            if (connect(port) == host) {
                return port;
            }
        }
        return Assertions.fail("none of 50 connections with " + host);
    }

    @Test
    void shouldTakeASynAfterTheEndForANewConnection() {
        up(11, 12);
        final int port = portOf(11);
        set(11, 100, Backend.State.DRAIN);
        assertEquals(11, toVip(TCP, port, RST));

        assertEquals(12, toVip(TCP, port, SYN));

        assertTrue(fromBackend(12, TCP, port, SYN | ACK));
        assertFalse(fromBackend(11, TCP, port, ACK));
    }

    @Test
    void shouldResetConnectionsOfABackendThatIsDownOrGone() {
        up(11, 12, 13);
        final int port = portOf(11);
        final int other = portOf(12);
        set(11, 100, Backend.State.DOWN);

        final UnsafeBuffer reset = pass(a, a, toVipFrame(IP_A, TCP, port, ACK));
        assertNotNull(reset);
        assertEquals(RST, reset.getByte(47) & RST);
        assertEquals(1, drops(DropReason.NAT_ENDED));
        assertEquals(
                "closed", sw.connections(c -> c.opener().sourcePort == port, 9).get(0).state());
        assertFalse(fromBackend(11, TCP, port, ACK));
        assertEquals(2, drops(DropReason.NAT_ENDED));
        assertEquals(12, toVip(TCP, other, ACK));

        up(11, 13);
        assertEquals(0, toVip(TCP, other, ACK));
        final int anew = toVip(TCP, other, SYN);
        assertTrue(anew == 11 || anew == 13, "a new SYN begins anew, with " + anew);
    }

    @Test
    void shouldGiveDatagramsToAnotherBackendWhenTheirsIsDown() {
        up(11, 12);
        final int first = toVip(UDP, 1000, 0);
        assertTrue(fromBackend(first, UDP, 1000, 0));

        set(first, 100, Backend.State.DOWN);

        assertEquals(23 - first, toVip(UDP, 1000, 0));
        assertTrue(fromBackend(23 - first, UDP, 1000, 0));
        assertFalse(fromBackend(first, UDP, 1000, 0));
    }

    @Test
    void shouldRejectNewConnectionsWhenNoBackendTakesThem() {
        final UnsafeBuffer reset = pass(a, a, toVipFrame(IP_A, TCP, 1000, SYN));
        assertNotNull(reset);
        assertEquals(RST, reset.getByte(47) & RST);
        assertEquals(1, drops(DropReason.NO_BACKEND));

        up(11);
        final int host = connect(1000);
        set(11, 100, Backend.State.DRAIN);
        assertEquals(0, toVip(TCP, 1001, SYN));
        assertEquals(host, toVip(TCP, 1000, ACK));
        assertNotNull(pass(a, a, toVipFrame(IP_A, UDP, 1000, 0)), "ICMP");
        assertEquals(3, drops(DropReason.NO_BACKEND));
        assertEquals(1, balancers.opened("web", backend(11, 0, Backend.State.UP)));
    }

    @Test
    void shouldGiveAClientOneBackendWhenThatIsTheAffinity() {
        web = LoadBalancer.of("web", Affinity.CLIENT, 5);
        up(11, 12, 13);
        final Set<Integer> all = new HashSet<>();
        for (int client = 1; client < 40; client++) {
            final int host = toVip(0x0a000200 | client, TCP, 1000, SYN);
            assertEquals(host, toVip(0x0a000200 | client, TCP, 1001, SYN));
            assertEquals(host, toVip(0x0a000200 | client, UDP, 1001, 0));
            all.add(host);
        }
        assertEquals(3, all.size());
    }

    @Test
    void shouldGiveABackendThatCallsItsOwnServiceAnotherOne() {
        up(11, 12);
        for (int port = 1000; port < 1040; port++) {
            assertEquals(12, toVip(0x0a00000b, TCP, port, SYN));
        }
        up(11);
        assertEquals(0, toVip(0x0a00000b, TCP, 2000, SYN));
        assertEquals(1, drops(DropReason.NO_BACKEND));
    }

    @Test
    void shouldCountWhatWasOpenedAndNotWhatWasExplained() {
        up(11);
        final var explained = explain("a", toVipFrame(IP_A, TCP, 1000, SYN));
        assertEquals(
                "balance web: to 10.0.0.11:8080, by its share of connections",
                explained.steps().get(0).outcome());
        assertEquals(0, balancers.opened("web", backend(11, 0, Backend.State.UP)));

        connect(1000);
        connect(1001);

        assertEquals(2, balancers.opened("web", backend(11, 0, Backend.State.UP)));
        assertEquals(
                "balance web: to 10.0.0.11:8080, where its connection is",
                explain("a", toVipFrame(IP_A, TCP, 1000, ACK)).steps().get(0).outcome());
        set(11, 0, Backend.State.UP);
        assertEquals(
                "balance web: dropped, " + DropReason.NO_BACKEND.text(),
                explain("a", toVipFrame(IP_A, TCP, 1002, SYN)).steps().get(0).outcome());
    }

    @Test
    void shouldCountAConnectionThatBeginsWithAFloodedPacket() {
        publish(web.with(Backend.of(id(11), 100, Backend.State.UP, "02:00:00:00:00:77")));
        sw.addPort(new MemoryPort("c"), "blue", PortPolicy.ALLOW_ALL);
        sw.addPort(new MemoryPort("d"), "blue", PortPolicy.ALLOW_ALL);

        assertNotNull(pass(a, b, toVipFrame(IP_A, TCP, 1000, SYN)), "flooded");
        assertTrue(fromBackend(11, TCP, 1000, SYN | ACK));

        assertEquals(1, balancers.opened("web", backend(11, 0, Backend.State.UP)));
    }

    @Test
    void shouldDropLateFragmentsAndWhatOpensNothing() {
        up(11);
        assertEquals(0, toVip(TCP, 1000, ACK));
        assertEquals(1, drops(DropReason.NAT_NO_CONNECTION));
    }

    @Test
    void shouldRefuseABalanceRuleInAStatelessLayer() {
        final PolicySet stateless = layer(false);
        final Rule rule = Rule.of("x", 1, "balance web proto tcp");
        final var e =
                Assertions.assertThrows(
                        SwitchException.class, () -> stateless.withRule("acl", "out", rule));
        assertEquals(
                "rule 'x': layer 'acl' of port 'a' isn't --stateful, so it can't translate",
                e.getMessage());
    }

    @Test
    void shouldLetNothingElseThroughItsPorts() {
        up(11);
        assertNull(pass(b, a, frame(false, TCP, 1000, 8080, SYN)));
        assertNotEquals(0, drops(DropReason.POLICY_BLOCKED));
    }
}
