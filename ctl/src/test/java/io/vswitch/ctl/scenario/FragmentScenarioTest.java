package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Fragments, whole and broken; connections of fragments are among the connections. */
@DisplayName("Fragments and malformed packets")
class FragmentScenarioTest {
    private static final String BIG =
            "fragment(" + Frames.ip(A, B) + "/UDP(sport=1,dport=2000)/bytes(3000),fragsize=1000)";
    private static final String OURS = "p[IP].proto==17 and p[IP].src=='10.1.1.1'";

    @Scenario("ping of 60,000 bytes, 41 fragments, over IPv4 and IPv6")
    void shouldCarryTheLargestPings(final Lab lab) throws Exception {
        assertTrue(lab.pings(A, B.ip(), 60_000));
        assertTrue(lab.pings(A, B.ip6(), 60_000));
    }

    @Scenario("fragments in reverse order arrive, and are put together by the receiver")
    void shouldCarryFragmentsInAnyOrder(final Lab lab) throws Exception {
        assertEquals(4, lab.arrive(A, "list(reversed(" + BIG + "))", B, OURS));
        final String echo = "[bytes(f) for f in reversed(%s)]".formatted(BIG.replace("2000", "80"));
        lab.send(A, echo);
        assertTrue(lab.await(A, "p[IP].src=='10.1.1.2' and p[IP].proto==17", 1) >= 1);
    }

    @Scenario("a rule by address holds for all fragments")
    void shouldBlockAllFragmentsByAddress(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block src-ip 10.1.1.1"));
        assertEquals(0, lab.arrive(A, BIG, B, OURS));
    }

    @Scenario("a rule by port stops the first fragment, so the datagram never gets whole")
    void shouldStopTheFirstFragmentByPort(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        assertEquals(0, lab.arrive(A, BIG, B, OURS + " and p[IP].frag==0"));
    }

    @Scenario("IPv6: extension headers before and behind the fragment header")
    void shouldCarryExtensionHeaders(final Lab lab) throws Exception {
        final String frame =
                Frames.ip6(A, B)
                        + "/IPv6ExtHdrHopByHop(options=[PadN(optdata=bytes(4))])/IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])"
                        + "/IPv6ExtHdrFragment(id=7,m=1,offset=0)/UDP(sport=1,dport=2000,len=80)/bytes(64)";
        assertEquals(1, lab.arrive(A, frame, B, "p[IPv6].src=='fd01::1' and p[IPv6].nh==0"));
    }

    @Scenario("IPv6: a UDP port behind extension headers is blocked")
    void shouldFindThePortBehindExtensionHeaders(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        final String frame =
                Frames.ip6(A, B)
                        + "/IPv6ExtHdrHopByHop(options=[PadN(optdata=bytes(4))])/IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])/UDP(sport=1,dport=%d)/b'x'";
        assertEquals(0, lab.arrive(A, frame.formatted(2000), B, "UDP in p"));
        assertEquals(1, lab.arrive(A, frame.formatted(2001), B, "UDP in p"));
    }

    @Scenario(
            "3,000 frames of random bytes under every EtherType: traffic goes on, nothing in the"
                    + " log")
    void shouldSurviveRandomFrames(final Lab lab) throws Exception {
        lab.apply(
                Policy.onlyOpenedBy(A)
                        .at(A)
                        .out("rewrite src-ip=10.1.1.1 dscp=3 where src-ip 10.1.1.0/24"));
        lab.send(
                A,
                "(lambda r: [mac('%s')+mac('%s')+r.choice([b'\\x08\\x00\\x45',b'\\x08\\x00\\x4f',b'\\x86\\xdd\\x60',b'\\x81\\x00\\x00',b'\\x88\\xa8\\x00',b'\\x08\\x06\\x00',b''])+r.randbytes(r.randint(1,200)) for _ in range(3000)])(random.Random(20261124))"
                        .formatted(B.mac(), A.mac()));
        lab.settle();
        assertEquals("b", lab.http(A, B.ip()));
    }

    @Scenario("headers cut short at every length: traffic goes on, nothing in the log")
    void shouldSurviveTruncatedFrames(final Lab lab) throws Exception {
        lab.apply(
                Policy.onlyOpenedBy(A)
                        .guard(A, "mac", "ipv4", "ipv6", "arp", "nd", "dhcp", "ra")
                        .at(B)
                        .in("block proto tcp dst-port 9", "block proto icmp icmp-type 3"));
        final String[] frames = {
            Frames.tcp(A, B, 1, 9, "S"),
            Frames.udp(A, B, 1, 9),
            Frames.tagged(Frames.udp(A, B, 1, 9), 5),
            Frames.ip(A, B) + "/ICMP(type=3,code=3)/IP()/UDP()",
            Frames.ip6(A, B) + "/IPv6ExtHdrHopByHop()/IPv6ExtHdrFragment()/TCP()",
            Frames.ip6(A, B) + "/ICMPv6ND_NA(tgt='fd01::1')/ICMPv6NDOptDstLLAddr()",
            Frames.eth(A, B) + "/ARP()"
        };
        for (final String frame : frames) {
            lab.send(A, "(lambda b: [b[:n] for n in range(14, len(b))])(bytes(" + frame + "))");
        }
        lab.settle();
        assertEquals("b", lab.http(A, B.ip()));
    }

    @Scenario(
            value = "a TCP header cut short doesn't get past a rule for its port",
            ovsFails = "takes the port for 0 and forwards")
    void shouldNotLetACutHeaderPastARule(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto tcp dst-port 80"));
        final String frame = "bytes(" + Frames.tcp(A, B, 1, 80, "S") + ")[:14+20+12]";
        assertEquals(0, lab.arrive(A, frame, B, "p[IP].proto==6"));
    }

    @Scenario(
            value = "an IPv4 packet longer than its frame isn't forwarded",
            ovsFails = "forwards by MAC what it can't parse")
    void shouldNotForwardAPacketLongerThanItsFrame(final Lab lab) throws Exception {
        final String frame = Frames.udp(A, B, 1, 2).replace("IP(", "IP(len=400,");
        assertEquals(0, lab.arrive(A, frame, B, "p[IP].proto==17 and p[IP].len==400"));
    }

    @Scenario("headers cut short into a rule that rejects: traffic goes on, nothing in the log")
    void shouldSurviveTruncatedFramesThatAreRejected(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("reject ethertype ipv4", "reject ethertype ipv6"));
        final String[] frames = {
            Frames.tcp(A, B, 1, 9, "S"),
            Frames.ip(A, B) + "/ICMP(type=3,code=3)/IP()/UDP()",
            Frames.ip6(A, B) + "/IPv6ExtHdrHopByHop()/TCP()",
            Frames.ip6(A, B) + "/ICMPv6DestUnreach()/IPv6()/UDP()"
        };
        for (final String frame : frames) {
            lab.send(A, "(lambda b: [b[:n] for n in range(14, len(b))])(bytes(" + frame + "))");
        }
        lab.settle();
        assertEquals("c", lab.http(A, Endpoint.C.ip()));
    }
}
