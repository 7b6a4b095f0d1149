package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.scenario.Policy.Backend;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;

/** A reaches B, C and D by one virtual address. */
@DisplayName("Load balancers")
class BalancerScenarioTest {
    private static final String VIRTUAL = "10.1.1.100";
    private static final String RULE =
            "balance web where dst-ip " + VIRTUAL + " proto tcp,udp dst-port 80";

    private static Backend up(final Endpoint endpoint) {
        return new Backend(endpoint.ip() + ":80", 100, "up");
    }

    private static Backend drained(final Endpoint endpoint) {
        return new Backend(endpoint.ip() + ":80", 100, "drain");
    }

    private static void balance(final Lab lab, final String affinity, final Backend... backends)
            throws Exception {
        lab.apply(Policy.open().withBalancer("web", affinity, backends).stateful(A).out(RULE));
    }

    private static String answers(final Lab lab, final int count) throws Exception {
        lab.neighbour(A, VIRTUAL, "02:00:00:00:00:99");
        return lab.sh(
                        A,
                        "curl -s --max-time 50 -H Connection:close 'http://%s/[1-%d]'"
                                .formatted(VIRTUAL, count))
                .ok();
    }

    private static long share(final String answers, final Endpoint endpoint) {
        return answers.lines().filter(endpoint.port()::equals).count();
    }

    @Scenario("50 connections to three servers: all answered, each server used")
    void shouldUseEveryServer(final Lab lab) throws Exception {
        balance(lab, "none", up(B), up(C), up(Endpoint.D));
        final String answers = answers(lab, 50);
        assertEquals(50, answers.lines().count(), answers);
        for (final Endpoint server : new Endpoint[] {B, C, Endpoint.D}) {
            assertTrue(share(answers, server) > 0, answers);
        }
    }

    @Scenario("affinity by client: one client, one server")
    void shouldStayWithOneServerWhenTheAffinityIsTheClient(final Lab lab) throws Exception {
        balance(lab, "client", up(B), up(C));
        final String answers = answers(lab, 10);
        assertEquals(10, Math.max(share(answers, B), share(answers, C)), answers);
    }

    @Scenario("a server drained: a running download goes on, new connections go elsewhere")
    void shouldLetADrainedServerFinish(final Lab lab) throws Exception {
        balance(lab, "none", up(B), drained(C));
        lab.neighbour(A, VIRTUAL, "02:00:00:00:00:99");
        final FutureTask<String> download =
                LiveChangeScenarioTest.start(
                        () -> lab.sh(A, Bulk.download(VIRTUAL, "--limit-rate 1M")).ok());
        while (lab.in(A, "ss -Htn state established dport = :80").out().isBlank()) {
            assertTrue(!download.isDone(), "over before the change");
        }
        balance(lab, "none", drained(B), up(C));
        assertEquals("c\n".repeat(10), answers(lab, 10));
        assertEquals(Bulk.SUM, download.get().strip());
    }

    @Scenario("a server more: connections of the others go on")
    void shouldKeepConnectionsWhenAServerIsAdded(final Lab lab) throws Exception {
        balance(lab, "none", up(B));
        lab.neighbour(A, VIRTUAL, "02:00:00:00:00:99");
        final FutureTask<String> download =
                LiveChangeScenarioTest.start(
                        () -> lab.sh(A, Bulk.download(VIRTUAL, "--limit-rate 2M")).ok());
        while (lab.in(A, "ss -Htn state established dport = :80").out().isBlank()) {
            assertTrue(!download.isDone(), "over before the change");
        }
        balance(lab, "none", up(B), up(C));
        assertEquals(Bulk.SUM, download.get().strip());
    }

    @Scenario("weights: a server of weight 300 gets more than one of 100")
    void shouldGiveMoreToTheHeavier(final Lab lab) throws Exception {
        balance(
                lab,
                "none",
                new Backend(B.ip() + ":80", 300, "up"),
                new Backend(C.ip() + ":80", 100, "up"));
        final String answers = answers(lab, 100);
        assertTrue(share(answers, B) > share(answers, C) && share(answers, C) > 0, answers);
    }

    @Scenario("UDP: a datagram and its echo")
    void shouldBalanceUdp(final Lab lab) throws Exception {
        balance(lab, "none", up(B), up(C));
        final String frame =
                Frames.udp(A, B, 1000, 80)
                        .replace("dst='10.1.1.2'", "dst='" + VIRTUAL + "'")
                        .replace(B.mac(), "02:00:00:00:00:99");
        lab.hear();
        lab.send(A, frame);
        assertEquals(1, lab.await(A, "p[IP].src=='10.1.1.100' and p[UDP].dport==1000", 1));
    }

    @Scenario(value = "no server left: refused at once", ovsFails = "no action answers a packet")
    void shouldRefuseWhenThereIsNoServer(final Lab lab) throws Exception {
        balance(lab, "none", drained(B), drained(C));
        lab.neighbour(A, VIRTUAL, "02:00:00:00:00:99");
        assertEquals("exit 7", lab.httpInVain(A, VIRTUAL));
    }

    @Scenario("through the firewall of the server: what was translated is what its rules see")
    void shouldMeetTheServersRulesTranslated(final Lab lab) throws Exception {
        lab.neighbour(A, VIRTUAL, "02:00:00:00:00:99");
        lab.apply(
                Policy.open()
                        .withBalancer("web", "none", up(B))
                        .stateful(A)
                        .out(RULE)
                        .stateful(B)
                        .block()
                        .in("allow ethertype arp", "allow proto tcp dst-ip 10.1.1.2 dst-port 80")
                        .out("allow ethertype arp"));
        assertEquals("b", lab.http(A, VIRTUAL));
    }

    @Scenario("download of 4 MiB from a balanced server, compared")
    void shouldDownloadWhole(final Lab lab) throws Exception {
        balance(lab, "none", up(B), up(C));
        lab.neighbour(A, VIRTUAL, "02:00:00:00:00:99");
        assertEquals(Bulk.SUM, lab.sh(A, Bulk.download(VIRTUAL, "")).ok().strip());
    }
}
