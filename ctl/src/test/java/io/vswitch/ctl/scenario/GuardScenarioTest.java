package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** An endpoint that says what isn't true of itself. */
@DisplayName("Guards")
class GuardScenarioTest {
    private static final String OTHER = "02:00:00:00:00:99";
    private static final String ALL = "ff:ff:ff:ff:ff:ff";

    private static final String ARP =
            "Ether(src='%s',dst='%s')/ARP(op=2,hwsrc='%s',psrc='%s',hwdst='%s',pdst='%s')";
    private static final String ADVERTISEMENT =
            Frames.ip6(A, B) + "/ICMPv6ND_NA(tgt='%s',O=1)/ICMPv6NDOptDstLLAddr(lladdr='%s')";

    private static String arp(final String sender, final String address) {
        return ARP.formatted(A.mac(), B.mac(), sender, address, B.mac(), B.ip());
    }

    @Scenario("all guards on: the honest endpoint does all it could before")
    void shouldNotHinderTheHonest(final Lab lab) throws Exception {
        lab.apply(
                Policy.open().guard(A, "mac", "ipv4", "ipv6", "arp", "nd", "dhcp", "ra", "storm"));
        lab.in(A, "ip neigh flush dev eth0").ok();
        lab.in(A, "ip -6 neigh flush dev eth0").ok();
        assertTrue(lab.pings(A, B.ip(), 1600));
        assertTrue(lab.pings(A, B.ip6(), 1600));
        assertEquals("a", lab.http(B, A.ip()));
        assertEquals("a", lab.http(B, "[" + A.ip6() + "]"));
    }

    @Scenario("a forged source MAC is dropped")
    void shouldDropAForgedMac(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac"));
        final String frame = Frames.udp(A, B, 1, 2000);
        assertEquals(0, lab.arrive(A, frame.replace(A.mac(), OTHER), B, Frames.udpTo(2000)));
        assertEquals(1, lab.arrive(A, frame, B, Frames.udpTo(2000)));
    }

    @Scenario("a forged IPv4 source is dropped, also behind a VLAN tag")
    void shouldDropAForgedIpv4Source(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac", "ipv4", "ipv6"));
        final String frame = Frames.udp(A, B, 1, 2000).replace("src='10.1.1.1'", "src='10.1.1.3'");
        assertEquals(0, lab.arrive(A, frame, B, Frames.udpTo(2000)));
        assertEquals(0, lab.arrive(A, Frames.tagged(frame, 5), B, Frames.udpTo(2000)));
        assertEquals(1, lab.arrive(A, Frames.udp(A, B, 1, 2000), B, Frames.udpTo(2000)), "its own");
    }

    @Scenario("a forged IPv6 source is dropped")
    void shouldDropAForgedIpv6Source(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac", "ipv4", "ipv6"));
        final String frame = Frames.udp6(A, B, 1, 2000);
        assertEquals(
                0,
                lab.arrive(
                        A, frame.replace("src='fd01::1'", "src='fd01::3'"), B, Frames.udpTo(2000)));
        assertEquals(1, lab.arrive(A, frame, B, Frames.udpTo(2000)));
    }

    @Scenario("ARP for another's address is dropped, gratuitous ARP of one's own passes")
    void shouldDropForgedArp(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac", "arp"));
        assertEquals(0, lab.arrive(A, arp(A.mac(), "10.1.1.3"), B, "p[ARP].op==2"));
        assertEquals(0, lab.arrive(A, arp(OTHER, A.ip()), B, "p[ARP].op==2"));
        final String own = arp(A.mac(), A.ip()).replace("dst='" + B.mac(), "dst='" + ALL);
        assertEquals(1, lab.arrive(A, own, B, "p[ARP].op==2"));
    }

    @Scenario("an ARP probe (sender 0.0.0.0) passes")
    void shouldLetAnArpProbeThrough(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac", "arp"));
        final String probe = arp(A.mac(), "0.0.0.0").replace("op=2", "op=1");
        assertEquals(1, lab.arrive(A, probe, B, "p[ARP].op==1 and p[ARP].psrc=='0.0.0.0'"));
    }

    @Scenario("a neighbour advertisement for another's address is dropped")
    void shouldDropAForgedAdvertisement(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac", "nd"));
        final String forged = ADVERTISEMENT.formatted("fd01::3", A.mac());
        assertEquals(0, lab.arrive(A, forged, B, "ICMPv6ND_NA in p"));
        final String own = ADVERTISEMENT.formatted(A.ip6(), A.mac());
        assertEquals(1, lab.arrive(A, own, B, "ICMPv6ND_NA in p"));
    }

    @Scenario("a DHCP server's answers are dropped, a client's requests pass")
    void shouldDropADhcpServer(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac", "ipv4", "ipv6", "dhcp"));
        assertEquals(0, lab.arrive(A, Frames.udp(A, B, 67, 68), B, Frames.udpTo(68)));
        final String discover =
                "Ether(src='%s',dst='%s')/IP(src='0.0.0.0',dst='255.255.255.255')/UDP(sport=68,dport=67)/BOOTP()"
                        .formatted(A.mac(), ALL);
        assertEquals(1, lab.arrive(A, discover, B, Frames.udpTo(67)));
    }

    @Scenario("a router advertisement is dropped, a router solicitation passes")
    void shouldDropARouterAdvertisement(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "mac", "ra"));
        assertEquals(0, lab.arrive(A, Frames.ip6(A, B) + "/ICMPv6ND_RA()", B, "ICMPv6ND_RA in p"));
        assertEquals(1, lab.arrive(A, Frames.ip6(A, B) + "/ICMPv6ND_RS()", B, "ICMPv6ND_RS in p"));
    }

    @Scenario("an ARP storm is cut down, other traffic of the port isn't")
    void shouldLimitAnArpStorm(final Lab lab) throws Exception {
        lab.apply(Policy.open().guard(A, "storm"));
        final String storm = "[bytes(" + arp(A.mac(), A.ip()) + ")]*3000";
        final int arrived = lab.arrive(A, storm, B, "p[ARP].op==2");
        assertTrue(arrived >= 100 && arrived < 2500, arrived + " of 3000");
        assertEquals("b", lab.http(A, B.ip()));
    }

    @Scenario("guards off again: what was dropped passes")
    void shouldLetThroughWhenTheGuardIsOff(final Lab lab) throws Exception {
        final String frame = Frames.udp(A, B, 1, 2000).replace(A.mac(), OTHER);
        lab.apply(Policy.open().guard(A, "mac"));
        assertEquals(0, lab.arrive(A, frame, B, Frames.udpTo(2000)));
        lab.apply(Policy.open());
        assertEquals(1, lab.arrive(A, frame, B, Frames.udpTo(2000)));
    }
}
