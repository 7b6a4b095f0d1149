package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.packet.IpProtocol;
import io.vswitch.core.policy.HeaderFields;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Choice of a backend, and what load balancers may be. */
class BalancerTest {
    private final BalancerCompiler compiler = new BalancerCompiler();

    private static Backend up(final String id) {
        return Backend.of(id, 100, Backend.State.UP, null);
    }

    private static LoadBalancer web(final Affinity affinity, final String... backends) {
        LoadBalancer web = LoadBalancer.of("web", affinity, 42);
        for (final String id : backends) {
            web = web.with(up(id));
        }
        return web;
    }

    private Balancer compile(final LoadBalancer balancer) {
        return compiler.compile(LoadBalancerSet.EMPTY.with(balancer), address -> null)
                .get(balancer.name());
    }

    private static HeaderFields packet(final Random random) {
        final HeaderFields fields = new HeaderFields();
        fields.etherType = 0x0800;
        fields.protocol = IpProtocol.TCP;
        fields.sourceLow = random.nextInt() & 0xffff_ffffL;
        fields.destinationLow = 0x0a000064;
        fields.sourcePort = random.nextInt(65_536);
        fields.destinationPort = 80;
        return fields;
    }

    @Test
    void shouldSpreadConnectionsByWeight() {
        final Balancer balancer =
                compile(
                        web(Affinity.NONE, "10.0.0.1:80", "10.0.0.2:80")
                                .with(Backend.of("10.0.0.3", 200, Backend.State.UP, null)));
        final int[] hits = new int[3];
        final Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            hits[balancer.choose(packet(random))]++;
        }

