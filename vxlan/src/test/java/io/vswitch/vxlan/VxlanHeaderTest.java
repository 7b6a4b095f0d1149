package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VxlanHeaderTest {
    private static UnsafeBuffer bytes(final String hex) {
        return new UnsafeBuffer(HexFormat.of().parseHex(hex));
    }

    @Test
    void shouldReadVniWhenFlagIsSet() {
        final UnsafeBuffer b = bytes("ffff" + "0800000012345600");
        assertTrue(VxlanHeader.isValid(b, 2, 10));
        assertEquals(0x123456, VxlanHeader.vni(b, 2));
        assertEquals(VxlanHeader.FLAG_VNI, VxlanHeader.flags(b, 2));
    }

    @Test
    void shouldIgnoreReservedBitsWhenReceived() {
        final UnsafeBuffer b = bytes("fffffffffffffeff");
        assertTrue(VxlanHeader.isValid(b, 0, 8));
        assertEquals(0xfffffe, VxlanHeader.vni(b, 0));
    }

    @Test
    void shouldRefuseWhenVniFlagIsMissing() {
        assertFalse(VxlanHeader.isValid(bytes("f7ffffff00000100"), 0, 8));
    }

    /** The limit is the packet's end, not the buffer's. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 7})
    void shouldRefuseWhenCutOff(final int length) {
        final UnsafeBuffer b = bytes("08000000000001000800000000000100");
        assertFalse(VxlanHeader.isValid(b, 4, 4 + length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 0x123456, VxlanHeader.MAX_VNI})
    void shouldReadBackWhatWasEncodedWithReservedBitsZero(final int vni) {
        final UnsafeBuffer b = bytes("ffffffffffffffffffff");
        VxlanHeader.encode(b, 1, VxlanHeader.requireVni(vni));
        assertEquals(vni, VxlanHeader.vni(b, 1));
        final byte[] expected = HexFormat.of().parseHex(String.format("ff08000000%06x00ff", vni));
        assertArrayEquals(expected, b.byteArray());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0x100_0000, Long.MAX_VALUE})
    void shouldRefuseInOneLineWhenVniIsOutOfRange(final long number) {
        final IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> VxlanHeader.requireVni(number));
        assertEquals("VNI " + number + "; allowed: 0 to 16777215", e.getMessage());
    }
}
