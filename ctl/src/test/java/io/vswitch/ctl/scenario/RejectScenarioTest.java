package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Answers that the switch gives by itself; Open vSwitch leaves those to a controller. */
@DisplayName("Refusals and answers")
class RejectScenarioTest {
    private static final String NONE = "no action answers a packet";

    @Scenario(value = "reject TCP: refused at once", ovsFails = NONE)
    void shouldRefuseTcpAtOnce(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("reject proto tcp dst-port 80"));
        assertEquals("exit 7", lab.httpInVain(A, B.ip()));
        assertEquals("b", lab.http(A, B.ip() + ":8080"));
    }

    @Scenario(value = "reject TCP over IPv6: refused at once", ovsFails = NONE)
    void shouldRefuseTcpOverIpv6AtOnce(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("reject proto tcp dst-port 80"));
        assertEquals("exit 7", lab.httpInVain(A, "[" + B.ip6() + "]"));
    }

    @Scenario(
            value = "reject UDP: ICMP administratively prohibited, quoting the datagram",
            ovsFails = NONE)
    void shouldAnswerUdpWithAnIcmpError(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("reject proto udp dst-port 2000"));
        final String frame = Frames.udp(A, B, 1000, 2000);
        final String answer =
                "p[ICMP].type==3 and p[ICMP].code==13 and p[IPerror].dst=='10.1.1.2' and"
                        + " p[UDPerror].dport==2000 and p[UDPerror].sport==1000 and good(p[IP])";
        assertEquals(1, lab.arrive(A, frame, A, answer));
        assertEquals(0, lab.count(B, Frames.udpTo(2000)));
    }

    @Scenario(value = "reject ping: the sender is told", ovsFails = NONE)
    void shouldTellThePingerWhenPingIsRejected(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("reject proto icmp"));
        final String out = lab.in(A, "ping -n -c 1 -W 5 " + B.ip()).out();
        assertTrue(out.contains("Packet filtered"), out);
    }

    @Scenario(
            value = "reject: the reset is one that TCP takes (right numbers), for SYN and for data",
            ovsFails = NONE)
    void shouldResetWithTheRightNumbers(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("reject proto tcp"));
        final String syn = Frames.tcp(A, B, 1000, 2000, "S");
        assertEquals(
                1, lab.arrive(A, syn, A, "'R' in p[TCP].flags and p[TCP].ack==1001 and good(p)"));
        final String data =
                Frames.tcp(A, B, 1000, 2000, "PA").replace("seq", "ack=5000,seq") + "/b'12345'";
        assertEquals(
                1, lab.arrive(A, data, A, "p[TCP].flags=='R' and p[TCP].seq==5000 and good(p)"));
    }

    @Scenario("resets, ICMP errors, later fragments and broadcasts are never answered")
    void shouldNotAnswerWhatMustNotBeAnswered(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("reject ethertype ipv4"));
        final String[] frames = {
            Frames.tcp(A, B, 1, 2, "R"),
            Frames.ip(A, B) + "/ICMP(type=3,code=3)/IP(src='10.1.1.2',dst='10.1.1.1')/UDP()",
            Frames.ip(A, B).replace("IP(", "IP(proto=17,frag=10,") + "/b'later fragment'",
            Frames.udp(A, B, 1, 2).replace(B.mac(), "ff:ff:ff:ff:ff:ff"),
            Frames.udp(A, B, 1, 2).replace("dst='10.1.1.2'", "dst='224.0.0.9'")
        };
        for (final String frame : frames) {
            final String answer = "IP in p and (TCP in p or ICMP in p)";
            assertEquals(0, lab.arrive(A, frame, A, answer), frame);
        }
    }

    @Scenario(
            value = "a flood of rejected datagrams gets a bounded number of answers",
            ovsFails = NONE)
    void shouldLimitItsAnswers(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("reject proto udp dst-port 2000"));
        final String frames = "[bytes(" + Frames.udp(A, B, 1000, 2000) + ")]*3000";
        final int answers = lab.arrive(A, frames, A, "p[ICMP].code==13");
        assertTrue(answers >= 100 && answers < 2900, answers + " answers");
    }

    @Scenario(value = "TTL runs out: time exceeded, so traceroute sees the hop", ovsFails = NONE)
    void shouldAnswerWhenTheTtlRunsOut(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("rewrite ttl-dec where proto icmp"));
        final String out = lab.in(A, "ping -n -c 1 -W 5 -t 1 " + B.ip()).out();
        assertTrue(out.contains("Time to live exceeded"), out);
        assertTrue(lab.pings(A, B.ip()));
    }

    @Scenario(value = "hop limit runs out: time exceeded over IPv6", ovsFails = NONE)
    void shouldAnswerWhenTheHopLimitRunsOut(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("rewrite ttl-dec where proto icmpv6 icmp-type 128"));
        final String out = lab.in(A, "ping -6 -n -c 1 -W 5 -t 1 " + B.ip6()).out();
        assertTrue(out.contains("Hop limit"), out);
    }
}