        // 3 sigma of 100,000 draws is about 450
        assertEquals(25_000, hits[0], 600);
        assertEquals(25_000, hits[1], 600);
        assertEquals(50_000, hits[2], 600);
    }

    @ParameterizedTest
    @CsvSource({"NONE, true, true", "CLIENT_PROTO, false, true", "CLIENT, false, false"})
    void shouldLookAtNothingButWhatTheAffinitySays(
            final Affinity affinity, final boolean byPort, final boolean byProtocol) {
        final Balancer balancer =
                compile(web(affinity, "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"));
        final Random random = new Random(2);
        boolean portCounts = false;
        boolean protocolCounts = false;
        boolean clientCounts = false;
        for (int i = 0; i < 200; i++) {
            final HeaderFields fields = packet(random);
            final int choice = balancer.choose(fields);
            fields.sourcePort ^= 1;
            portCounts |= balancer.choose(fields) != choice;
            fields.sourcePort ^= 1;
            fields.protocol = IpProtocol.UDP;
            protocolCounts |= balancer.choose(fields) != choice;
            fields.protocol = IpProtocol.TCP;
            fields.sourceLow ^= 1;
            clientCounts |= balancer.choose(fields) != choice;
        }

        assertEquals(byPort, portCounts);
        assertEquals(byProtocol, protocolCounts);
        assertTrue(clientCounts);
    }

    @Test
    void shouldRewriteToTheBackend() {
        final LoadBalancer source =
                web(Affinity.NONE, "10.0.0.9:8080")
                        .with(Backend.of("10.0.0.7", 0, Backend.State.UP, "02:00:00:00:00:77"));
        final Balancer balancer = compile(source);
        final HeaderFields fields = packet(new Random(3));

        final int choice = balancer.choose(fields);
        balancer.apply(choice, fields);

        assertEquals(0x0a000009, fields.destinationLow);
        assertEquals(8080, fields.destinationPort);
        assertEquals(0, fields.destinationMac);
        balancer.apply(0, fields);
        assertEquals(0x0a000007, fields.destinationLow);
        assertEquals(8080, fields.destinationPort);
        assertEquals(0x020000000077L, fields.destinationMac);
    }

    @Test
    void shouldKnowWhoKeepsAConnection() {
        final LoadBalancer source =
                web(Affinity.NONE, "10.0.0.1:80", "10.0.0.1:81", "10.0.0.2", "10.0.0.3:80")
                        .withReplaced(Backend.of("10.0.0.1:80", 100, Backend.State.DRAIN, null))
                        .withReplaced(Backend.of("10.0.0.3:80", 100, Backend.State.DOWN, null));
        final Balancer balancer = compile(source);

        assertEquals(0, keeper(balancer, 0x0a000001, 80));
        assertEquals(1, keeper(balancer, 0x0a000001, 81));
        assertEquals(Balancer.NONE, keeper(balancer, 0x0a000001, 82));
        assertEquals(2, keeper(balancer, 0x0a000002, 80));
        assertEquals(Balancer.NONE, keeper(balancer, 0x0a000002, 4711), "it keeps ports");
        assertEquals(Balancer.NONE, keeper(balancer, 0x0a000003, 80));
        assertEquals(Balancer.NONE, keeper(balancer, 0x0a000004, 80));
    }

    private static int keeper(final Balancer balancer, final long address, final int port) {
        final HeaderFields before = packet(new Random(6));
        final HeaderFields after = new HeaderFields().copyFrom(before);
        after.destinationLow = address;
        after.destinationPort = port;
        return balancer.keeper(before, after);
    }

    @Test
    void shouldGiveABackendThatCallsAnotherOne() {
        final Balancer two = compile(web(Affinity.NONE, "10.0.0.1:80", "10.0.0.2:80"));
        final Balancer one = compile(web(Affinity.NONE, "10.0.0.1:80", "10.0.0.1:81"));
        final Random random = new Random(7);
        for (int i = 0; i < 100; i++) {
            final HeaderFields fields = packet(random);
            fields.sourceLow = 0x0a000001;
            assertEquals(1, two.choose(fields));
            assertEquals(Balancer.NONE, one.choose(fields));
        }
    }

    @Test
    void shouldChooseNobodyWhenThereIsNoLiveBackend() {
        final Random random = new Random(4);
        assertEquals(Balancer.NONE, compile(web(Affinity.NONE)).choose(packet(random)));
        final LoadBalancer drained =
                web(Affinity.NONE, "10.0.0.1")
                        .withReplaced(Backend.of("10.0.0.1", 100, Backend.State.DRAIN, null));
        assertEquals(Balancer.NONE, compile(drained).choose(packet(random)));
    }

    @Test
    void shouldKeepFormAndCountersOfWhatDidNotChange() {
        final LoadBalancer web = web(Affinity.NONE, "10.0.0.1", "10.0.0.2");
        final LoadBalancer db = LoadBalancer.of("db", Affinity.CLIENT, 1).with(up("10.0.0.5"));
        final LoadBalancerSet set = LoadBalancerSet.EMPTY.with(web).with(db);
        final Balancers first = compiler.compile(set, address -> null);
        final HeaderFields opened = packet(new Random(8));
        opened.destinationLow = 0x0a000002;
        first.get("web").countOpened(opened);

        final Balancers second =
                compiler.compile(set.withReplaced(web.with(up("10.0.0.0"))), address -> null);
        final Balancers third =
                compiler.compile(
                        set.withReplaced(web.with(up("10.0.0.0"))), address -> "02:00:00:00:00:01");

        assertEquals(Set.of("web"), second.changedSince(first));
        assertSame(first.get("db"), second.get("db"));
        assertEquals(1, second.opened("web", up("10.0.0.2")));
        assertEquals(0, second.opened("web", up("10.0.0.1")));
        assertEquals(Set.of("web", "db"), third.changedSince(second));
        assertNotSame(second.get("db"), third.get("db"));
        assertEquals(1.0 / 3, third.share("web", up("10.0.0.2")), 0.001);
    }

    @Test
    void shouldChooseByASeedNobodyKnows() {
        final LoadBalancer one = web(Affinity.NONE, "10.0.0.1", "10.0.0.2", "10.0.0.3");
        final Balancer a = compile(one);
        final Balancer b = compile(new LoadBalancer("web", Affinity.NONE, 43, one.backends()));
        final Random random = new Random(5);
        int same = 0;
        for (int i = 0; i < 3000; i++) {
            final HeaderFields fields = packet(random);
            same += a.choose(fields) == b.choose(fields) ? 1 : 0;
        }

        assertEquals(1000, same, 150);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1 | 10.0.0.1",
                "10.0.0.1:80 | 10.0.0.1:80",
                "fd00:0::1 | fd00::1",
                "[fd00::1]:80 | [fd00::1]:80",
            })
    void shouldReadAndPrintIds(final String text, final String id) {
        assertEquals(id, up(text).id());
        assertEquals(up(text), up(up(text).id()));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:", "[fd00::1]", "[fd00::1]:x",
        "0.0.0.0:80", "224.0.0.1", "ff02::1", "::", "[10.0.0.1", "web"
    })
    void shouldRefuseIdsThatAreNone(final String text) {
        final var e = assertThrows(RuleSyntaxException.class, () -> up(text));
        assertTrue(e.getMessage().startsWith("backend '" + text + "': "), e.getMessage());
    }

    @Test
    void shouldRefuseWhatContradictsItself() {
        final LoadBalancer web = web(Affinity.NONE, "10.0.0.1:80");
        assertEquals(
                "load balancer 'web' has a backend '10.0.0.1:80' already",
                assertThrows(SwitchException.class, () -> web.with(up("10.0.0.1:80")))
                        .getMessage());
        assertEquals(
                "load balancer 'web': backend 'fd00::1' is IPv6, the others are IPv4",
                assertThrows(SwitchException.class, () -> web.with(up("fd00::1"))).getMessage());
        assertEquals(
                "no backend '10.0.0.1:81' in load balancer 'web'; did you mean '10.0.0.1:80'?",
                assertThrows(SwitchException.class, () -> web.without("10.0.0.1:81")).getMessage());
        assertEquals(
                "backend '10.0.0.1': weight 1001; allowed: 0 to 1000",
                assertThrows(
                                RuleSyntaxException.class,
                                () -> Backend.of("10.0.0.1", 1001, Backend.State.UP, null))
                        .getMessage());
        assertNotEquals(up("10.0.0.1"), up("10.0.0.1:80"));
    }
}
