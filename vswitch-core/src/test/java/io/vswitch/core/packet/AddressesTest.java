package io.vswitch.core.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @Property
    void shouldReadBackEveryMac(@ForAll @LongRange(max = 0xffff_ffff_ffffL) final long mac) {
        assertEquals(mac, Addresses.parseMac(Addresses.mac(mac)));
    }

    @Property
    void shouldReadBackEveryIpv4Address(@ForAll final int address) {
        assertEquals(address, Addresses.parseIpv4(Addresses.ipv4(address)));
    }

    @Property
    void shouldReadBackEveryIpv6AddressAsJavaDoes(
            @ForAll final long high, @ForAll final long low, @ForAll final int zeroGroups)
            throws UnknownHostException {
        final long maskedHigh = high & mask(zeroGroups);
        final long maskedLow = low & mask(zeroGroups >>> 4);
        final String text = Addresses.ipv6(maskedHigh, maskedLow);
        assertArrayEquals(new long[] {maskedHigh, maskedLow}, Addresses.parseIpv6(text));
        final byte[] java = InetAddress.getByName(text).getAddress();
        if (java.length == 16) {
            assertEquals(maskedHigh, ByteBuffer.wrap(java).getLong(0));
            assertEquals(maskedLow, ByteBuffer.wrap(java).getLong(8));
        }
    }

    private static long mask(final int groups) {
        long mask = 0;
        for (int i = 0; i < 4; i++) {
            mask = mask << 16 | ((groups >> i & 1) == 0 ? 0xffff : 0);
        }
        return mask;
    }

    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:0, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "::ffff:10.0.0.1, ::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1, 64:ff9b::a00:1",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "0:1:2:3:4:5:6:7, 0:1:2:3:4:5:6:7",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "fe80::, fe80::"
    })
    void shouldPrintTheFormOfRfc5952(final String text, final String canonical) {
        final long[] address = Addresses.parseIpv6(text);
        assertEquals(canonical, Addresses.ipv6(address[0], address[1]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                "1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "g::",
                "::1%eth0",
                "1:2:3:4:5:6:7::8",
                "1:",
                ":1",
                "::1.2.3",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                " ::1",
                "::-1"
            })
    void shouldRefuseWhatIsNoIpv6Address(final String text) {
        assertRefused(text, () -> Addresses.parseIpv6(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "256.0.0.1",
                "01.2.3.4",
                "1.2.3.",
                "-1.2.3.4",
                "1.2.3.4 ",
                "a.b.c.d",
                "٣.1.1.1",
                "9999999999.1.1.1"
            })
    void shouldRefuseWhatIsNoIpv4Address(final String text) {
        assertRefused(text, () -> Addresses.parseIpv4(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "02:00:00:00:00",
                "02:00:00:00:00:00:00",
                "2:0:0:0:0:1",
                "02-00-00-00-00-01",
                "0g:00:00:00:00:00",
                "+1:00:00:00:00:00"
            })
    void shouldRefuseWhatIsNoMac(final String text) {
        assertRefused(text, () -> Addresses.parseMac(text));
    }

    private static void assertRefused(final String text, final Executable parse) {
        final String message = assertThrows(IllegalArgumentException.class, parse).getMessage();
        assertTrue(
                message.contains("\"" + text + "\"; allowed: ") && !message.contains("\n"),
                message);
    }
}
