package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static io.vswitch.ctl.scenario.Endpoint.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** A and B are inside, C is outside, where everybody from inside has the address OUTSIDE. */
@DisplayName("Address translation")
class NatScenarioTest {
    private static final String OUTSIDE = "10.1.1.200";
    private static final String OUTSIDE6 = "fd01::200";
    private static final String VIRTUAL = "10.1.1.100";
    private static final String ROUTER = "02:00:00:00:00:99";

    private static Policy source(final Lab lab, final String ports) throws Exception {
        lab.neighbour(C, OUTSIDE, ROUTER);
        return Policy.open()
                .withPool("out", OUTSIDE + "-" + OUTSIDE + ":" + ports)
                .stateful(C)
                .in("snat out where src-ip 10.1.1.0/26 proto tcp,udp,icmp");
    }

    private static Policy source6(final Lab lab) throws Exception {
        lab.neighbour(C, OUTSIDE6, ROUTER);
        return Policy.open()
                .withPool("out6", "[" + OUTSIDE6 + "]-[" + OUTSIDE6 + "]:20000-59999")
                .stateful(C)
                .in(
                        "snat out6 where src-ip fd01::/120 proto tcp,udp",
                        "snat out6 where src-ip fd01::/120 proto icmpv6 icmp-type 128");
    }

    /** A reaches B's port 80 by the virtual address, port 8888. */
    private static Policy destination(final Lab lab) throws Exception {
        lab.neighbour(A, VIRTUAL, ROUTER);
        return Policy.open()
                .stateful(A)
                .out(
                        "dnat 10.1.1.2:80 dst-mac=%s where dst-ip %s proto tcp,udp dst-port 8888"
                                .formatted(B.mac(), VIRTUAL));
    }

    private static String who(
            final Lab lab, final Endpoint from, final String authority, final String options)
            throws Exception {
        return lab.sh(from, "curl -s -g --max-time 20 " + options + " http://" + authority + "/who")
                .out();
    }

    @Scenario("source translated: the server sees the outside address")
    void shouldShowTheOutsideAddress(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        final String seen = who(lab, A, C.ip(), "");
        assertTrue(seen.matches("10\\.1\\.1\\.200 [2-5]\\d{4}"), seen);
        assertEquals("b", lab.http(A, B.ip()), "inside nothing changes");
    }

    @Scenario("source translated over IPv6")
    void shouldShowTheOutsideAddressOverIpv6(final Lab lab) throws Exception {
        lab.apply(source6(lab));
        final String seen = who(lab, A, "[" + C.ip6() + "]", "");
        assertTrue(seen.startsWith(OUTSIDE6 + " "), seen);
        assertTrue(lab.pings(A, C.ip6()));
    }

    @Scenario("source translated: ping from two hosts")
    void shouldTranslateEchoes(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        assertTrue(lab.pings(A, C.ip()));
        assertTrue(lab.pings(B, C.ip()));
        assertTrue(lab.pings(A, B.ip()), "inside");
    }

    @Scenario(
            value = "source translated: echoes of two hosts with the same identifier",
            ovsFails = "3.1 doesn't translate identifiers")
    void shouldTranslateEchoesOfOneIdentifier(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        lab.hear();
        lab.send(A, Frames.ip(A, C) + "/ICMP(type=8,id=20500,seq=1)/b'from a'");
        lab.send(B, Frames.ip(B, C) + "/ICMP(type=8,id=20500,seq=1)/b'from b'");
        final String mine = "p[ICMP].type==0 and p[ICMP].id==20500 and good(p)";
        assertEquals(1, lab.count(A, mine + " and bytes(p[Raw])[:6]==b'from a'"));
        assertEquals(1, lab.count(B, mine + " and bytes(p[Raw])[:6]==b'from b'"));
    }

    @Scenario(
            "source translated: two hosts of the same source port get different ones, replies go"
                    + " right")
    void shouldKeepTwoHostsOfOnePortApart(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        lab.hear();
        lab.send(A, Frames.udp(A, C, 20100, 80).replace("hello", "from a"));
        lab.send(B, Frames.udp(B, C, 20100, 80).replace("hello", "from b"));
        assertEquals(
                1, lab.await(A, "p[UDP].dport==20100 and bytes(p[UDP].payload)[:6]==b'from a'", 1));
        assertEquals(
                1, lab.await(B, "p[UDP].dport==20100 and bytes(p[UDP].payload)[:6]==b'from b'", 1));
        assertEquals(2, lab.count(C, "p[IP].src=='10.1.1.200' and p[UDP].dport==80 and good(p)"));
    }

    @Scenario(
            value = "source translated: the port is kept where it is free",
            ovsFails = "takes one by hash")
    void shouldKeepTheSourcePortWhenItIsFree(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        assertEquals(OUTSIDE + " 20321", who(lab, A, C.ip(), "--local-port 20321"));
    }

