package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static io.vswitch.ctl.scenario.Endpoint.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;

/** Rules that change while traffic runs. */
@DisplayName("Live rule changes")
class LiveChangeScenarioTest {
    private static final String UDP = Frames.udp(A, B, 1000, 2000);

    static <T> FutureTask<T> start(final Callable<T> work) {
        final FutureTask<T> task = new FutureTask<>(work);
        new Thread(task, "scenario").start();
        return task;
    }

    private static int udp(final Lab lab, final Endpoint at) throws Exception {
        return lab.arrive(A, UDP, at, "UDP in p");
    }

    @Scenario("a block holds for a running flow, and its removal too")
    void shouldHoldForARunningFlow(final Lab lab) throws Exception {
        final StringBuilder arrived = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            lab.apply(Policy.open().at(B).in("allow proto udp dst-port 2000"));
            arrived.append(udp(lab, B));
            lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
            arrived.append(udp(lab, B));
        }
        assertEquals("101010", arrived.toString());
    }

    @Scenario("100 pings while unrelated rules come and go: none lost")
    void shouldLoseNoPingWhenOtherRulesChange(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 1"));
        assertTrue(lab.pings(A, B.ip()));
        final FutureTask<Shell.Result> pings =
                start(() -> lab.in(A, "ping -q -n -c 100 -i 0.01 -W 5 " + B.ip()));
        for (int i = 0; !pings.isDone(); i++) {
            lab.apply(Policy.open().at(B).in("block proto udp dst-port " + (2 + i % 100)));
        }
        assertTrue(pings.get().out().contains(" 0% packet loss"), pings.get().out());
    }

    @Scenario("a TCP download while unrelated rules come and go: whole")
    void shouldCarryADownloadWhenOtherRulesChange(final Lab lab) throws Exception {
        final FutureTask<String> sum =
                start(() -> lab.sh(A, Bulk.download(B.ip(), "--limit-rate 4M")).ok());
        for (int i = 0; !sum.isDone(); i++) {
            lab.apply(Policy.open().at(B).in("block proto udp dst-port " + (2 + i % 100)));
        }
        assertEquals(Bulk.SUM, sum.get().strip());
    }

    @Scenario("a tracked connection survives a change of the same layer that doesn't concern it")
    void shouldKeepAConnectionWhenAnotherRuleChanges(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final FutureTask<String> sum =
                start(() -> lab.sh(A, Bulk.download(B.ip(), "--limit-rate 4M")).ok());
        for (int i = 0; !sum.isDone(); i++) {
            lab.apply(Policy.onlyOpenedBy(A).in("allow proto udp dst-port " + (2 + i % 100)));
        }
        assertEquals(Bulk.SUM, sum.get().strip());
    }

    @Scenario("the rule that let a connection in is removed: the connection stops")
    void shouldStopAConnectionWhenItsRuleGoes(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final FutureTask<Shell.Result> download = start(() -> lab.sh(A, Bulk.longDownload(B.ip())));
        while (!lab.in(A, "ss -Htn state established dport = :80").out().contains(":80")) {
            assertTrue(!download.isDone(), "over before the rule went");
        }
        lab.apply(
                Policy.open()
                        .stateful(A)
                        .block()
                        .out("allow ethertype arp")
                        .in("allow ethertype arp"));
        final int arrived = Integer.parseInt(download.get().out().strip());
        assertTrue(arrived < Bulk.LONG_BYTES, arrived + " bytes");
    }

    @Scenario("only the rule for new connections goes: later ones are blocked")
    void shouldBlockLaterConnectionsWhenTheRuleForNewOnesGoes(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        assertTrue(lab.pings(A, B.ip()));
        lab.apply(
                Policy.open()
                        .stateful(A)
                        .block()
                        .out("allow ethertype arp", "allow proto tcp")
                        .in("allow ethertype arp"));
        assertTrue(lab.pingsInVain(A, B.ip()));
        assertEquals("b", lab.http(A, B.ip()));
    }

    @Scenario("the target of a rewrite changes: the next packet goes there")
    void shouldFollowTheNewTargetOfARewrite(final Lab lab) throws Exception {
        final StringBuilder arrived = new StringBuilder();
        for (final int port : new int[] {3000, 4000, 3000}) {
            lab.apply(Policy.open().at(A).out("rewrite dst-port=" + port + " where proto udp"));
            arrived.append(lab.arrive(A, UDP, B, Frames.udpTo(port) + " and good(p)"));
        }
        assertEquals("111", arrived.toString());
    }

    @Scenario("a redirect changes its port, then goes")
    void shouldFollowARedirect(final Lab lab) throws Exception {
        assertTrue(lab.pings(B, A.ip()), "B is known");
        lab.apply(Policy.open().at(A).out("redirect c where proto udp"));
        assertEquals("1 0", udp(lab, C) + " " + lab.count(B, "UDP in p"));
        lab.apply(Policy.open().at(A).out("redirect d where proto udp"));
        assertEquals("1 0", udp(lab, D) + " " + lab.count(C, "UDP in p"));
        lab.apply(Policy.open());
        assertEquals("1 0", udp(lab, B) + " " + lab.count(D, "UDP in p"));
    }

    @Scenario("rules replaced as a whole: no moment without either of them")
    void shouldHaveNoMomentWithoutRules(final Lab lab) throws Exception {
        final Policy[] policies = {
            Policy.open().at(B).in("block proto udp dst-port 2000"),
            Policy.open().at(B).in("block proto udp dst-port 1990-2010")
        };
        lab.apply(policies[0]);
        lab.hear();
        for (int i = 0; i < 20; i++) {
            lab.send(A, "[bytes(" + UDP + ")]*50");
            lab.apply(policies[i % 2]);
        }
        assertEquals(0, lab.count(B, "UDP in p"));
    }

    @Scenario("1,000 rules replaced by 1,000 others in one go")
    void shouldReplaceAThousandRules(final Lab lab) throws Exception {
        for (final int first : new int[] {1001, 2001, 1001}) {
            final String[] rules = new String[1000];
            for (int i = 0; i < rules.length; i++) {
                rules[i] = "block proto udp dst-port " + (first + i);
            }
            lab.apply(Policy.open().at(B).in(rules));
            assertEquals(first == 1001 ? 0 : 1, udp(lab, B));
        }
    }

    @Scenario(
            value = "killed and started again: rules and traffic are back by themselves",
            ovsFails = "its rules are gone until a controller brings them")
    void shouldHaveItsRulesBackWhenKilled(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        lab.subject().restart();
        assertTrue(lab.pings(A, B.ip()));
        assertEquals(0, udp(lab, B));
        assertEquals("b", lab.http(A, B.ip()));
    }

    @Scenario(
            value = "killed while a download runs: it goes on once the switch is back",
            ovsFails = "its rules are gone until a controller brings them")
    void shouldGoOnWithADownloadWhenKilled(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        final FutureTask<String> sum =
                start(() -> lab.sh(A, Bulk.download(B.ip(), "--limit-rate 1M")).out());
        while (lab.in(A, "ss -Htn state established dport = :80").out().isBlank()) {
            assertTrue(!sum.isDone(), "over before the kill");
        }
        lab.subject().restart();
        assertEquals(Bulk.SUM, sum.get().strip());
    }
}
