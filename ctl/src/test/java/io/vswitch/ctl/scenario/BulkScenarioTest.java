package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static io.vswitch.ctl.scenario.Endpoint.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Much TCP at once: super-frames and open checksums, where the switch takes them. */
@DisplayName("Bulk transfers and MTU")
class BulkScenarioTest {
    private static void assertWhole(final Lab lab, final String authority) throws Exception {
        assertEquals(Bulk.SUM, lab.sh(A, Bulk.download(authority, "")).ok().strip());
    }

    @Scenario("download of 4 MiB over IPv4 and IPv6, compared")
    void shouldDownloadWhole(final Lab lab) throws Exception {
        assertWhole(lab, B.ip());
        assertWhole(lab, "[" + B.ip6() + "]");
    }

    @Scenario("upload of 4 MiB, compared")
    void shouldUploadWhole(final Lab lab) throws Exception {
        assertEquals(Bulk.SUM, lab.sh(A, Bulk.upload(B.ip())).ok().strip());
        assertEquals(Bulk.SUM, lab.sh(A, Bulk.upload("[" + B.ip6() + "]")).ok().strip());
    }

    @Scenario("download through a firewall that tracks")
    void shouldDownloadWholeThroughAFirewall(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        assertWhole(lab, B.ip());
        assertWhole(lab, "[" + B.ip6() + "]");
    }

    @Scenario("download from an address and port that are rewritten")
    void shouldDownloadWholeWhenRewritten(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("rewrite dst-ip=10.1.1.2 dst-port=80 where proto tcp dst-ip 10.1.1.99")
                        .in(
                                "rewrite src-ip=10.1.1.99 src-port=99 where proto tcp src-ip"
                                        + " 10.1.1.2"));
        lab.neighbour(A, "10.1.1.99", B.mac());
        assertWhole(lab, "10.1.1.99:99");
    }

    @Scenario("download over a tagged way")
    void shouldDownloadWholeWhenTagged(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("rewrite vlan-push=100")
                        .in("rewrite vlan-pop where vlan 100")
                        .at(B)
                        .out("rewrite vlan-push=100")
                        .in("rewrite vlan-pop where vlan 100"));
        assertWhole(lab, B.ip());
    }

    @Scenario("download through TTL, DSCP and MAC changes")
    void shouldDownloadWholeWhenManyFieldsChange(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .out("rewrite ttl-dec dscp=10 src-mac=02:00:00:00:09:09 where proto tcp"));
        assertWhole(lab, B.ip());
    }

    @Scenario("download while one end has all offloads off")
    void shouldDownloadWholeWhenOneEndHasNoOffloads(final Lab lab) throws Exception {
        final String offloads = "ethtool -K eth0 %s";
        lab.in(B, offloads.formatted("gso off tso off gro off")).ok();
        try {
            assertWhole(lab, B.ip());
            assertEquals(Bulk.SUM, lab.sh(A, Bulk.upload(B.ip())).ok().strip());
        } finally {
            lab.in(B, offloads.formatted("gso on gro on"));
        }
    }

    @Scenario("two downloads at once to one receiver, both whole")
    void shouldCarryTwoDownloadsAtOnce(final Lab lab) throws Exception {
        final String both =
                "(%s) & (%s) & wait"
                        .formatted(Bulk.download(B.ip(), ""), Bulk.download(C.ip(), ""));
        assertEquals((Bulk.SUM + "\n").repeat(2), lab.sh(A, both).ok());
    }

    @Scenario("iperf3: 20 MB of TCP, both directions")
    void shouldCarryIperf(final Lab lab) throws Exception {
        final String server = "iperf3 -s -1 -D -p 5201 --idle-timeout 50";
        for (final String direction : new String[] {"", " -R"}) {
            lab.in(B, server).ok();
            while (lab.sh(B, "ss -Hlnt sport = :5201").out().isBlank()) {
                Thread.sleep(20);
            }
            final String out = lab.in(A, "iperf3 -n 20M -p 5201 -c " + B.ip() + direction).ok();
            assertTrue(out.contains("iperf Done"), out);
        }
    }

    @Scenario("a receiver of MTU 1400: what fits arrives, what doesn't is dropped")
    void shouldDropWhatExceedsTheReceiversMtu(final Lab lab) throws Exception {
        final String udp = Frames.ip(A, D) + "/UDP(sport=1,dport=2)/bytes(%d)";
        assertEquals(1, lab.arrive(A, udp.formatted(1372), D, Frames.udpTo(2)));
        assertEquals(0, lab.arrive(A, udp.formatted(1373), D, Frames.udpTo(2)));
    }

    @Scenario("full-sized packets that may not be fragmented")
    void shouldCarryFullSizedPackets(final Lab lab) throws Exception {
        final String ping = "ping -q -n -c 2 -i 0.02 -W 5 -M do -s 1472 ";
        assertEquals(0, lab.in(A, ping + B.ip()).code());
        assertEquals(0, lab.in(A, ping.replace("1472", "1452") + B.ip6()).code());
    }
}