    @Scenario(
            "one port in the pool: the second connection is refused a translation, the first goes"
                    + " on")
    void shouldRefuseWhenThePoolIsEmpty(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-20000"));
        final String toFirst = "p[IP].src=='10.1.1.200' and p[UDP].sport==20000";
        assertEquals(1, lab.arrive(A, Frames.udp(A, C, 1001, 80), C, toFirst));
        assertEquals(0, lab.arrive(B, Frames.udp(B, C, 1002, 80), C, "UDP in p"));
        lab.send(A, Frames.udp(A, C, 1001, 80));
        assertTrue(lab.await(A, Frames.udpTo(1001), 1) >= 1);
    }

    @Scenario("from outside nobody gets in through the outside address")
    void shouldLetNobodyInFromOutside(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        final int port = translatedPort(lab, Frames.udp(A, C, 20001, 2000));
        final String arrived = "UDP in p and p[IP].dst=='10.1.1.1'";
        assertEquals(0, lab.arrive(C, outside(C, 2001, port), A, arrived), "another port");
        assertEquals(0, lab.arrive(D, outside(D, 2000, port), A, arrived), "another host");
        assertEquals(0, lab.arrive(C, outside(C, 2000, port + 1), A, arrived), "a free port");
        assertEquals(1, lab.arrive(C, outside(C, 2000, port), A, arrived), "the reply");
    }

    /** The source port that a datagram of A's has at C. */
    private static int translatedPort(final Lab lab, final String frame) throws Exception {
        lab.hear();
        lab.forgetHeard();
        lab.send(A, frame);
        final String seen = lab.heard(C, "UDP in p and p[IP].src=='10.1.1.200'").get(0);
        return Integer.parseInt(seen.substring(68, 72), 16);
    }

    /** A datagram to the outside address. */
    private static String outside(final Endpoint from, final int sourcePort, final int port) {
        return Frames.udp(from, A, sourcePort, port)
                .replace(A.mac(), ROUTER)
                .replace("dst='10.1.1.1'", "dst='" + OUTSIDE + "'");
    }

    @Scenario("bulk: 4 MiB through source and destination translation")
    void shouldDownloadWholeThroughBoth(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        assertEquals(Bulk.SUM, lab.sh(A, Bulk.download(C.ip(), "")).ok().strip());
        lab.apply(destination(lab));
        assertEquals(Bulk.SUM, lab.sh(A, Bulk.download(VIRTUAL + ":8888", "")).ok().strip());
    }

    @Scenario("destination and port translated, taken back in the replies")
    void shouldServeAtTheVirtualAddress(final Lab lab) throws Exception {
        lab.apply(destination(lab));
        assertEquals("b", lab.http(A, VIRTUAL + ":8888"));
        assertEquals("exit 28", lab.httpInVain(A, VIRTUAL + ":80"));
        assertEquals("b", lab.http(A, B.ip()), "itself");
    }

    @Scenario("destination translated: UDP checksums right both ways")
    void shouldKeepChecksumsRight(final Lab lab) throws Exception {
        lab.apply(destination(lab));
        final String frame =
                Frames.udp(A, B, 1000, 8888)
                        .replace("dst='10.1.1.2'", "dst='" + VIRTUAL + "'")
                        .replace(B.mac(), ROUTER);
        assertEquals(
                1,
                lab.arrive(A, frame, B, "p[IP].dst=='10.1.1.2' and p[UDP].dport==80 and good(p)"));
        assertEquals(
                1,
                lab.await(
                        A,
                        "p[IP].src=='10.1.1.100' and p[UDP].sport==8888 and p[UDP].dport==1000",
                        1));
    }

    @Scenario("a server inside, reached from outside by the outside address and port")
    void shouldForwardAPortToTheInside(final Lab lab) throws Exception {
        lab.apply(
                source(lab, "20000-59999")
                        .out(
                                "dnat 10.1.1.2:80 dst-mac=%s where dst-ip %s proto tcp dst-port 8080"
                                        .formatted(B.mac(), OUTSIDE)));
        assertEquals("b", lab.http(C, OUTSIDE + ":8080"));
        assertTrue(who(lab, A, C.ip(), "").startsWith(OUTSIDE), "and out");
    }

    @Scenario("hairpin: a host inside reaches a server inside by the virtual address of both")
    void shouldReachTheInsideFromTheInside(final Lab lab) throws Exception {
        lab.neighbour(A, VIRTUAL, ROUTER);
        lab.apply(
                Policy.open()
                        .withPool("out", OUTSIDE + "-" + OUTSIDE + ":20000-59999")
                        .stateful(A)
                        .out(
                                "dnat 10.1.1.2:80 dst-mac=%s where dst-ip %s proto tcp dst-port 8888"
                                        .formatted(B.mac(), VIRTUAL))
                        .stateful(B)
                        .in("snat out where src-ip 10.1.1.1 proto tcp"));
        lab.neighbour(B, OUTSIDE, ROUTER);
        final String seen = who(lab, A, VIRTUAL + ":8888", "");
        assertTrue(seen.startsWith(OUTSIDE + " "), seen);
    }

