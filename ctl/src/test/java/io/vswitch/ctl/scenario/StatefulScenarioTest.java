package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Layers that look at connections; what only A may open is the usual policy. */
@DisplayName("Connections")
class StatefulScenarioTest {
    private static final String SILENCE = "exit 28";

    private static final String ERROR =
            "/ICMP(type=3,code=3)/IP(src='%s',dst='%s')/UDP(sport=%d,dport=%d)";

    private static String error(final int sourcePort, final int port) {
        return Frames.ip(B, A) + ERROR.formatted(A.ip(), B.ip(), sourcePort, port);
    }

    @Scenario("one side may open TCP connections only")
    void shouldLetTcpBeOpenedByOneSideOnly(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals(SILENCE, lab.httpInVain(B, A.ip()));
    }

    @Scenario("one side may ping only")
    void shouldLetPingBeSentByOneSideOnly(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        assertTrue(lab.pings(A, B.ip()));
        assertTrue(lab.pingsInVain(B, A.ip()));
    }

    @Scenario("IPv6: one side may open connections and ping, neighbour discovery isn't lost")
    void shouldLetOneSideOpenOverIpv6(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        lab.in(A, "ip -6 neigh flush dev eth0").ok();
        lab.in(B, "ip -6 neigh flush dev eth0").ok();
        assertEquals("b", lab.http(A, "[" + B.ip6() + "]"));
        assertTrue(lab.pings(A, B.ip6()));
        assertEquals(SILENCE, lab.httpInVain(B, "[" + A.ip6() + "]"));
    }

    @Scenario("UDP: unsolicited dropped; after a datagram out the reply passes")
    void shouldLetUdpBackWhenItWasAskedFor(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final String reply = Frames.udp(B, A, 2000, 1000);
        assertEquals(0, lab.arrive(B, reply, A, Frames.udpTo(1000)));
        assertEquals(1, lab.arrive(A, Frames.udp(A, B, 1000, 2000), B, Frames.udpTo(2000)));
        assertEquals(1, lab.arrive(B, reply, A, Frames.udpTo(1000)));
    }

    @Scenario("UDP: another port or another host can't use the connection")
    void shouldDropWhatIsNotOfTheConnection(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        lab.send(A, Frames.udp(A, B, 1000, 2000));
        lab.settle();
        assertEquals(0, lab.arrive(B, Frames.udp(B, A, 2001, 1000), A, "UDP in p"));
        assertEquals(0, lab.arrive(B, Frames.udp(B, A, 2000, 1001), A, "UDP in p"));
        assertEquals(0, lab.arrive(C, Frames.udp(C, A, 2000, 1000), A, "UDP in p"));
        assertEquals(1, lab.arrive(B, Frames.udp(B, A, 2000, 1000), A, "UDP in p"));
    }

    @Scenario("ICMP: a reply nobody asked for, or of another id, is dropped")
    void shouldDropEchoRepliesWithoutTheirRequest(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final String reply = Frames.ip(B, A) + "/ICMP(type=0,id=%d,seq=1)";
        assertEquals(0, lab.arrive(B, reply.formatted(77), A, "p[ICMP].id==77"));
        lab.send(A, Frames.ip(A, B) + "/ICMP(type=8,id=78,seq=1)");
        lab.settle();
        assertEquals(0, lab.arrive(B, reply.formatted(79), A, "p[ICMP].id==79"));
        assertEquals(1, lab.arrive(B, reply.formatted(78), A, "p[ICMP].id==78"));
    }

    @Scenario("the same echo request twice: both pass, no reply needed between them")
    void shouldLetARepeatedRequestThrough(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final String request = "[" + Frames.ip(A, B) + "/ICMP(type=8,id=80,seq=1)]*2";
        assertEquals(2, lab.arrive(A, request, B, "p[ICMP].id==80"));
    }

    @Scenario("TCP: a SYN+ACK or an ACK nobody asked for is dropped")
    void shouldDropTcpWithoutAnOpening(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        for (final String flags : new String[] {"SA", "A", "PA", "FA", "R", "S"}) {
            final String frame = Frames.tcp(B, A, 80, 5000, flags);
            assertEquals(0, lab.arrive(B, frame, A, "TCP in p"), flags);
        }
    }

    @Scenario("UDP to a closed port: the ICMP error comes back and is reported")
    void shouldLetAnErrorBackWhenItBelongsToAConnection(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final String frame = Frames.udp(A, B, 1000, 9999);
        assertEquals(1, lab.arrive(A, frame, A, "p[ICMP].type==3 and p[ICMP].code==3"));
    }

    @Scenario("an ICMP error of no connection is dropped")
    void shouldDropAnErrorOfNoConnection(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        assertEquals(0, lab.arrive(B, error(1234, 4321), A, "ICMP in p"));
    }

    @Scenario("an ICMP error from a router on the way, of a connection, passes")
    void shouldLetARoutersErrorBack(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        lab.send(A, Frames.udp(A, B, 1000, 80));
        lab.settle();
        final String frame =
                error(1000, 80).replaceFirst("IP\\(src='10.1.1.2'", "IP(src='10.1.1.254'");
        assertEquals(1, lab.arrive(B, frame, A, "p[ICMP].type==3"));
    }

    @Scenario("two firewalls in a row, at both ends")
    void shouldPassBothFirewallsWhenBothAllow(final Lab lab) throws Exception {
        lab.apply(
                Policy.onlyOpenedBy(A)
                        .stateful(B)
                        .block()
                        .in("allow ethertype arp", "allow proto tcp dst-port 80")
                        .out("allow ethertype arp"));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals(SILENCE, lab.httpInVain(A, B.ip() + ":8080"));
        assertEquals(SILENCE, lab.httpInVain(B, A.ip()));
    }

