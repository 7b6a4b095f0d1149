package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Tagged frames, and rules that match, add and remove tags. */
@DisplayName("VLAN")
class VlanScenarioTest {
    private static final String UDP = Frames.udp(A, B, 1000, 2000);

    @Scenario("a tagged frame crosses untouched, tag and all")
    void shouldKeepTheTagWhenThereAreNoRules(final Lab lab) throws Exception {
        final String frame = UDP.replaceFirst("/", "/Dot1Q(vlan=100,prio=5)/");
        assertEquals(
                1, lab.arrive(A, frame, B, "p[Dot1Q].vlan==100 and p[Dot1Q].prio==5 and good(p)"));
    }

    @Scenario("a frame of two tags (802.1ad) crosses untouched")
    void shouldKeepBothTagsWhenThereAreTwo(final Lab lab) throws Exception {
        final String frame = UDP.replaceFirst("/", "/Dot1AD(vlan=4000)/Dot1Q(vlan=100)/");
        assertEquals(
                1,
                lab.arrive(
                        A, frame, B, "p[Dot1AD].vlan==4000 and p[Dot1Q].vlan==100 and UDP in p"));
    }

    @Scenario("a priority tag (VLAN 0) crosses")
    void shouldKeepAPriorityTag(final Lab lab) throws Exception {
        final String frame = UDP.replaceFirst("/", "/Dot1Q(vlan=0,prio=3)/");
        lab.apply(Policy.open().at(B).in("block vlan 1"));
        assertEquals(1, lab.arrive(A, frame, B, Frames.udpTo(2000)));
    }

    @Scenario("block one VLAN, let another and untagged frames through")
    void shouldBlockOneVlanWhenARuleSaysSo(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block vlan 10"));
        assertEquals(0, lab.arrive(A, Frames.tagged(UDP, 10), B, Frames.udpTo(2000)));
        assertEquals(1, lab.arrive(A, Frames.tagged(UDP, 20), B, Frames.udpTo(2000)));
        assertEquals(1, lab.arrive(A, UDP, B, Frames.udpTo(2000)));
    }

    @Scenario("block all tagged frames")
    void shouldBlockEveryTagWhenARuleSaysSo(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("block vlan any"));
        assertEquals(0, lab.arrive(A, Frames.tagged(UDP, 7), B, Frames.udpTo(2000)));
        assertTrue(lab.pings(A, B.ip()));
    }

    @Scenario("only tagged frames pass (block vlan none)")
    void shouldBlockUntaggedFramesWhenARuleSaysSo(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("block vlan none"));
        assertEquals(1, lab.arrive(A, Frames.tagged(UDP, 7), B, Frames.udpTo(2000)));
        assertEquals(0, lab.arrive(A, UDP, B, Frames.udpTo(2000)));
    }

    @Scenario("rules look behind the tag: block a UDP port in any VLAN")
    void shouldMatchPortsBehindATag(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        assertEquals(0, lab.arrive(A, Frames.tagged(UDP, 10), B, "UDP in p"));
        final String other = Frames.udp(A, B, 1000, 2001);
        assertEquals(1, lab.arrive(A, Frames.tagged(other, 10), B, "UDP in p"));
    }

    @Scenario("rules look behind two tags (802.1ad)")
    void shouldMatchAddressesBehindTwoTags(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto udp dst-port 2000"));
        final String tags = "/Dot1AD(vlan=4000)/Dot1Q(vlan=100)/";
        assertEquals(0, lab.arrive(A, UDP.replaceFirst("/", tags), B, "UDP in p"));
        final String other = Frames.udp(A, B, 1000, 2001);
        assertEquals(1, lab.arrive(A, other.replaceFirst("/", tags), B, "UDP in p"));
    }

    @Scenario("take the tag off (vlan-pop)")
    void shouldDeliverUntaggedWhenARulePops(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("rewrite vlan-pop where vlan 10"));
        assertEquals(
                1,
                lab.arrive(
                        A, Frames.tagged(UDP, 10), B, "UDP in p and Dot1Q not in p and good(p)"));
    }

    @Scenario("take the outer of two tags off, the inner stays")
    void shouldKeepTheInnerTagWhenARulePops(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("rewrite vlan-pop where vlan 20"));
        final String frame = UDP.replaceFirst("/", "/Dot1Q(vlan=20)/Dot1Q(vlan=30)/");
        assertEquals(
                1, lab.arrive(A, frame, B, "p[Dot1Q].vlan==30 and len(p.layers())==5 and good(p)"));
    }

    @Scenario("put a tag on (vlan-push)")
    void shouldDeliverTaggedWhenARulePushes(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite vlan-push=30 where proto udp"));
        assertEquals(
                1, lab.arrive(A, UDP, B, "p[Dot1Q].vlan==30 and p[UDP].dport==2000 and good(p)"));
    }

    @Scenario("change the VLAN, keep the priority (vlan-set)")
    void shouldKeepThePriorityWhenARuleSetsTheVlan(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(A).out("rewrite vlan-set=40 where vlan 10"));
        final String frame = UDP.replaceFirst("/", "/Dot1Q(vlan=10,prio=6)/");
        assertEquals(
                1, lab.arrive(A, frame, B, "p[Dot1Q].vlan==40 and p[Dot1Q].prio==6 and good(p)"));
    }

    @Scenario("tag on one side, untag on the other: ping of all sizes, HTTP")
    void shouldCarryTrafficWhenTheWayIsTagged(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(A)
                        .out("rewrite vlan-push=100")
                        .in("rewrite vlan-pop where vlan 100")
                        .at(B)
                        .out("rewrite vlan-push=100")
                        .in("rewrite vlan-pop where vlan 100"));
        for (final int bytes : new int[] {56, 1400, 3200}) {
            assertTrue(lab.pings(A, B.ip(), bytes), bytes + " bytes");
        }
        assertEquals("b", lab.http(A, B.ip()));
        assertTrue(lab.pings(A, B.ip6()));
    }
}
