package io.vswitch.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way a rule's text is refused, with its exact line. */
class RuleErrorsTest {
    private static final String SETS =
            "src-mac=MAC, dst-mac=MAC, src-ip=IP, dst-ip=IP, src-port=PORT, dst-port=PORT,"
                    + " vlan-push=VID, vlan-pop, vlan-set=VID, dscp=DSCP, ttl-dec, clamp-mss=BYTES";
    private static final String FIELDS =
            "src-mac, dst-mac, ethertype, vlan, src-ip, dst-ip, proto, src-port, dst-port,"
                    + " icmp-type, icmp-code, tcp-flags, arp-target, meta";
    private static final String ACTIONS =
            "allow, block, reject, rewrite, redirect, snat, dnat, balance, encap, decap, audit,"
                    + " answer";
    private static final String NO_MAC =
            "not a MAC; allowed: six pairs of hexadecimal digits, as in 02:00:00:00:00:01";
    private static final String NO_IP =
            "not an address; allowed: IPv4 as in 10.0.0.1, IPv6 as in fd00::1";
    private static final String PORTS =
            "allowed: PORT, PORT-PORT or a comma list of them, ports 0 to 65535";
    private static final String FLAGS =
            "allowed: fin, syn, rst, psh, ack, urg, ece, cwr joined by '+', or SET/LOOKED-AT";

