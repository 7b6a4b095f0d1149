package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static io.vswitch.ctl.scenario.Endpoint.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

/** Rules that change headers; good(p) holds when every checksum of a packet is right. */
@DisplayName("Rewrites and redirects")
class RewriteScenarioTest {
    private static final String UDP = Frames.udp(A, B, 1000, 2000);

    /** A talks to 10.1.1.99, which is B. */
    private static Policy floating() {
        return Policy.open()
                .at(A)
                .out("rewrite dst-ip=10.1.1.2 where dst-ip 10.1.1.99")
                .in(
                        "rewrite src-ip=10.1.1.99 where src-ip 10.1.1.2 proto tcp",
                        "rewrite src-ip=10.1.1.99 where src-ip 10.1.1.2 proto icmp");
    }

    @Scenario("ping6 to an address that is rewritten on the way, 56, 1600 and 3200 bytes")
    void shouldCarryPing6WhenItsAddressIsRewritten(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("rewrite dst-ip=fd01::2 where dst-ip fd01::99")
                        .in("rewrite src-ip=fd01::99 where src-ip fd01::2"));
        lab.neighbour(A, "fd01::99", B.mac());
        for (final int bytes : new int[] {56, 1600, 3200}) {
            assertTrue(lab.pings(A, "fd01::99", bytes), bytes + " bytes");
        }
    }

    @Scenario("ping to an address that is rewritten on the way, 56, 1600 and 3200 bytes")
    void shouldCarryPingWhenItsAddressIsRewritten(final Lab lab) throws Exception {
        lab.apply(floating());
        lab.neighbour(A, "10.1.1.99", B.mac());
        for (final int bytes : new int[] {56, 1600, 3200}) {
            assertTrue(lab.pings(A, "10.1.1.99", bytes), bytes + " bytes");
        }
    }

    @Scenario("floating address: HTTP by the address outside")
    void shouldServeHttpAtAFloatingAddress(final Lab lab) throws Exception {
        lab.apply(floating());
        lab.neighbour(A, "10.1.1.99", B.mac());
        assertEquals("b", lab.http(A, "10.1.1.99"));
    }

    @Scenario("a port forwarded to another port")
    void shouldServeHttpAtAnotherPort(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .in("rewrite dst-port=80 where proto tcp dst-port 8888")
                        .out("rewrite src-port=8888 where proto tcp src-port 80"));
        assertEquals("b", lab.http(A, B.ip() + ":8888"));
    }

    @Scenario("UDP ports and addresses changed, checksums right")
    void shouldKeepUdpChecksumsRight(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out(
                                "rewrite src-ip=10.9.9.9 src-port=4444 dst-port=5555 where proto"
                                        + " udp"));
        assertEquals(
                1,
                lab.arrive(
                        A,
                        UDP,
                        B,
                        "p[IP].src=='10.9.9.9' and p[UDP].sport==4444 and p[UDP].dport==5555 and"
                                + " good(p)"));
    }

    @Scenario("UDP over IPv6, checksum right")
    void shouldKeepUdpChecksumsRightOverIpv6(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out(
                                "rewrite src-ip=fd09::9 src-port=44 where proto udp src-port 1000"
                                        + " src-ip fd01::/64"));
        assertEquals(
                1,
                lab.arrive(
                        A,
                        Frames.udp6(A, B, 1000, 2000),
                        B,
                        "p[IPv6].src=='fd09::9' and p[UDP].sport==44 and good(p)"));
    }

    @Scenario("a UDP checksum of 0 (none) stays 0")
    void shouldKeepNoChecksumWhenThereIsNone(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite src-ip=10.9.9.9 where proto udp"));
        final String frame = UDP.replace("UDP(", "UDP(chksum=0,");
        assertEquals(1, lab.arrive(A, frame, B, "p[IP].src=='10.9.9.9' and p[UDP].chksum==0"));
    }

    @Scenario("a bad checksum stays bad when the address is changed: never repaired")
    void shouldNotRepairABadChecksum(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite src-ip=10.9.9.9 where proto udp"));
        final String frame = UDP.replace("UDP(", "UDP(chksum=0x1234,");
        assertEquals(1, lab.arrive(A, frame, B, "p[IP].src=='10.9.9.9' and not good(p)"));
        final String tcp = Frames.tcp(A, B, 1, 2, "S").replace("TCP(", "TCP(chksum=0x4321,");
        lab.apply(Policy.open().at(A).out("rewrite src-ip=10.9.9.9 where proto tcp"));
        assertEquals(1, lab.arrive(A, tcp, B, "p[IP].src=='10.9.9.9' and not good(p)"));
    }

    @Scenario("IPv4 options: the change keeps them and the checksums")
    void shouldKeepOptions(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite src-ip=10.9.9.9 dscp=10 where proto udp"));
        final String frame = UDP.replace("IP(", "IP(options=[IPOption(b'\\x94\\x04\\x00\\x00')],");
        assertEquals(
                1,
                lab.arrive(
                        A,
                        frame,
                        B,
                        "p[IP].ihl==6 and p[IP].tos==40 and p[UDP].dport==2000 and good(p)"));
    }

    @Scenario("DSCP changed, ECN bits kept")
    void shouldKeepEcnWhenDscpIsSet(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite dscp=46 where proto udp"));
        final String frame = UDP.replace("IP(", "IP(tos=3,");
        assertEquals(1, lab.arrive(A, frame, B, "p[IP].tos==(46<<2|3) and good(p)"));
    }

    @Scenario("MACs changed: delivered by the new one")
    void shouldDeliverByTheNewMac(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite dst-mac=%s where proto udp".formatted(C.mac())));
        assertTrue(lab.pings(C, A.ip()), "C is known");
        assertEquals(1, lab.arrive(A, UDP, C, "p.dst=='" + C.mac() + "' and UDP in p"));
        assertEquals(0, lab.count(B, "UDP in p"));
    }

    @Scenario(
            "address changed on fragments, first with half a UDP header's datagram: checksum"
                    + " patched, not made anew")
    void shouldPatchTheChecksumOfAFirstFragment(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite src-ip=10.9.9.9 where src-ip 10.1.1.1"));
        final String first =
                Frames.ip(A, B).replace("IP(", "IP(proto=17,flags='MF',id=%d,")
                        + "/b'\\x03\\xe8\\x07\\xd0\\x00\\x40\\x55\\xaa' b'0123456789abcdef'";
        // RFC 1624: ~(~HC + ~m + m'), HC 55aa, m 0a01.0101, m' 0a09.0909.
        int sum = 0xaa55 + 0xf5fe + 0xfefe + 0x0a09 + 0x0909;
        sum = (sum & 0xffff) + (sum >> 16);
        sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
        assertEquals(
                5,
                lab.arrive(
                        A,
                        IntStream.range(7, 12)
                                .mapToObj(first::formatted)
                                .collect(Collectors.joining(",", "[", "]")),
                        B,
                        "p[IP].src=='10.9.9.9' and 7<=p[IP].id<12 and raw[40:42].hex()=='%04x'"
                                .formatted(sum)));
    }

    @Scenario("a flooded frame changed for one receiver only")
    void shouldChangeTheCopyOfOneReceiverOnly(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("rewrite dst-port=6666 where proto udp"));
        final String frame = UDP.replace(B.mac(), "ff:ff:ff:ff:ff:ff");
        assertEquals(1, lab.arrive(A, frame, B, "p[UDP].dport==6666 and good(p)"));
        assertEquals(1, lab.count(C, "p[UDP].dport==2000 and good(p)"));
        assertEquals(1, lab.count(D, "p[UDP].dport==2000 and good(p)"));
    }

    @Scenario("two layers change the same field: the outer one sees the inner one's value")
    void shouldComposeTheChangesOfTwoLayers(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("rewrite dst-port=3000 where proto udp dst-port 2000")
                        .at(A)
                        .out("rewrite dst-port=4000 where proto udp dst-port 3000"));
        assertEquals(1, lab.arrive(A, UDP, B, "p[UDP].dport==4000 and good(p)"));
    }

    @Scenario("TTL lowered by one, checksum right")
    void shouldLowerTheTtl(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite ttl-dec where proto udp"));
        assertEquals(1, lab.arrive(A, UDP, B, "p[IP].ttl==63 and good(p)"));
        assertEquals(
                1, lab.arrive(A, Frames.udp6(A, B, 1, 2000), B, "p[IPv6].hlim==63 and good(p)"));
    }

    @Scenario("a packet whose TTL runs out isn't forwarded")
    void shouldDropWhenTheTtlRunsOut(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite ttl-dec where proto udp"));
        final String frame = UDP.replace("IP(", "IP(ttl=1,");
        assertEquals(0, lab.arrive(A, frame, B, "UDP in p"));
    }

    @Scenario("redirect: to another port, whatever the MAC")
    void shouldLeaveThroughThePortOfARedirect(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("redirect c where proto udp"));
        assertEquals(1, lab.arrive(A, UDP, C, "UDP in p and p.dst=='" + B.mac() + "'"));
        assertEquals(0, lab.count(B, "UDP in p"));
        assertTrue(lab.pings(A, B.ip()));
    }

    @Scenario("redirect: the rules of the port it leaves through hold")
    void shouldHoldTheRulesOfTheRedirectsPort(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("redirect c where proto udp")
                        .at(C)
                        .in("block proto udp dst-port 2000"));
        assertEquals(0, lab.arrive(A, UDP, C, "UDP in p"));
        assertEquals(1, lab.arrive(A, Frames.udp(A, B, 1, 2001), C, "UDP in p"));
    }

    @Scenario("redirect: a broadcast goes to one port only")
    void shouldSendABroadcastToTheRedirectsPortOnly(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("redirect c where proto udp"));
        assertEquals(1, lab.arrive(A, UDP.replace(B.mac(), "ff:ff:ff:ff:ff:ff"), C, "UDP in p"));
        assertEquals(0, lab.count(B, "UDP in p") + lab.count(D, "UDP in p"));
    }
}