    @Scenario("a server: only its port may be opened from outside, it opens nothing")
    void shouldServeOnePortAndOpenNothing(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .stateful(B)
                        .block()
                        .in("allow ethertype arp", "allow proto tcp dst-port 80")
                        .out("allow ethertype arp"));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals("b", lab.http(C, B.ip()));
        assertEquals(SILENCE, lab.httpInVain(B, A.ip()));
    }

    @Scenario("the same TCP ports again, right after the connection was closed")
    void shouldLetPortsBeReusedAtOnce(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final String open = Frames.tcp(A, B, 5001, 8000, "%s");
        final String answer = Frames.tcp(B, A, 8000, 5001, "%s");
        for (int round = 0; round < 2; round++) {
            assertEquals(1, lab.arrive(A, open.formatted("S"), B, "p[TCP].flags=='S'"));
            assertEquals(1, lab.arrive(B, answer.formatted("SA"), A, "p[TCP].flags=='SA'"));
            lab.send(A, open.formatted("A"));
            assertEquals(1, lab.arrive(A, open.formatted("FA"), B, "p[TCP].flags=='FA'"));
            assertEquals(1, lab.arrive(B, answer.formatted("FA"), A, "p[TCP].flags=='FA'"));
            lab.send(A, open.formatted("A"));
            lab.settle();
        }
    }

    @Scenario("200 connections one after the other")
    void shouldCarryManyConnections(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final String got =
                lab.in(A, "curl -s --max-time 50 -H Connection:close http://" + B.ip() + "/[1-200]")
                        .ok();
        assertEquals("b\n".repeat(200), got);
    }

    @Scenario("half-closed: the client ends its side, the answer still comes")
    void shouldCarryTheAnswerWhenTheClientHasClosedItsSide(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final Shell.Result got =
                lab.sh(
                        A,
                        "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socat -t 20 - TCP:"
                                + B.ip()
                                + ":80");
        assertTrue(got.ok().endsWith("b\n"), got.out());
    }

    @Scenario("large pings, fragments of a tracked connection")
    void shouldCarryFragmentsOfAConnection(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        assertTrue(lab.pings(A, B.ip(), 1600));
        assertTrue(lab.pings(A, B.ip(), 3200));
    }

    @Scenario("overlapping fragments don't pass a tracking layer, nor what follows them")
    void shouldDropOverlappingFragments(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        final String ip = Frames.ip(A, B).replace("IP(", "IP(id=99,proto=17,flags=%s,frag=%d,");
        final String frames =
                "["
                        + ip.formatted("'MF'", 0)
                        + "/(b'\\x03\\xe8\\x07\\xd0\\x00\\x30\\x00\\x00'+b'a'*16), "
                        + ip.formatted("'MF'", 2)
                        + "/(b'b'*24), "
                        + ip.formatted("0", 5)
                        + "/(b'c'*24)]";
        assertEquals(0, lab.arrive(A, frames, B, "p[IP].id==99 and p[IP].frag>0"));
    }

    /** Of addresses that no kernel answers for, so that none meddles with a made-up connection. */
    private static String silent(final String frame) {
        return frame.replaceAll("'10\\.1\\.1\\.(\\d)'", "'10.1.1.5$1'");
    }

    private static String segment(
            final Endpoint from,
            final Endpoint to,
            final String flags,
            final long sequence,
            final long acknowledged) {
        final boolean opener = from == A;
        return silent(
                Frames.tcp(from, to, opener ? 5001 : 8000, opener ? 8000 : 5001, flags)
                        .replace("seq=1000", "seq=%d,ack=%d".formatted(sequence, acknowledged)));
    }

    private static void handshake(final Lab lab) throws Exception {
        lab.send(A, segment(A, B, "S", 1000, 0));
        lab.settle();
        lab.send(B, segment(B, A, "SA", 5000, 1001));
        lab.settle();
        lab.send(A, segment(A, B, "A", 1001, 5001));
        lab.settle();
    }

    @Scenario("TCP: a segment far out of the window is dropped")
    void shouldDropASegmentOutOfTheWindow(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        handshake(lab);
        final String data = "/b'data'";
        assertEquals(
                1, lab.arrive(B, segment(B, A, "PA", 5001, 1001) + data, A, "p[TCP].seq==5001"));
        assertEquals(
                0,
                lab.arrive(
                        B, segment(B, A, "PA", 9_005_001, 1001) + data, A, "p[TCP].seq==9005001"));
    }

    @Scenario("TCP: a reset with a wrong sequence number doesn't pass, nor end the connection")
    void shouldDropAWrongReset(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        handshake(lab);
        assertEquals(0, lab.arrive(B, segment(B, A, "R", 9_005_001, 0), A, "p[TCP].flags=='R'"));
        assertEquals(1, lab.arrive(B, segment(B, A, "PA", 5001, 1001) + "/b'data'", A, "TCP in p"));
    }

    @Scenario("TCP: a whole life of a connection, handshake, data, both sides closing")
    void shouldLetAWholeConnectionThrough(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        handshake(lab);
        assertEquals(1, lab.arrive(B, segment(B, A, "PA", 5001, 1001) + "/b'data'", A, "TCP in p"));
        assertEquals(1, lab.arrive(A, segment(A, B, "FA", 1001, 5005), B, "p[TCP].flags=='FA'"));
        assertEquals(1, lab.arrive(B, segment(B, A, "FA", 5005, 1002), A, "p[TCP].flags=='FA'"));
        assertEquals(1, lab.arrive(A, segment(A, B, "A", 1002, 5006), B, "p[TCP].ack==5006"));
    }
}