    static Stream<Arguments> words() {
        return Stream.of(
                Arguments.of("", "empty; allowed: " + ACTIONS + ", then conditions"),
                Arguments.of("alow", "unknown action 'alow' at word 1; did you mean 'allow'?"),
                Arguments.of("drop", "unknown action 'drop' at word 1; allowed: " + ACTIONS),
                Arguments.of(
                        "terminating",
                        "no action after 'terminating' at word 1; allowed: " + ACTIONS),
                Arguments.of(
                        "allow proto tcp dst-prot 80",
                        "unknown field 'dst-prot' at word 4; did you mean 'dst-port'?"),
                Arguments.of(
                        "allow pr\u00f6to tcp",
                        "unknown field 'pr?to' at word 2; did you mean 'proto'?"),
                Arguments.of(
                        "allow everything",
                        "unknown field 'everything' at word 2; allowed: " + FIELDS),
                Arguments.of(
                        "allow proto",
                        "proto at word 2 needs a value; allowed: names as tcp, udp, icmp,"
                                + " icmpv6, or 0 to 255, or a comma list of them, 'not' before it"),
                Arguments.of(
                        "allow where", "'where' at word 2 needs a condition; allowed: " + FIELDS),
                Arguments.of(
                        "allow proto tcp proto udp", "proto at word 4 is there already, at word 2"),
                Arguments.of(
                        "allow dst-ip=10.0.0.2",
                        "'dst-ip=10.0.0.2' at word 2 sets a field; a condition is written without"
                                + " '='"),
                Arguments.of("redirect", "'redirect' at word 1 needs the name of a port"),
                Arguments.of(
                        "redirect a-name-of-16-cha",
                        "redirect 'a-name-of-16-cha' at word 2: allowed are port names of 1 to 15"
                                + " characters, letters, digits and _ . : - @"),
                Arguments.of(
                        "rewrite", "'rewrite' at word 1 needs a field to set; allowed: " + SETS),
                Arguments.of(
                        "rewrite dst-ip 10.0.0.1",
                        "'rewrite' at word 1 needs a field to set; allowed: " + SETS),
                Arguments.of(
                        "rewrite dst-iq=10.0.0.1",
                        "unknown field 'dst-iq' at word 2; did you mean 'dst-ip'?"),
                Arguments.of("rewrite vlan-pop=3", "vlan-pop at word 2 takes no value"),
                Arguments.of(
                        "rewrite dscp=1 dscp=2", "dscp= at word 3 is there already, at word 2"));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(
                        "allow src-mac 02:00:00:00:00",
                        "src-mac '02:00:00:00:00' at word 3: " + NO_MAC),
                Arguments.of(
                        "allow src-mac 02-00-00-00-00-01",
                        "src-mac '02-00-00-00-00-01' at word 3: " + NO_MAC),
                Arguments.of(
                        "allow src-mac 02:00:00:00:00:01/ff:00:00:00:00:00",
                        "src-mac '02:00:00:00:00:01/ff:00:00:00:00:00' at word 3: bits outside the"
                                + " mask are set; under this mask it is"
                                + " 02:00:00:00:00:00/ff:00:00:00:00:00"),
                Arguments.of(
                        "allow ethertype ip",
                        "ethertype 'ip' at word 3: allowed: ipv4, ipv6, arp, 0x0000 to 0xffff, 0 to"
                                + " 65535"),
                Arguments.of(
                        "allow vlan 4095", "vlan '4095' at word 3: allowed: 0 to 4094, none, any"),
                Arguments.of(
                        "allow src-ip 10.0.0.5/24",
                        "src-ip '10.0.0.5/24' at word 3: host bits are set; the network is"
                                + " 10.0.0.0/24"),
                Arguments.of(
                        "allow src-ip fd00::5/64",
                        "src-ip 'fd00::5/64' at word 3: host bits are set; the network is"
                                + " fd00::/64"),
                Arguments.of(
                        "allow src-ip 10.0.0.0/33",
                        "src-ip '10.0.0.0/33' at word 3: bad prefix length; allowed for IPv4: 0 to"
                                + " 32"),
                Arguments.of(
                        "allow src-ip fd00::/129",
                        "src-ip 'fd00::/129' at word 3: bad prefix length; allowed for IPv6: 0 to"
                                + " 128"),
                Arguments.of("allow src-ip 10.0.0", "src-ip '10.0.0' at word 3: " + NO_IP),
                Arguments.of("allow src-ip 10.0.0.01", "src-ip '10.0.0.01' at word 3: " + NO_IP),
                Arguments.of("allow src-ip 10.0.0.256", "src-ip '10.0.0.256' at word 3: " + NO_IP),
                Arguments.of("allow src-ip 1::2::3", "src-ip '1::2::3' at word 3: " + NO_IP),
                Arguments.of("allow src-ip 10.0.0.1::", "src-ip '10.0.0.1::' at word 3: " + NO_IP),
                Arguments.of("allow src-ip localhost", "src-ip 'localhost' at word 3: " + NO_IP),
                Arguments.of(
                        "allow proto quic",
                        "proto 'quic' at word 3: allowed: ah, esp, gre, icmp, icmpv6, igmp, ospf,"
                                + " sctp, tcp, udp, 0 to 255"),
                Arguments.of(
                        "allow proto tcp dst-port 90-80",
                        "dst-port '90-80' at word 5: range upside down; did you mean 80-90?"),
                Arguments.of(
                        "allow proto tcp dst-port 65536", "dst-port '65536' at word 5: " + PORTS),
                Arguments.of("allow proto tcp dst-port 80,", "dst-port '80,' at word 5: " + PORTS),
                Arguments.of(
                        "allow proto icmp icmp-type 256",
                        "icmp-type '256' at word 5: allowed: 0 to 255"),
                Arguments.of(
                        "allow proto tcp tcp-flags sin", "tcp-flags 'sin' at word 5: " + FLAGS),
                Arguments.of(
                        "allow proto tcp tcp-flags none",
                        "tcp-flags 'none' at word 5: no flag to look at; " + FLAGS),
                Arguments.of(
                        "allow proto tcp tcp-flags syn/ack",
                        "tcp-flags 'syn/ack' at word 5: asks for flags it doesn't look at: syn"
                                + " after the '/' missing"),
                Arguments.of("rewrite dst-mac=zz", "dst-mac 'zz' at word 2: " + NO_MAC),
                Arguments.of(
                        "rewrite src-mac=ff:ff:ff:ff:ff:ff",
                        "src-mac 'ff:ff:ff:ff:ff:ff' at word 2: a source is neither a group address"
                                + " nor zero"),
                Arguments.of(
                        "rewrite dst-ip=10.0.0.0/8", "dst-ip '10.0.0.0/8' at word 2: " + NO_IP),
                Arguments.of(
                        "rewrite dst-port= where proto tcp",
                        "dst-port '' at word 2: allowed: 0 to 65535"),
                Arguments.of("rewrite vlan-push=0", "vlan-push '0' at word 2: allowed: 1 to 4094"),
                Arguments.of("rewrite dscp=64", "dscp '64' at word 2: allowed: 0 to 63"));
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                Arguments.of(
                        "allow dst-port 80", "dst-port at word 2 needs 'proto tcp' or 'proto udp'"),
                Arguments.of(
                        "allow proto icmp src-port 80",
                        "src-port at word 4 needs 'proto tcp' or 'proto udp'"),
                Arguments.of(
                        "allow proto sctp src-port 80",
                        "src-port at word 4 needs 'proto tcp' or 'proto udp'"),
                Arguments.of(
                        "allow icmp-type 8",
                        "icmp-type at word 2 needs 'proto icmp' or 'proto icmpv6'"),
                Arguments.of(
                        "allow proto icmp icmp-code 0", "icmp-code at word 4 needs 'icmp-type'"),
                Arguments.of(
                        "allow proto udp tcp-flags syn", "tcp-flags at word 4 needs 'proto tcp'"),
                Arguments.of(
                        "allow dst-ip fd00::/8 src-ip 10.0.0.0/8",
                        "dst-ip at word 2 is for IPv6, but src-ip is for IPv4"),
                Arguments.of(
                        "allow ethertype ipv6 src-ip 10.0.0.1",
                        "src-ip at word 4 is for IPv4, but ethertype is for IPv6"),
                Arguments.of(
                        "allow ethertype arp src-ip 10.0.0.1",
                        "src-ip at word 4 is for IPv4, but ethertype is for arp"),
                Arguments.of(
                        "allow proto icmpv6 src-ip 10.0.0.1",
                        "proto at word 2 is for IPv6, but src-ip is for IPv4"),
                Arguments.of(
                        "allow proto tcp ethertype arp",
                        "proto at word 2 needs an IP packet, but ethertype is arp"),
                Arguments.of(
                        "rewrite dst-ip=fd00::1 where dst-ip 10.0.0.1",
                        "dst-ip= at word 2 is for IPv6, but dst-ip is for IPv4"),
                Arguments.of(
                        "rewrite src-ip=10.0.0.1 dst-ip=fd00::1",
                        "dst-ip= at word 3 is for IPv6, but src-ip= is for IPv4"),
                Arguments.of(
                        "rewrite dst-port=80 where proto sctp",
                        "dst-port= at word 2 needs 'proto tcp' or 'proto udp' among the"
                                + " conditions"),
                Arguments.of(
                        "rewrite ttl-dec where ethertype arp",
                        "ttl-dec at word 2 needs an IP packet, but ethertype is arp"),
                Arguments.of(
                        "rewrite vlan-pop where vlan none",
                        "vlan-pop at word 2 needs a tag, but the condition is 'vlan none'"),
                Arguments.of(
                        "rewrite vlan-pop vlan-push=3",
                        "vlan-pop at word 2 can't go with vlan-push="),
                Arguments.of(
                        "rewrite vlan-set=3 vlan-pop",
                        "vlan-set= at word 2 can't go with vlan-pop"));
    }

    @ParameterizedTest
    @MethodSource({"words", "values", "contradictions"})
    void shouldSayWhereAndWhatIsAllowed(final String text, final String line) {
        final RuleSyntaxException refused =
                assertThrows(RuleSyntaxException.class, () -> RuleBody.parse(text));
        assertEquals("rule: " + line, refused.getMessage());
    }

    @Test
    void shouldRefuseWhenTextIsTooLong() {
        final String text = "allow " + "x".repeat(4096);
        final RuleSyntaxException refused =
                assertThrows(RuleSyntaxException.class, () -> RuleBody.parse(text));
        assertEquals("rule: text of 4102 characters; allowed: 4096", refused.getMessage());
    }

    @Test
    void shouldRefuseWhenPortListIsTooLong() {
        final String list = "1,".repeat(64) + "2";
        final RuleSyntaxException refused =
                assertThrows(
                        RuleSyntaxException.class,
                        () -> RuleBody.parse("allow proto tcp dst-port " + list));
        assertEquals(
                "rule: dst-port '" + list.substring(0, 61) + "...' at word 5: more than 64 ranges",
                refused.getMessage());
    }

    @Test
    void shouldRefuseContradictionsWhenBuiltWithoutText() {
        final Conditions ports =
                Conditions.none().with(ConditionField.DST_PORT, PortSet.of(80, 80));
        final RuleSyntaxException refused =
                assertThrows(
                        RuleSyntaxException.class, () -> new RuleBody(Action.ALLOW, false, ports));
        assertEquals("rule: dst-port needs 'proto tcp' or 'proto udp'", refused.getMessage());
    }
}
