package io.vswitch.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.guard.Guard;
import io.vswitch.core.guard.PortGuards;
import io.vswitch.core.guard.StormLimits;
import io.vswitch.core.view.Explanation;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What guards let through and what they refuse, each packet plain and VLAN-tagged. */
class GuardTest extends EngineFixture {
    private static final String OWN_4 = "10.0.0.1";
    private static final String OWN_6 = "fd00::1";
    private static final String LINK_LOCAL = "fe80::a";
    private static final String OTHER_6 = "fd00::2";

    static PortGuards.Builder guards(final Guard... guards) {
        return new PortGuards.Builder().guards(List.of(guards)).mac(MAC_A);
    }

    static PortGuards.Builder addressed(final Guard... guards) throws Exception {
        return guards(guards)
                .address(InetAddress.getByName(OWN_4).getAddress())
                .address(InetAddress.getByName(OWN_6).getAddress());
    }

    @BeforeEach
    void guardAll() throws Exception {
        sw.guards("a", addressed(Guard.values()).build());
    }

    /** Sent twice, so that the flow's cached verdict is asked, too, and tagged. */
    private void expect(final DropReason reason, final UnsafeBuffer frame) {
        final Map<DropReason, Long> before = sw.totals().drops();
        final int sent = b.sent.size();
        send(a, frame);
        send(a, frame);
        send(a, GuardFrames.tagged(frame, 7));
        if (reason == null) {
            assertEquals(before, sw.totals().drops());
            assertEquals(sent + 3, b.sent.size());
        } else {
            final long old = before.getOrDefault(reason, 0L);
            assertEquals(old + 3, drops(reason), () -> sw.totals().drops().toString());
            assertEquals(sent, b.sent.size());
        }
        final Explanation explanation = sw.explain("a", frame, 0, frame.capacity());
        assertEquals(reason == null ? null : reason.label(), explanation.drop());
        assertEquals("guard", explanation.steps().get(0).layer());
        assertEquals(
                reason == null ? "pass" : "drop: " + reason.text(),
                explanation.steps().get(0).outcome());
    }

    @Test
    void shouldRefuseOthersMacsAndIpv4Sources() {
        expect(null, udp(MAC_A, BROADCAST, 80));
        expect(DropReason.GUARD_MAC, udp(MAC_C, BROADCAST, 80));
        expect(DropReason.GUARD_IPV4, ipv4("10.0.0.9", 1000, 80));
        expect(DropReason.GUARD_IPV4, ipv4("0.0.0.0", 1000, 80));
        expect(null, ipv4("0.0.0.0", 68, 67));
        assertTrue(sw.macs("blue").stream().noneMatch(m -> m.mac() == MAC_C));
    }

    private static UnsafeBuffer ipv4(final String from, final int sport, final int dport) {
        return Frames.udp(MAC_A, BROADCAST, from, "10.0.0.2", sport, dport, 20);
    }

    @Test
    void shouldRefuseOthersIpv6Sources() {
        expect(null, GuardFrames.udp6(MAC_A, OWN_6, 1000, 80));
        expect(null, GuardFrames.udp6(MAC_A, LINK_LOCAL, 1000, 80));
        expect(DropReason.GUARD_IPV6, GuardFrames.udp6(MAC_A, OTHER_6, 1000, 80));
        expect(DropReason.GUARD_IPV6, GuardFrames.udp6(MAC_A, "::", 1000, 80));
        expect(DropReason.GUARD_IPV6, GuardFrames.icmp6(MAC_A, "::", 128, new byte[4]));
        expect(null, GuardFrames.icmp6(MAC_A, "::", 143, new byte[4]));
    }

    @Test
    void shouldAllowOnlyTheNamedLinkLocalAddressWhenThereIsOne() throws Exception {
        final PortGuards named =
                addressed(Guard.values())
                        .address(InetAddress.getByName(LINK_LOCAL).getAddress())
                        .build();
        sw.guards("a", named);
        expect(null, GuardFrames.udp6(MAC_A, LINK_LOCAL, 1000, 80));
        expect(DropReason.GUARD_IPV6, GuardFrames.udp6(MAC_A, "fe80::1", 1000, 80));
    }

    @Test
    void shouldRefuseArpOfOthers() {
        expect(null, GuardFrames.arp(MAC_A, 1, MAC_A, OWN_4));
        expect(null, GuardFrames.arp(MAC_A, 2, MAC_A, OWN_4));
        expect(null, GuardFrames.arp(MAC_A, 1, MAC_A, "0.0.0.0"));
        expect(DropReason.GUARD_ARP, GuardFrames.arp(MAC_A, 2, MAC_A, "0.0.0.0"));
        expect(DropReason.GUARD_ARP, GuardFrames.arp(MAC_A, 2, MAC_A, "10.0.0.254"));
        expect(DropReason.GUARD_ARP, GuardFrames.arp(MAC_A, 1, MAC_C, OWN_4));
        expect(DropReason.GUARD_MAC, GuardFrames.arp(MAC_C, 1, MAC_A, OWN_4));
    }

