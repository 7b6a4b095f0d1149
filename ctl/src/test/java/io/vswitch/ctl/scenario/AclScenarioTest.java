package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static io.vswitch.ctl.scenario.Endpoint.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Rules that look at single packets. */
@DisplayName("Rules for single packets")
class AclScenarioTest {
    private static final String SILENCE = "exit 28";

    private static int udp(final Lab lab, final int sourcePort, final int port) throws Exception {
        return lab.arrive(A, Frames.udp(A, B, sourcePort, port), B, Frames.udpTo(port));
    }

    @Scenario("block ping to one port, let TCP through")
    void shouldBlockPingAloneWhenARuleSaysSo(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto icmp"));
        assertTrue(lab.pingsInVain(A, B.ip()));
        assertEquals("b", lab.http(A, B.ip()));
        assertTrue(lab.pings(A, C.ip()), "another port");
    }

    @Scenario("allow one TCP port, block the rest by default")
    void shouldLetOnePortThroughWhenTheDefaultIsBlock(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .block()
                        .in("allow ethertype arp", "allow proto tcp dst-port 80")
                        .out("allow ethertype arp", "allow proto tcp src-port 80"));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals(SILENCE, lab.httpInVain(A, B.ip() + ":8080"));
        assertTrue(lab.pingsInVain(A, B.ip()));
    }

    @Scenario("block ping6, neighbour discovery goes on")
    void shouldKeepNeighbourDiscoveryWhenPing6IsBlocked(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto icmpv6 icmp-type 128"));
        lab.in(A, "ip -6 neigh flush dev eth0").ok();
        assertTrue(lab.pingsInVain(A, B.ip6()));
        assertEquals("b", lab.http(A, "[" + B.ip6() + "]"));
    }

    @Scenario("block a range of TCP ports, its edges exactly")
    void shouldBlockExactlyTheRangeWhenARuleHasOne(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 1001-4999"));
        assertEquals(
                "1 0 0 1",
                udp(lab, 9, 1000)
                        + " "
                        + udp(lab, 9, 1001)
                        + " "
                        + udp(lab, 9, 4999)
                        + " "
                        + udp(lab, 9, 5000));
    }

    @Scenario("a list of ports")
    void shouldBlockEachPortOfAList(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 53,100-101,7000"));
        assertEquals(
                "0 1 0 0 1 0",
                udp(lab, 9, 53)
                        + " "
                        + udp(lab, 9, 99)
                        + " "
                        + udp(lab, 9, 100)
                        + " "
                        + udp(lab, 9, 101)
                        + " "
                        + udp(lab, 9, 102)
                        + " "
                        + udp(lab, 9, 7000));
    }

    @Scenario("allow two source addresses, block all others")
    void shouldLetListedSourcesThroughOnly(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .block()
                        .in("allow ethertype arp", "allow src-ip 10.1.1.1,10.1.1.3")
                        .out("allow ethertype arp", "allow ethertype ipv4"));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals("b", lab.http(C, B.ip()));
        assertEquals(SILENCE, lab.httpInVain(D, B.ip()));
    }

    @Scenario("everything to addresses outside a prefix is blocked (not)")
    void shouldBlockWhatIsOutsideAPrefix(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("block dst-ip not 10.1.1.2/31"));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals("c", lab.http(A, C.ip()));
        assertEquals(SILENCE, lab.httpInVain(A, D.ip()));
    }

    @Scenario("block SYN without ACK: nobody opens connections to it, it opens its own")
    void shouldBlockNewConnectionsWhenSynIsBlocked(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto tcp tcp-flags syn/syn+ack"));
        assertEquals(SILENCE, lab.httpInVain(A, B.ip()));
        assertEquals("a", lab.http(B, A.ip()));
    }

    @Scenario("block echo requests one way, the other way works")
    void shouldBlockEchoRequestsOneWayOnly(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto icmp icmp-type 8"));
        assertTrue(lab.pingsInVain(A, B.ip()));
        assertTrue(lab.pings(B, A.ip()));
    }

    @Scenario("block by source MAC under a mask")
    void shouldBlockMacsUnderAMask(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block src-mac 06:00:00:00:00:00/ff:ff:00:00:00:00"));
        final String frame =
                "Ether(src='06:00:%s:00:00:09',dst='" + B.mac() + "',type=0x88b6)/b'x'";
        assertEquals(0, lab.arrive(A, frame.formatted("01"), B, "p.type==0x88b6"));
        final String other = frame.replace("06:00", "06:01").formatted("01");
        assertEquals(1, lab.arrive(A, other, B, "p.type==0x88b6"));
    }

    @Scenario("block one EtherType")
    void shouldBlockOneEtherType(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block ethertype 0x88b6"));
        final String frame = Frames.eth(A, B).replace(")", ",type=%s)/b'x'");
        assertEquals(0, lab.arrive(A, frame.formatted("0x88b6"), B, "p.type==0x88b6"));
        assertEquals(1, lab.arrive(A, frame.formatted("0x88b7"), B, "p.type==0x88b7"));
    }

    @Scenario("two layers of a port: both have to allow")
    void shouldPassOnlyWhatBothLayersAllow(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .in("block proto udp dst-port 1000")
                        .at(B)
                        .in("block proto udp dst-port 2000"));
        assertEquals(
                "0 0 1", udp(lab, 9, 1000) + " " + udp(lab, 9, 2000) + " " + udp(lab, 9, 3000));
    }

    @Scenario("rules at both ends: the sender's and the receiver's hold")
    void shouldHoldTheRulesOfBothEnds(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("block proto udp dst-port 1000")
                        .at(B)
                        .in("block proto udp dst-port 2000"));
        assertEquals(
                "0 0 1", udp(lab, 9, 1000) + " " + udp(lab, 9, 2000) + " " + udp(lab, 9, 3000));
    }

    @Scenario("a layer that blocks all lets nothing through, ARP neither")
    void shouldLetNothingThroughWhenTheDefaultIsBlock(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).block());
        lab.in(A, "ip neigh flush dev eth0").ok();
        assertTrue(lab.pingsInVain(A, B.ip()));
        assertEquals(0, lab.arrive(A, Frames.udp(A, B, 9, 9), B, "UDP in p"));
        assertEquals(0, lab.arrive(B, Frames.udp(B, A, 9, 9), A, "UDP in p"));
    }

    @Scenario("ARP blocked: a static neighbour still talks")
    void shouldTalkToAStaticNeighbourWhenArpIsBlocked(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block ethertype arp").out("block ethertype arp"));
        lab.in(A, "ip neigh flush dev eth0").ok();
        assertTrue(lab.pingsInVain(A, B.ip()));
        lab.neighbour(A, B.ip(), B.mac());
        lab.neighbour(B, A.ip(), A.mac());
        assertTrue(lab.pings(A, B.ip()));
    }

    @Scenario("first matching rule counts: a host is let through a blocked prefix")
    void shouldCountTheFirstMatchWhenSeveralMatch(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .in(
                                "allow proto udp dst-port 1000 src-ip 10.1.1.1",
                                "block proto udp dst-port 1000 src-ip 10.1.0.0/16",
                                "block proto udp dst-port 2000"));
        assertEquals("1 0", udp(lab, 9, 1000) + " " + udp(lab, 9, 2000));
        assertEquals(0, lab.arrive(C, Frames.udp(C, B, 9, 1000), B, Frames.udpTo(1000)));
    }

    @Scenario(
            "a cached drop isn't wider than its rule: dropped first, its neighbour passes, and the"
                    + " other way round")
    void shouldNotCacheTooWideWhateverComesFirst(final Lab lab) throws Exception {
        final Policy policy =
                Policy.open().at(B).in("block proto udp dst-port 4000-4095 src-port 100");
        lab.apply(policy);
        assertEquals(
                "0 1 1 0",
                udp(lab, 100, 4000)
                        + " "
                        + udp(lab, 101, 4000)
                        + " "
                        + udp(lab, 100, 4096)
                        + " "
                        + udp(lab, 100, 4095));
        lab.subject().forget();
        assertEquals(
                "1 1 0 0",
                udp(lab, 100, 4096)
                        + " "
                        + udp(lab, 101, 4000)
                        + " "
                        + udp(lab, 100, 4000)
                        + " "
                        + udp(lab, 100, 4095));
    }

    @Scenario("300 rules of different addresses and masks: the right one counts")
    void shouldFindTheRightOneAmongManyRules(final Lab lab) throws Exception {
        final String[] rules = new String[300];
        for (int i = 0; i < rules.length; i++) {
            final int length = 20 + i % 11;
            rules[i] =
                    "%s proto udp dst-ip 10.1.%d.0/%d dst-port %d"
                            .formatted(
                                    i % 2 == 0 ? "block" : "allow",
                                    length < 24 ? 0 : 1,
                                    length,
                                    1000 + i / 2);
        }
        lab.apply(Policy.open().at(B).in(rules).in("block proto udp dst-port 1000-1200"));
        assertEquals(
                "0 0 0 1",
                udp(lab, 9, 1000)
                        + " "
                        + udp(lab, 9, 1149)
                        + " "
                        + udp(lab, 9, 1150)
                        + " "
                        + udp(lab, 9, 1201));
    }

    @Scenario("TCP, UDP and SCTP told apart by protocol number")
    void shouldTellProtocolsApart(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto 132", "block proto 47"));
        final String sctp = Frames.ip(A, B) + "/SCTP(sport=1,dport=2)";
        assertEquals(0, lab.arrive(A, sctp, B, "p[IP].proto==132"));
        assertEquals(0, lab.arrive(A, Frames.ip(A, B) + "/GRE()", B, "p[IP].proto==47"));
        assertEquals(
                1,
                lab.arrive(
                        A,
                        Frames.ip(A, B).replace("dst='10", "proto=50,dst='10") + "/b'esp-esp'",
                        B,
                        "p[IP].proto==50"));
        assertEquals(1, udp(lab, 1, 2));
    }

    @Scenario("ports isolated from each other, both may talk to a third")
    void shouldIsolateTwoPorts(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .in("block src-mac " + B.mac())
                        .at(B)
                        .in("block src-mac " + A.mac()));
        assertTrue(lab.pingsInVain(A, B.ip()));
        assertTrue(lab.pings(A, C.ip()));
        assertTrue(lab.pings(B, C.ip()));
    }
}
