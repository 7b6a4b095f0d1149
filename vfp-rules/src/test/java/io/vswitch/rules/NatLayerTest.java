package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.core.policy.Direction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What rules that translate do to connections, by the requirements of RFC 4787, 5382 and 5508. */
class NatLayerTest extends NatFixture {
    private static final String ALL = " where src-ip 10.0.0.0/24";

    private static String source(final String packet) {
        final Matcher matcher = Pattern.compile("\\w+ ([0-9.:]+) > .*").matcher(packet);
        assertTrue(matcher.matches(), packet);
        return matcher.group(1);
    }

    private static String host(final String packet) {
        return source(packet).split(":")[0];
    }

    @Test
    void shouldTranslateBothWaysWithRightChecksums() {
        rules("snat 192.0.2.1" + ALL);
        assertEquals("udp 192.0.2.1:1000 > 10.0.1.2:53", out("udp 10.0.0.1:1000 > 10.0.1.2:53"));
        assertEquals("udp 10.0.1.2:53 > 10.0.0.1:1000", in("udp 10.0.1.2:53 > 192.0.2.1:1000"));
        assertEquals("tcp 192.0.2.1:1000 > 10.0.1.2:80", out("tcp 10.0.0.1:1000 > 10.0.1.2:80 S"));
        assertEquals("tcp 10.0.1.2:80 > 10.0.0.1:1000", in("tcp 10.0.1.2:80 > 192.0.2.1:1000 SA"));
        assertEquals("tcp 192.0.2.1:1000 > 10.0.1.2:80", out("tcp 10.0.0.1:1000 > 10.0.1.2:80 A"));
        assertEquals("echo 192.0.2.1:77 > 10.0.1.2", out("echo 10.0.0.1:77 > 10.0.1.2"));
        assertEquals("reply 10.0.1.2:77 > 10.0.0.1", in("reply 10.0.1.2:77 > 192.0.2.1"));
    }

    /** RFC 4787 REQ-1: the mapping doesn't depend on the peer; REQ-3: the port is kept if free. */
    @Test
    void shouldGiveASourceTheSamePortForAllPeers() {
        rules("snat 192.0.2.1" + ALL);
        assertEquals("192.0.2.1:1000", source(out("udp 10.0.0.1:1000 > 10.0.1.2:53")));
        final String other = source(out("udp 10.0.0.2:1000 > 10.0.1.2:53"));
        assertNotEquals("192.0.2.1:1000", other, "taken by another source");
        assertEquals(other, source(out("udp 10.0.0.2:1000 > 10.0.1.3:54")));
        assertEquals(other, source(out("udp 10.0.0.2:1000 > 10.0.1.4:55")));
        assertEquals("192.0.2.1:1000", source(out("udp 10.0.0.1:1000 > 10.0.1.9:56")));
        assertEquals("192.0.2.1:1000", source(out("tcp 10.0.0.2:1000 > 10.0.1.2:80 S")), "TCP");
    }

    /** RFC 4787 REQ-2: all of a host's connections have one address. */
    @Test
    void shouldGiveAHostOneAddressOfThePool() {
        pool("p", null, "192.0.2.8/29");
        rules("snat p" + ALL);
        final Set<String> all = new HashSet<>();
        for (int host = 1; host < 40; host++) {
            final String outside = host(out("udp 10.0.0." + host + ":1000 > 10.0.1.2:53"));
            all.add(outside);
            for (int port = 2000; port < 2010; port++) {
                final String inside = "10.0.0." + host + ":" + port;
                assertEquals(outside, host(out("udp " + inside + " > 10.0.1.2:53")));
                assertEquals(outside, host(out("tcp " + inside + " > 10.0.1.2:53 S")));
            }
        }
        assertTrue(all.size() > 4, () -> "spread over the pool: " + all);
    }

    /** RFC 4787 REQ-8: only the peer that was sent to may answer, as the layer has it. */
    @Test
    void shouldLetOnlyThePeerAnswer() {
        rules("snat 192.0.2.1" + ALL);
        out("udp 10.0.0.1:1000 > 10.0.1.2:53");
        assertEquals("layer-default", in("udp 10.0.1.2:54 > 192.0.2.1:1000"));
        assertEquals("layer-default", in("udp 10.0.1.3:53 > 192.0.2.1:1000"));
        assertEquals("layer-default", in("udp 10.0.1.2:53 > 10.0.0.1:1000"), "not as it is inside");
    }

    @Test
    void shouldDropWhatFindsNoFreePort() {
        pool("p", "5000-5002", "192.0.2.1");
        rules("snat p" + ALL);
        final Set<String> given = new HashSet<>();
        for (int host = 1; host <= 3; host++) {
            given.add(source(out("udp 10.0.0." + host + ":1000 > 10.0.1.2:53")));
        }
        assertEquals(Set.of("192.0.2.1:5000", "192.0.2.1:5001", "192.0.2.1:5002"), given);
        assertEquals("nat-exhausted", out("udp 10.0.0.4:1000 > 10.0.1.2:53"));
        assertTrue(given.contains(source(out("udp 10.0.0.1:1000 > 10.0.1.3:53"))), "has one");
        assertEquals("192.0.2.1:5000", source(out("tcp 10.0.0.4:5000 > 10.0.1.2:53 S")), "TCP");
        nowNs += 124 * SECOND;
        assertTrue(given.contains(source(out("udp 10.0.0.4:1000 > 10.0.1.2:53"))), "free again");
    }

