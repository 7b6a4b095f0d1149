package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;

/** What the switch says of packets: drop counters, and what it would do to one. */
@DisplayName("Drops and explanations")
class SeeingScenarioTest {
    /** Whether a packet is said to arrive, and does. */
    private static String saidAndDone(final Lab lab, final Packet packet) throws Exception {
        final Endpoint from = packet.source();
        final Endpoint to = packet.destination();
        final String frame =
                switch (packet.protocol()) {
                    case "tcp" -> Frames.tcp(from, to, 40_000, packet.port(), "S");
                    case "udp" -> Frames.udp(from, to, 40_000, packet.port());
                    default -> Frames.ip(from, to) + "/ICMP(id=7)";
                };
        final String where = "p[IP].src=='" + from.ip() + "' and p[IP].dst=='" + to.ip() + "'";
        return lab.subject().explains(from, packet, to)
                + " "
                + (lab.arrive(from, frame, to, where) == 1);
    }

    @Scenario("three packets to a block rule: the drop counter says three")
    void shouldCountWhatARuleBlocked(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        final long before = lab.subject().blocked();
        lab.arrive(A, "[" + Frames.udp(A, B, 1, 2000) + "]*3", B, "UDP in p");
        assertEquals(3, lab.blockedSince(before, 3));
    }

    @Scenario("a packet that no rule allows is counted too")
    void shouldCountWhatTheDefaultBlocked(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .block()
                        .in("allow ethertype arp", "allow ethertype ipv6")
                        .out("allow ethertype arp", "allow ethertype ipv6"));
        final long before = lab.subject().blocked();
        lab.arrive(A, "[" + Frames.udp(A, B, 1, 2000) + "]*4", B, "UDP in p");
        assertEquals(4, lab.blockedSince(before, 4));
    }

    @Scenario("packets that pass aren't counted as drops")
    void shouldNotCountWhatPasses(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        final long before = lab.subject().blocked();
        assertEquals(3, lab.arrive(A, "[" + Frames.udp(A, B, 1, 2001) + "]*3", B, "UDP in p"));
        assertEquals(0, lab.subject().blocked() - before);
    }

    @Scenario("what is said of a packet is what happens to it")
    void shouldSayWhatHappens(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .in(
                                "block proto tcp dst-port 22",
                                "block proto icmp",
                                "block proto udp dst-port 1-99"));
        lab.teach(B, Frames.udp(B, A, 1, 2));
        assertEquals("false false", saidAndDone(lab, Packet.tcp(A, B, 22)));
        assertEquals("true true", saidAndDone(lab, Packet.tcp(A, B, 23)));
        assertEquals("false false", saidAndDone(lab, Packet.icmp(A, B)));
        assertEquals("true true", saidAndDone(lab, Packet.udp(A, B, 100)));
        assertEquals("false false", saidAndDone(lab, Packet.udp(C, B, 99)));
    }

    @Scenario("saying it changes nothing: no flow, no counter")
    void shouldChangeNothingWhenItSays(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto tcp dst-port 22"));
        final long before = lab.subject().blocked();
        for (int i = 0; i < 3; i++) {
            lab.subject().explains(A, Packet.tcp(A, B, 22), B);
        }
        assertEquals(before, lab.subject().blocked());
    }
}
