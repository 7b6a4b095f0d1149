package io.vswitch.ctl.scenario;

import static io.vswitch.ctl.scenario.Endpoint.A;
import static io.vswitch.ctl.scenario.Endpoint.B;
import static io.vswitch.ctl.scenario.Endpoint.C;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;

/** Rules that look at single packets. */
@DisplayName("Rules for single packets")
class AclScenarioTest {
    @Scenario("block ping to one port, let TCP through")
    void shouldBlockPingAloneWhenARuleSaysSo(final Lab lab) throws Exception {
        lab.apply(Policy.open().at(B).in("block proto icmp"));
        assertTrue(lab.pingsInVain(A, B.ip()));
        assertEquals("b", lab.http(A, B.ip()));
        assertTrue(lab.pings(A, C.ip()), "another port");
    }

    @Scenario("allow one TCP port, block the rest by default")
    void shouldLetOnePortThroughWhenTheDefaultIsBlock(final Lab lab) throws Exception {
        lab.apply(
                Policy.open()
                        .at(B)
                        .block()
                        .in("allow ethertype arp", "allow proto tcp dst-port 80")
                        .out("allow ethertype arp", "allow proto tcp src-port 80"));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals("exit 28", lab.httpInVain(A, B.ip() + ":8080"));
        assertTrue(lab.pingsInVain(A, B.ip()));
    }

    @Scenario("one side may open connections only (stateful)")
    void shouldLetRepliesOnlyBackWhenOneSideMayOpen(final Lab lab) throws Exception {
        lab.apply(Policy.onlyOpenedBy(A));
        assertEquals("b", lab.http(A, B.ip()));
        assertEquals("b", lab.http(A, "[" + B.ip6() + "]"));
        assertTrue(lab.pings(A, B.ip()));
        assertEquals("exit 28", lab.httpInVain(B, A.ip()));
        assertTrue(lab.pingsInVain(B, A.ip()));
    }
}
