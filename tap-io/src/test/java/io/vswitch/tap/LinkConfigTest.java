package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.engine.SwitchException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class LinkConfigTest {
    private TestNamespace namespace;
    private LinkConfig config;

    @BeforeEach
    void setUp() {
        namespace = new TestNamespace();
        namespace.ip("link", "add", "d0", "type", "veth", "peer", "name", "p0");
        config = LinkConfig.open(namespace.namespace());
    }

    @AfterEach
    void tearDown() {
        if (config != null) {
            config.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private String show() {
        return namespace.ip("-j", "-d", "addr", "show", "d0");
    }

    private String refusal(final Runnable action) {
        return assertThrows(SwitchException.class, action::run).getMessage();
    }

    @Test
    void shouldReadBackWhatWasSet() {
        config.setMac("d0", "02:00:00:00:00:07");
        config.setMtu("d0", 9000);
        config.setUp("d0", true);
        final LinkInfo link = config.get("d0");
        assertEquals("02:00:00:00:00:07", link.mac());
        assertEquals(9000, link.mtu());
        assertEquals("veth", link.kind());
        assertTrue(link.isUp());
        assertTrue(show().contains("\"ifindex\":" + link.index()), this::show);
        assertTrue(show().contains("\"mtu\":9000"), this::show);
        config.setUp("d0", false);
        assertFalse(config.get("d0").isUp());
    }

    @Test
    void shouldListAddressesOfBothFamilies() {
        config.addAddress("d0", "10.9.0.5/24");
        config.addAddress("d0", "10.9.1.1/32");
        config.addAddress("d0", "fd00::5/64");
        assertEquals(
                List.of("10.9.0.5/24", "10.9.1.1/32", "fd00:0:0:0:0:0:0:5/64"),
                config.addresses("d0"));
        assertTrue(show().contains("\"local\":\"fd00::5\",\"prefixlen\":64"), this::show);
    }

    @Test
    void shouldAcceptWhatIsThereAlreadyOnlyWhenAskedTo() {
        config.setUp("d0", true);
        config.addAddress("d0", "10.9.0.5/24");
        config.ensureAddress("d0", "10.9.0.5/24");
        config.ensureRoute("d0", "default", "10.9.0.1");
        config.ensureRoute("d0", "default", "10.9.0.1");
        final String refusal = refusal(() -> config.addAddress("d0", "10.9.0.5/24"));
        assertTrue(refusal.startsWith("add address 10.9.0.5/24 to d0: File exists"), () -> refusal);
    }

    @Test
    void shouldRenameAndDelete() {
        config.rename("d0", "d1");
        assertFalse(config.find("d0").isPresent());
        assertTrue(config.delete("d1"));
        assertFalse(config.delete("d1"));
    }

    @Test
    void shouldSayWhatIsWrongInOneLine() {
        assertEquals("device 'd7' not found", refusal(() -> config.setUp("d7", true)));
        assertTrue(
                refusal(() -> config.setMtu("d0", 5)).startsWith("set MTU of d0 to 5: "),
                "kernel's answer");
        assertEquals(
                "MAC address '01:00:00:00:00:01'; allowed: six hex bytes with colons, neither zero"
                        + " nor a group address",
                refusal(() -> config.setMac("d0", "01:00:00:00:00:01")));
        assertEquals(
                "prefix length of '10.0.0.1/33'; allowed: 0 to 32",
                refusal(() -> config.addAddress("d0", "10.0.0.1/33")));
        assertEquals(
                "IP address 'host'; allowed: an IPv4 or IPv6 address like 10.0.0.2 or fd00::2",
                refusal(() -> config.addAddress("d0", "host/24")));
    }
}
