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
        lab.send(C, "Ether(src='%s',dst='%s',type=0x88b6)/b'me'".formatted(learned, A.mac()));
        lab.settle();
        lab.send(A, "Ether(src='%s',dst='%s',type=0x88b6)/b'you'".formatted(A.mac(), learned));
        final String where = "p.dst=='" + learned + "'";
        assertEquals(1, lab.count(C, where));
        assertEquals(0, lab.count(B, where) + lab.count(D, where));
    }

    @Scenario("a MAC that moves to another port is followed at once")
    void shouldFollowWhenAMacMoves(final Lab lab) throws Exception {
        final String moving = "02:00:00:00:01:02";
        final String frame =
                "Ether(src='%s',dst='%s',type=0x88b6)/b'me'".formatted(moving, A.mac());
        final String to = "Ether(src='%s',dst='%s',type=0x88b6)/b'you'".formatted(A.mac(), moving);
        final String where = "p.dst=='" + moving + "'";
        lab.send(C, frame);
        lab.settle();
        lab.send(A, to);
        assertEquals("1 0", lab.count(C, where) + " " + lab.count(D, where));
        lab.send(D, frame);
        lab.settle();
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
}
