package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static io.vswitch.ctl.scenario.Endpoint.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Endpoints on a switch without rules: learning, flooding, TAPs in namespaces. */
@DisplayName("Switching")
class SwitchingScenarioTest {
    private static final String UNKNOWN = "02:00:00:00:00:77";

    @Scenario("ping of 56, 1600 and 3200 bytes between two ports")
    void shouldCarryPingsOfEverySizeWhenThereAreNoRules(final Lab lab) throws Exception {
        for (final int bytes : new int[] {56, 1600, 3200}) {
            assertTrue(lab.pings(A, B.ip(), bytes), bytes + " bytes");
        }
    }

    @Scenario("ping6 of 56, 1600 and 3200 bytes between two ports")
    void shouldCarryPings6OfEverySizeWhenThereAreNoRules(final Lab lab) throws Exception {
        for (final int bytes : new int[] {56, 1600, 3200}) {
            assertTrue(lab.pings(A, B.ip6(), bytes), bytes + " bytes");
        }
    }

    @Scenario("HTTP over IPv4 and IPv6 between namespaces")
    void shouldCarryHttpWhenThereAreNoRules(final Lab lab) throws Exception {
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals("a", lab.http(B, "[" + A.ip6() + "]"));
    }

    @Scenario("a frame to an unknown MAC is flooded, not back to its sender")
    void shouldFloodWhenTheMacIsUnknown(final Lab lab) throws Exception {
        lab.send(A, "Ether(src='%s',dst='%s')/IP(src='9.9.9.9')/UDP()".formatted(A.mac(), UNKNOWN));
        final String where = "p.dst=='" + UNKNOWN + "'";
        assertEquals(
                "0 1 1 1",
                lab.count(A, where)
                        + " "
                        + lab.count(B, where)
                        + " "
                        + lab.count(C, where)
                        + " "
                        + lab.count(D, where));
    }

    @Scenario("after a frame from it, a MAC is known: unicast only")
    void shouldForwardToOnePortWhenTheMacWasLearned(final Lab lab) throws Exception {
        final String learned = "02:00:00:00:01:01";
        lab.teach(C, "Ether(src='%s',dst='%s',type=0x88b6)/b'me'".formatted(learned, A.mac()));
        lab.send(A, "Ether(src='%s',dst='%s',type=0x88b6)/b'you'".formatted(A.mac(), learned));
        final String where = "p.dst=='" + learned + "'";
        assertEquals(1, lab.count(C, where));
        assertEquals(0, lab.count(B, where) + lab.count(D, where));
    }

    @Scenario("a MAC that moves to another port is followed")
    void shouldFollowWhenAMacMoves(final Lab lab) throws Exception {
        final String moving = "02:00:00:00:01:02";
        final String frame =
                "Ether(src='%s',dst='%s',type=0x88b6)/b'me'".formatted(moving, A.mac());
        final String to = "Ether(src='%s',dst='%s',type=0x88b6)/b'you'".formatted(A.mac(), moving);
        final String where = "p.dst=='" + moving + "'";
        lab.teach(C, frame);
        lab.send(A, to);
        assertEquals("1 0", lab.count(C, where) + " " + lab.count(D, where));
        lab.teach(D, frame);
        lab.send(A, to);
        assertEquals("1 1", lab.count(C, where) + " " + lab.count(D, where));
    }

    @Scenario("broadcast and multicast go to all others, once each")
    void shouldFloodWhenTheMacIsAGroup(final Lab lab) throws Exception {
        for (final String group : new String[] {"ff:ff:ff:ff:ff:ff", "01:00:5e:01:02:03"}) {
            lab.send(
                    B,
                    "Ether(src='%s',dst='%s')/IP(src='%s',dst='239.1.2.3')/UDP(dport=5353)"
                            .formatted(B.mac(), group, B.ip()));
        }
        final String where = "p[UDP].dport==5353 and p[IP].dst=='239.1.2.3'";
        assertEquals(0, lab.count(B, where));
        for (final Endpoint end : new Endpoint[] {A, C, D}) {
            assertEquals(2, lab.count(end, where), end.name());
        }
    }

    @Scenario("a MAC flood of 12,000 addresses from one port: another port's MAC stays known")
    void shouldKeepOthersMacsWhenOnePortFloods(final Lab lab) throws Exception {
        lab.teach(C, Frames.eth(C, A) + "/b'me'");
        lab.send(
                D,
                "[mac('%s')+b'\\x06\\x01'+struct.pack('!I',i)+b'\\x88\\xb6'+bytes(46) for i in range(12000)]"
                        .formatted(A.mac()));
        lab.settle();
        lab.subject().converge();
        final String frame =
                "Ether(src='%s',dst='%s',type=0x88b7)/b'you'".formatted(A.mac(), C.mac());
        assertEquals(1, lab.arrive(A, frame, C, "p.type==0x88b7"));
        assertEquals(0, lab.count(B, "p.type==0x88b7"));
    }

    @Scenario("a disabled port forwards nothing, the others do; enabled again it does")
    void shouldForwardNothingWhenAPortIsDisabled(final Lab lab) throws Exception {
        lab.subject().enable(B, false);
        try {
            assertTrue(lab.pingsInVain(A, B.ip()));
            assertTrue(lab.pings(A, C.ip()));
        } finally {
            lab.subject().enable(B, true);
        }
        lab.subject().converge();
        assertTrue(lab.pings(A, B.ip()));
    }

    @Scenario("frames of 60 to 1514 bytes arrive byte for byte")
    void shouldCarryEveryLengthByteForByte(final Lab lab) throws Exception {
        final String head = "mac('%s')+mac('%s')+b'\\x88\\xb6'".formatted(B.mac(), A.mac());
        final String body = "bytes((i*7+n)&255 for i in range(n))";
        assertEquals(
                97,
                lab.arrive(
                        A,
                        "[" + head + "+" + body + " for n in range(46,1501,15)]",
                        B,
                        "raw[12:14]==b'\\x88\\xb6' and raw[14:]==(lambda n: "
                                + body
                                + ")(len(raw)-14)"));
    }

    @Scenario("frames of the bridge group (STP, LLDP) are not forwarded")
    void shouldNotForwardTheBridgeGroup(final Lab lab) throws Exception {
        for (final String last : new String[] {"00", "0e"}) {
            final String frame =
                    "Ether(src='%s',dst='01:80:c2:00:00:%s',type=0x88cc)/b'lldp'"
                            .formatted(A.mac(), last);
            assertEquals(0, lab.arrive(A, frame, B, "p.type==0x88cc"), last);
        }
    }

    @Scenario("IGMP reports are flooded")
    void shouldFloodIgmp(final Lab lab) throws Exception {
        final String frame =
                "Ether(src='%s',dst='01:00:5e:01:02:03')/IP(src='%s',dst='239.1.2.3',ttl=1,proto=2)/b'\\x16\\x00\\xfa\\xfa\\xef\\x01\\x02\\x03'"
                        .formatted(A.mac(), A.ip());
        assertEquals(1, lab.arrive(A, frame, B, "p[IP].proto==2 and p[IP].dst=='239.1.2.3'"));
        assertEquals(1, lab.count(C, "p[IP].proto==2 and p[IP].dst=='239.1.2.3'"));
    }
}