    @Scenario("an ICMP error comes back through the translation, its quote translated too")
    void shouldTranslateAnIcmpErrorBack(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        assertEquals(
                1,
                lab.arrive(
                        A,
                        Frames.udp(A, C, 20400, 9999),
                        A,
                        "p[ICMP].type==3 and p[IP].src=='10.1.1.3' and p[IPerror].src=='10.1.1.1'"
                                + " and p[UDPerror].sport==20400 and"
                                + " p[IP].chksum==IP(bytes(p[IP])[:20]).chksum"));
    }

    @Scenario("an ICMPv6 error comes back through the translation")
    void shouldTranslateAnIcmp6ErrorBack(final Lab lab) throws Exception {
        lab.apply(source6(lab));
        assertEquals(
                1,
                lab.arrive(
                        A,
                        Frames.udp6(A, C, 20400, 9999),
                        A,
                        "ICMPv6DestUnreach in p and p[IPerror6].src=='fd01::1' and"
                                + " p[UDPerror].sport==20400"));
    }

    @Scenario("'fragmentation needed' from a router on the way reaches the host inside (path MTU)")
    void shouldTranslateARoutersErrorBack(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        final int port = translatedPort(lab, Frames.udp(A, C, 20401, 80));
        final String error =
                "Ether(src='%s',dst='%s')/IP(src='10.1.1.77',dst='%s')/ICMP(type=3,code=4,nexthopmtu=1300)/IP(src='%s',dst='%s')/UDP(sport=%d,dport=80)"
                        .formatted(C.mac(), ROUTER, OUTSIDE, OUTSIDE, C.ip(), port);
        assertEquals(
                1,
                lab.arrive(
                        C,
                        error,
                        A,
                        "p[ICMP].code==4 and p[ICMP].nexthopmtu==1300 and"
                                + " p[IPerror].src=='10.1.1.1' and p[UDPerror].sport==20401"));
    }

    @Scenario("fragments through the translation: ping of 4,500 bytes")
    void shouldTranslateFragments(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        assertTrue(lab.pings(A, C.ip(), 4500));
    }

    @Scenario("50 connections through one outside address, some at once")
    void shouldTranslateManyConnections(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999"));
        final String got =
                lab.sh(
                                A,
                                "curl -s --max-time 50 -Z --parallel-max 8 'http://"
                                        + C.ip()
                                        + "/[1-50]' 2>/dev/null")
                        .ok();
        assertEquals("c\n".repeat(50), got);
    }

    @Scenario("static translation of one address to another, both directions")
    void shouldTranslateOneAddressToAnother(final Lab lab) throws Exception {
        lab.neighbour(C, OUTSIDE, ROUTER);
        lab.apply(
                Policy.open()
                        .stateful(C)
                        .in("snat %s where src-ip 10.1.1.1 proto tcp".formatted(OUTSIDE))
                        .out(
                                "dnat 10.1.1.1 dst-mac=%s where dst-ip %s proto tcp"
                                        .formatted(A.mac(), OUTSIDE)));
        assertEquals(OUTSIDE + " 34567", who(lab, A, C.ip(), "--local-port 34567"));
        assertEquals("a", lab.http(C, OUTSIDE));
        assertEquals(C.ip() + " 4000", who(lab, C, OUTSIDE, "--local-port 4000"));
    }

    @Scenario("the translation is changed: running connections keep theirs")
    void shouldKeepTheTranslationOfARunningConnection(final Lab lab) throws Exception {
        lab.apply(destination(lab));
        final var download =
                LiveChangeScenarioTest.start(
                        () -> lab.sh(A, Bulk.download(VIRTUAL + ":8888", "--limit-rate 4M")).ok());
        while (lab.in(A, "ss -Htn state established dport = :8888").out().isBlank()) {
            assertTrue(!download.isDone(), "over before the change");
        }
        for (int i = 0; !download.isDone(); i++) {
            lab.apply(destination(lab).out("block proto udp dst-port " + (1 + i % 100)));
        }
        assertEquals(Bulk.SUM, download.get().strip());
    }

    @Scenario(
            value = "traceroute through the translation: the hop beyond it answers",
            ovsFails = "no action answers a packet")
    void shouldSeeTheHopBeyondTheTranslation(final Lab lab) throws Exception {
        lab.apply(source(lab, "20000-59999").at(C).in("rewrite ttl-dec where proto icmp"));
        final String out = lab.in(A, "ping -n -c 1 -W 5 -t 1 " + C.ip()).out();
        assertTrue(out.contains("Time to live exceeded"), out);
    }
}