    /** RFC 5382: a finished connection's port goes to a fresh SYN only. */
    @Test
    void shouldGiveAFinishedConnectionsPortToAFreshSyn() {
        pool("p", "5000-5000", "192.0.2.1");
        rules("snat p" + ALL);
        final String first = "tcp 10.0.0.1:1000 > 10.0.1.2:80 ";
        out(first + "S");
        in("tcp 10.0.1.2:80 > 192.0.2.1:5000 SA");
        out(first + "A");
        assertEquals("nat-exhausted", out("tcp 10.0.0.2:1000 > 10.0.1.2:80 S"), "in use");
        out(first + "FA");
        in("tcp 10.0.1.2:80 > 192.0.2.1:5000 FA");
        nowNs += SECOND;
        assertEquals("nat-no-connection", out("tcp 10.0.0.2:1000 > 10.0.1.2:80 A"));
        assertEquals("tcp 192.0.2.1:5000 > 10.0.1.2:80", out("tcp 10.0.0.2:1000 > 10.0.1.2:80 S"));
        assertEquals("nat-no-connection", out(first + "A"), "its connection is another's");
        assertEquals("tcp 10.0.1.2:80 > 10.0.0.2:1000", in("tcp 10.0.1.2:80 > 192.0.2.1:5000 SA"));
    }

    /**
     * RFC 4787 REQ-9: what is for an address outside of its own turns round, its source translated.
     */
    @Test
    void shouldTurnRoundWhatIsForTheInside() {
        fromA(17, 9, 9, 0); // or what goes to a would be flooded
        final String mac = " dst-mac=02:00:00:00:00:0b ";
        publishNat(
                nat(
                        List.of(
                                "dnat 10.0.1.9:80"
                                        + mac
                                        + "where dst-ip 192.0.2.1 proto tcp"
                                        + " dst-port 8080"),
                        List.of("snat 192.0.2.1 where src-ip 10.0.1.0/24 dst-ip not 10.0.1.0/24")));
        for (final String flags : List.of("S", "A", "PA", "FA")) {
            assertEquals(
                    "tcp 192.0.2.1:1000 > 10.0.1.9:80",
                    back("tcp 10.0.1.2:1000 > 192.0.2.1:8080 " + flags));
            assertEquals(
                    "tcp 192.0.2.1:8080 > 10.0.1.2:1000",
                    back("tcp 10.0.1.9:80 > 192.0.2.1:1000 " + flags.replace("S", "SA")));
        }
        assertEquals(
                "tcp 192.0.2.1:1001 > 10.0.1.9:80",
                back("tcp 10.0.1.9:1001 > 192.0.2.1:8080 S"),
                "to itself");
        assertEquals("tcp 192.0.2.1:1002 > 10.9.9.9:80", in("tcp 10.0.1.2:1002 > 10.9.9.9:80 S"));
        assertEquals("tcp 192.0.2.1:1003 > 192.0.2.1:9", in("tcp 10.0.1.2:1003 > 192.0.2.1:9 S"));
    }

    /** RFC 4787 REQ-9, of two sources that send to each other's mapping. */
    @Test
    void shouldTurnRoundBetweenTwoMappings() {
        fromA(17, 9, 9, 0);
        publishNat(
                nat(
                        List.of(),
                        List.of("snat 192.0.2.1 where src-ip 10.0.1.0/24 dst-ip not 10.0.1.0/24")));
        in("udp 10.0.1.2:1000 > 10.9.9.9:53");
        in("udp 10.0.1.3:2000 > 10.9.9.9:53");
        in("udp 10.0.1.2:1000 > 192.0.2.1:2000");
        assertEquals(
                "udp 192.0.2.1:2000 > 10.0.1.2:1000", back("udp 10.0.1.3:2000 > 192.0.2.1:1000"));
        nowNs += 4 * SECOND; // until then its flow goes where it went
        assertEquals(
                "udp 192.0.2.1:1000 > 10.0.1.3:2000", back("udp 10.0.1.2:1000 > 192.0.2.1:2000"));
    }

    @Test
    void shouldMapAPortToAnotherDestination() {
        publishNat(
                nat(
                        List.of(),
                        List.of(
                                "dnat 10.0.0.7:80 where dst-ip 192.0.2.1 proto tcp dst-port 8080",
                                "dnat 10.0.0.8:6000-6009 where dst-ip 192.0.2.1 proto udp"
                                        + " dst-port 7000-7009")));
        assertEquals("tcp 10.0.1.2:1 > 10.0.0.7:80", in("tcp 10.0.1.2:1 > 192.0.2.1:8080 S"));
        assertEquals("tcp 192.0.2.1:8080 > 10.0.1.2:1", out("tcp 10.0.0.7:80 > 10.0.1.2:1 SA"));
        assertEquals("udp 10.0.1.2:1 > 10.0.0.8:6004", in("udp 10.0.1.2:1 > 192.0.2.1:7004"));
        assertEquals("udp 192.0.2.1:7004 > 10.0.1.2:1", out("udp 10.0.0.8:6004 > 10.0.1.2:1"));
        assertEquals("layer-default", out("udp 10.0.0.8:6005 > 10.0.1.2:1"), "asks for nothing");
    }

