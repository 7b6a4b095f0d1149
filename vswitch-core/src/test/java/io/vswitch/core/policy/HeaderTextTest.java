package io.vswitch.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vswitch.core.packet.PacketFixture;
import io.vswitch.core.packet.ScapyCorpus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderTextTest {
    private static final String MACS = " 02:00:00:00:00:01 > 02:00:00:00:00:02";

    @ParameterizedTest
    @CsvSource({
        "ipv4 tcp-syn, tcp 10.0.0.1:1234 > 192.168.255.2:80 [S]MACS",
        "qinq ipv4 udp, udp 10.0.0.1:53 > 192.168.255.2:5353MACS vlan 100 inner-vlan 4095",
        "vlan ipv6 tcp-all-flags, tcp [fd00::1]:65535 > [2001:db8::ffff:2]:1 [FSRPAUEC]MACS vlan 5",
        "priority-tag arp-request, arp 10.0.0.1 > 10.0.0.2 op 1MACS vlan 0",
        "echo request, icmp 10.0.0.1 > 10.0.0.2 type 8 code 0 id 48879MACS",
        "neighbour solicitation, icmpv6 fd00::1 > fd00::2 type 135 code 0MACS",
        "ipv4 sctp, ipv4 protocol 132 10.0.0.1 > 192.168.255.2MACS",
        "fragment 0, udp 10.0.0.1:1 > 10.0.0.2:2 first fragmentMACS",
        "fragment 1, udp 10.0.0.1 > 10.0.0.2 later fragmentMACS",
        "unknown type, ethertype 0x88b5MACS"
    })
    void shouldPrintOneLine(final String name, final String text) {
        final PacketFixture fixture = new PacketFixture();
        final ScapyCorpus.Row row =
                ScapyCorpus.rows()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        assertNull(fixture.parse(row.frame()));
        assertEquals(text.replace("MACS", MACS), HeaderText.of(fixture.fields()));
    }
}
