package io.vswitch.ctl.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardsTest {
    private static final String JSON =
            "{\"name\":\"web1\",\"type\":\"tap\",\"network\":null,\"netns\":null,\"netnsId\":null,"
                    + "\"device\":\"web1\",\"mac\":\"02:00:00:00:00:01\",\"addresses\":%s,"
                    + "\"routes\":[],\"mtu\":0,\"vnetHdr\":true,\"enabled\":true%s}";

    private static PortSpec port(final String addresses, final String more) throws Exception {
        final byte[] json = JSON.formatted(addresses, more).getBytes(StandardCharsets.UTF_8);
        return Json.read(json, PortSpec.class);
    }

    @Test
    void shouldHaveNoGuardsWhenTheJournalIsOlderThanThem() throws Exception {
        final PortSpec old = port("[\"10.0.0.1/24\"]", "");
        assertTrue(Guards.of(old).isNone());
        assertEquals("none", Guards.text(old.guards()));
    }

    @Test
    void shouldGuardWhatThePortKnowsWhenAuto() throws Exception {
        final List<String> auto = List.of(Guards.AUTO);
        final PortSpec addressed = port("[\"10.0.0.1/24\"]", "");
        assertEquals("all", Guards.text(Guards.resolve(auto, addressed)));
        final PortSpec bare = port("[]", "");
        assertEquals("mac,arp,nd,dhcp,ra,storm", Guards.text(Guards.resolve(auto, bare)));
        assertEquals("mac,ra", Guards.of(port("[]", ",\"guards\":[\"ra\",\"mac\"]")).toString());
    }

    @Test
    void shouldRefuseUnknownGuardsWithTheNamesThatAre() {
        final Refusal refusal = assertThrows(Refusal.class, () -> Guards.parse("mac,auto"));
        assertEquals(
                "guard 'auto'; allowed are auto, none, or a list of"
                        + " mac,ipv4,ipv6,arp,nd,dhcp,ra,storm",
                refusal.getMessage());
    }
}