    /** The sender MAC isn't in the flow key: a cached flow must not carry a forgery. */
    @Test
    void shouldRefuseForgedArpOfAFlowThatIsCached() {
        send(a, GuardFrames.arp(MAC_A, 2, MAC_A, OWN_4));
        final long flows = sw.flows(flow -> true, 10).size();
        send(a, GuardFrames.arp(MAC_A, 2, MAC_C, OWN_4));
        assertEquals(1, drops(DropReason.GUARD_ARP));
        assertEquals(flows, sw.flows(flow -> true, 10).size());
    }

    @Test
    void shouldRefuseDiscoveryOfOthers() {
        final byte[] own = GuardFrames.target(OWN_6);
        final byte[] other = GuardFrames.target(OTHER_6);
        expect(null, nd(135, OWN_6, other, GuardFrames.option(1, 1, MAC_A)));
        expect(null, nd(135, "::", own));
        expect(null, nd(136, OWN_6, own, GuardFrames.option(2, 1, MAC_A)));
        expect(null, nd(133, LINK_LOCAL, new byte[4], GuardFrames.option(1, 1, MAC_A)));
        expect(DropReason.GUARD_ND, nd(135, OWN_6, other, GuardFrames.option(1, 1, MAC_C)));
        expect(DropReason.GUARD_ND, nd(135, OTHER_6, own));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, own, GuardFrames.option(2, 1, MAC_C)));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, other, GuardFrames.option(2, 1, MAC_A)));
        expect(DropReason.GUARD_ND, nd(136, "::", own));
        expect(DropReason.GUARD_ND, nd(133, OWN_6, new byte[4], GuardFrames.option(1, 1, MAC_C)));
    }

    private static UnsafeBuffer nd(final int type, final String from, final byte[]... body) {
        return GuardFrames.icmp6(MAC_A, from, type, body);
    }

    @Test
    void shouldRefuseBrokenDiscoveryOptions() {
        final byte[] own = GuardFrames.target(OWN_6);
        final byte[] good = GuardFrames.option(2, 1, MAC_A);
        expect(DropReason.GUARD_ND, nd(136, OWN_6, own, GuardFrames.option(2, 0, MAC_A)));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, own, GuardFrames.option(2, 2, MAC_A)));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, own, GuardFrames.option(14, 255, MAC_A)));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, own, good, new byte[] {2}));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, own, good, new byte[] {2, 1, 0}));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, own, good, GuardFrames.option(2, 1, MAC_C)));
        expect(
                DropReason.GUARD_ND,
                nd(136, OWN_6, own, GuardFrames.option(2, 2, MAC_A), new byte[8]));
        expect(DropReason.GUARD_ND, nd(136, OWN_6, new byte[8]));
        expect(null, nd(136, OWN_6, own, GuardFrames.option(14, 1, MAC_C), good));
    }

    /** RFC 6980: what the options say could come in a fragment that nobody looks into. */
    @Test
    void shouldRefuseFragmentedDiscovery() {
        final byte[] payload = new byte[8 + 24];
        payload[0] = 58;
        payload[3] = 1;
        payload[8] = (byte) 135;
        expect(DropReason.GUARD_ND, GuardFrames.ipv6(MAC_A, OWN_6, 44, payload));
    }

    @Test
    void shouldNeitherFailNorForwardAForgeryWhenOptionsAreRandom() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            final byte[] options = new byte[random.nextInt(64)];
            random.nextBytes(options);
            for (int at = 0; at < options.length - 1; at += 8) {
                options[at] = (byte) random.nextInt(3);
                options[at + 1] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : 1);
            }
            nowNs += 100_000_000;
            b.sent.clear();
            send(a, nd(136, OWN_6, GuardFrames.target(OWN_6), options));
            b.sent.forEach(f -> assertHarmless(f.buffer(), "seed " + seed));
        }
        assertTrue(drops(DropReason.GUARD_ND) > 0, "seed " + seed);
    }

    /** A receiver's reading of the options, written for this test alone. */
    private static void assertHarmless(final UnsafeBuffer frame, final String seed) {
        int at = 54 + 24;
        while (at < frame.capacity()) {
            final int length = (frame.getByte(at + 1) & 0xff) * 8;
            assertTrue(length > 0 && at + length <= frame.capacity(), seed);
            final int type = frame.getByte(at);
            if (type == 1 || type == 2) {
                assertEquals(MAC_A, frame.getLong(at, ByteOrder.BIG_ENDIAN) << 16 >>> 16, seed);
            }
            at += length;
        }
    }

    @Test
    void shouldRefuseServersAndRoutersAtAnEndpoint() {
        expect(DropReason.GUARD_DHCP, ipv4(OWN_4, 67, 68));
        expect(null, ipv4(OWN_4, 68, 67));
        expect(DropReason.GUARD_DHCP, GuardFrames.udp6(MAC_A, LINK_LOCAL, 547, 546));
        expect(null, GuardFrames.udp6(MAC_A, LINK_LOCAL, 546, 547));
        final byte[] link = GuardFrames.option(1, 1, MAC_A);
        expect(DropReason.GUARD_RA, nd(134, LINK_LOCAL, new byte[12], link));
        expect(DropReason.GUARD_RA, nd(137, LINK_LOCAL, new byte[36]));
        sw.guards("a", guards(Guard.ND, Guard.MAC).build());
        expect(null, nd(134, LINK_LOCAL, new byte[12], link));
        expect(
                DropReason.GUARD_ND,
                nd(134, LINK_LOCAL, new byte[12], GuardFrames.option(1, 1, MAC_C)));
    }

    @Test
    void shouldCheckTheMacAloneWhenNoAddressIsKnown() {
        sw.guards("a", guards(Guard.ARP, Guard.ND).build());
        expect(null, GuardFrames.arp(MAC_A, 2, MAC_A, "10.9.9.9"));
        expect(DropReason.GUARD_ARP, GuardFrames.arp(MAC_A, 2, MAC_C, "10.9.9.9"));
        expect(null, nd(136, OTHER_6, GuardFrames.target(OTHER_6)));
    }

    @Test
    void shouldDropFromTheNextPacketOnWhenGuardsAreChanged() {
        final UnsafeBuffer forged = ipv4("10.0.0.9", 1000, 80);
        sw.guards("a", PortGuards.NONE);
        send(a, forged);
        assertNull(sw.explain("a", forged, 0, forged.capacity()).drop());
        sw.guards("a", guards(Guard.MAC).build());
        send(a, forged);
        assertEquals(0, sw.totals().dropped());
        send(a, udp(MAC_B, BROADCAST, 1));
        assertEquals(1, drops(DropReason.GUARD_MAC));
        assertNotNull(sw.flows(flow -> "guard-mac".equals(flow.drop()), 1).get(0));
    }

    @Test
    void shouldLetABurstAndThenTheRateThroughWhenOneStorms() throws Exception {
        sw.guards("a", addressed(Guard.STORM).limits(new StormLimits(10, 5, 20, 50)).build());
        storm(DropReason.STORM_ARP, GuardFrames.arp(MAC_A, 1, MAC_A, OWN_4), 10);
        storm(DropReason.STORM_DHCP, ipv4("0.0.0.0", 68, 67), 5);
        storm(DropReason.STORM_ND, nd(135, "::", GuardFrames.target(OWN_6)), 20);
        storm(DropReason.STORM_BROADCAST, udp(MAC_A, BROADCAST, 80), 50);
        final long before = sw.totals().dropped();
        for (int i = 0; i < 300; i++) {
            send(a, udp(MAC_A, MAC_B, 80));
        }
        assertEquals(before, sw.totals().dropped());
    }

    private void storm(final DropReason reason, final UnsafeBuffer frame, final int perSecond) {
        final int burst = 2 * perSecond;
        for (int i = 0; i < burst + 100; i++) {
            a.deliver(frame);
        }
        run();
        assertEquals(100, drops(reason));
        nowNs += 1_000_000_000;
        for (int i = 0; i < perSecond + 50; i++) {
            a.deliver(frame);
        }
        run();
        assertEquals(150, drops(reason), 1);
    }

    @Test
    void shouldRefuseGuardsThatLackWhatTheyCompareWith() {
        final PortGuards.Builder noMac = new PortGuards.Builder().guards(List.of(Guard.ARP));
        assertThrows(IllegalArgumentException.class, noMac::build);
        assertThrows(IllegalArgumentException.class, guards(Guard.IPV6)::build);
        assertThrows(IllegalArgumentException.class, () -> new StormLimits(0, 1, 1, 1));
    }

    @Test
    void shouldPassNothingOfAKindForThePenaltyWhenThereWasTooMuch() {
        sw.guards("a", guards(Guard.STORM).limits(new StormLimits(5, 5, 5, 5, 2_000)).build());
        for (int i = 0; i < 11; i++) {
            send(a, GuardFrames.arp(MAC_A, 1, MAC_A, OWN_4));
        }
        assertEquals(1, drops(DropReason.STORM_ARP));
        final int sent = b.sent.size();
        nowNs += 1_900_000_000L;
        send(a, GuardFrames.arp(MAC_A, 1, MAC_A, OWN_4));
        assertEquals(sent, b.sent.size());
        send(a, udp(MAC_A, BROADCAST, 1));
        assertEquals(sent + 1, b.sent.size());
        nowNs += 200_000_000L;
        send(a, GuardFrames.arp(MAC_A, 1, MAC_A, OWN_4));
        assertEquals(sent + 2, b.sent.size());
    }
}
