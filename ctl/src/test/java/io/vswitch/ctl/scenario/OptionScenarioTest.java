package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** What a rule does besides: copies, limits, smaller segments; and packets that are too large. */
@DisplayName("Mirrors, limits, sizes")
class OptionScenarioTest {
    private static final String UDP = Frames.udp(A, B, 1000, 2000);

    @Scenario("mirror: a copy as it was received, the original changed and delivered")
    void shouldCopyWhatWasReceived(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("allow mirror d where proto udp")
                        .at(A)
                        .out("rewrite dst-port=3000 where proto udp"));
        assertEquals(1, lab.arrive(A, UDP, D, "p[UDP].dport==2000 and good(p)"));
        assertEquals(1, lab.count(B, "p[UDP].dport==3000 and good(p)"));
    }

    @Scenario("mirror: pings are copied, none lost")
    void shouldLoseNothingWhenMirrored(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("allow mirror d where proto icmp"));
        assertTrue(lab.pings(B, A.ip()), "B is known");
        lab.hear();
        assertTrue(lab.pings(A, B.ip()));
        assertEquals(3, lab.count(D, "p[ICMP].type==8 and p[IP].dst=='10.1.1.2'"));
    }

    @Scenario("rate limit of a rule: a burst is cut down, other traffic isn't")
    void shouldLimitTheRate(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("allow limit 100pps burst 50 where proto udp"));
        final int arrived = lab.arrive(A, "[bytes(" + UDP + ")]*900", B, "UDP in p");
        assertTrue(arrived >= 10 && arrived < 800, arrived + " of 900");
        assertEquals("b", lab.http(A, B.ip()));
    }

    @Scenario(
            value = "MSS clamp: a SYN's segment size lowered, checksum right",
            ovsFails = "no action changes TCP options")
    void shouldClampTheSegmentSize(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite clamp-mss=1000 where proto tcp"));
        final String syn = Frames.tcp(A, B, 1, 2, "S").replace("seq", "options=[('MSS',1460)],seq");
        assertEquals(1, lab.arrive(A, syn, B, "dict(p[TCP].options)['MSS']==1000 and good(p)"));
    }

    @Scenario(
            value = "too large for the receiver's MTU: the sender is told (path MTU)",
            ovsFails = "no action answers a packet")
    void shouldTellTheSenderWhenAPacketIsTooLarge(final Lab lab) throws Exception {
        final String frame =
                Frames.ip(A, D).replace("IP(", "IP(flags='DF',")
                        + "/UDP(sport=1,dport=2)/bytes(1400)";
        assertEquals(1, lab.arrive(A, frame, A, "p[ICMP].code==4 and p[ICMP].nexthopmtu==1400"));
        final String frame6 = Frames.ip6(A, D) + "/UDP(sport=1,dport=2)/bytes(1400)";
        assertEquals(1, lab.arrive(A, frame6, A, "p[ICMPv6PacketTooBig].mtu==1400"));
    }

    @Scenario("ARP answered by a rule: nobody else hears the question")
    void shouldAnswerArpByRule(final Lab lab) throws Exception {
        lab.apply(
                Policy.open().at(A).out("answer arp 02:00:00:00:07:07 where arp-target 10.1.1.70"));
        lab.hear();
        final String question =
                "Ether(src='%s',dst='ff:ff:ff:ff:ff:ff')/ARP(op=1,hwsrc='%s',psrc='%s',pdst='10.1.1.%d')";
        final String answer =
                "p[ARP].op==2 and p[ARP].psrc=='10.1.1.70' and p[ARP].hwsrc=='02:00:00:00:07:07'"
                        + " and p[ARP].pdst=='10.1.1.1' and p.src=='02:00:00:00:07:07'";
        final String to70 = question.formatted(A.mac(), A.mac(), A.ip(), 70);
        assertEquals(1, lab.arrive(A, to70, A, answer));
        assertEquals(0, lab.count(B, "p[ARP].pdst=='10.1.1.70'"));
        final String to71 = question.formatted(A.mac(), A.mac(), A.ip(), 71);
        assertEquals(1, lab.arrive(A, to71, B, "p[ARP].pdst=='10.1.1.71'"), "others are asked");
    }

    @Scenario("echoes answered by a rule: an address without a host replies to ping")
    void shouldAnswerEchoesByRule(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out(
                                "answer arp 02:00:00:00:07:07 where arp-target 10.1.1.70",
                                "answer echo where proto icmp icmp-type 8 dst-ip 10.1.1.70"));
        lab.in(A, "ip neigh flush dev eth0").ok();
        assertTrue(lab.pings(A, "10.1.1.70"));
        assertTrue(lab.pings(A, B.ip()), "hosts answer themselves");
    }

    @Scenario("ARP questions for listed addresses only")
    void shouldLetListedArpTargetsThroughOnly(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("block arp-target not 10.1.1.2"));
        lab.in(A, "ip neigh flush dev eth0").ok();
        assertTrue(lab.pings(A, B.ip()));
        assertTrue(lab.pingsInVain(A, D.ip()));
    }
}