    @Test
    void shouldTranslateOneToOneByTwoRules() {
        publishNat(
                nat(
                        List.of("snat 192.0.2.7 where src-ip 10.0.0.7"),
                        List.of("dnat 10.0.0.7 where dst-ip 192.0.2.7")));
        assertEquals("udp 192.0.2.7:9 > 10.0.1.2:53", out("udp 10.0.0.7:9 > 10.0.1.2:53"));
        assertEquals("udp 10.0.1.3:5 > 10.0.0.7:9", in("udp 10.0.1.3:5 > 192.0.2.7:9"));
        assertEquals("udp 192.0.2.7:9 > 10.0.1.3:5", out("udp 10.0.0.7:9 > 10.0.1.3:5"));
    }

    @Test
    void shouldExemptWhatAnEarlierRuleAllows() {
        rules("allow src-ip 10.0.0.0/24 dst-ip 10.0.5.0/24", "snat 192.0.2.1" + ALL);
        assertEquals("udp 10.0.0.1:1 > 10.0.5.2:53", out("udp 10.0.0.1:1 > 10.0.5.2:53"));
        assertEquals("udp 192.0.2.1:1 > 10.0.1.2:53", out("udp 10.0.0.1:1 > 10.0.1.2:53"));
    }

    @Test
    void shouldKeepAChoiceThatTheNewRulesCouldHaveMade() {
        pool("p", "5000-5009", "192.0.2.1");
        rules("snat p" + ALL);
        final String sent = "tcp 10.0.0.1:1000 > 10.0.1.2:80 ";
        final String translated = out(sent + "S");
        pools = pools.without("p");
        pool("p", "5000-5999", "192.0.2.9", "192.0.2.1");
        rules("block proto udp", "snat p" + ALL);
        assertEquals(translated, out(sent + "A"));
        assertEquals(
                "tcp 10.0.1.2:80 > 10.0.0.1:1000",
                in("tcp 10.0.1.2:80 > " + source(translated) + " SA"));
    }

    @Test
    void shouldEndAConnectionThatTheNewRulesTranslateOtherwise() {
        rules("snat 192.0.2.1" + ALL);
        final String tcp = "tcp 10.0.0.1:1000 > 10.0.1.2:80 ";
        final String udp = "udp 10.0.0.1:1000 > 10.0.1.2:53";
        out(tcp + "S");
        out(udp);
        for (final String rule : List.of("snat 192.0.2.2" + ALL, "allow")) {
            rules(rule);
            assertEquals("nat-ended", out(tcp + "A"), rule);
            assertEquals("nat-ended", in("tcp 10.0.1.2:80 > 192.0.2.1:1000 SA"), rule);
        }
        assertEquals(udp, out(udp), "a datagram begins anew");
        rules("snat 192.0.2.2" + ALL);
        assertEquals("udp 192.0.2.2:1000 > 10.0.1.2:53", out(udp));
        assertEquals("tcp 192.0.2.2:1000 > 10.0.1.2:80", out(tcp + "S"));
        assertEquals("layer-default", in("tcp 10.0.1.2:80 > 192.0.2.1:1000 SA"), "nothing left");
    }

    @Test
    void shouldDropWhatNoConnectionTranslates() {
        rules("snat 192.0.2.1" + ALL);
        assertEquals("nat-no-connection", out("tcp 10.0.0.1:1000 > 10.0.1.2:80 A"));
        assertEquals("nat-no-connection", out("reply 10.0.0.1:5 > 10.0.1.2"));
    }

    @Test
    void shouldForetellTheTranslation() {
        rules("snat 192.0.2.1" + ALL);
        final var frame = frame("udp 10.0.0.1:1000 > 10.0.1.2:53", true);
        final String told = explain("a", frame).rewrite();
        assertTrue(told.contains("10.0.0.1->192.0.2.1"), told);
        assertEquals(told, explain("a", frame).rewrite(), "and takes nothing");
    }

    @Test
    void shouldRefuseToTranslateInAStatelessLayer() {
        final PolicySet stateless =
                PolicySet.of("a")
                        .withLayer(new Layer("l", 1, Verdict.ALLOW))
                        .withGroup(new Group("l", "g", Direction.OUTBOUND, 1));
        final Rule rule = Rule.of("1", 1, "snat 192.0.2.1 where src-ip 10.0.0.1");
        assertEquals(
                "rule '1': layer 'l' of port 'a' isn't --stateful, so it can't translate",
                assertThrows(SwitchException.class, () -> stateless.withRule("l", "g", rule))
                        .getMessage());
    }
}
