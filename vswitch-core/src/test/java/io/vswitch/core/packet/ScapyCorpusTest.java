package io.vswitch.core.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.counters.DropReason;
import io.vswitch.core.policy.HeaderFields;
import io.vswitch.core.policy.HeaderText;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScapyCorpusTest {
    private final PacketFixture fixture = new PacketFixture();

    @ParameterizedTest
    @MethodSource("io.vswitch.core.packet.ScapyCorpus#rows")
    void shouldReadWhatScapyReads(final ScapyCorpus.Row row) {
        assertNull(fixture.parse(row.frame()));
        final HeaderFields fields = fixture.fields();
        final int[] read = {
            fields.etherType,
            vid(fields.outerVlan),
            vid(fields.innerVlan),
            fields.protocol,
            fields.tcpFlags,
            fields.fragment,
            fields.sourcePort,
            fields.destinationPort
        };
        assertArrayEquals(row.numbers(), read);
        if (!row.source().equals("-")) {
            assertEquals(row.source(), HeaderText.source(fields));
            assertEquals(row.destination(), HeaderText.destination(fields));
        }
        assertEquals(0x0200_0000_0002L, fields.destinationMac);
        assertEquals(0x0200_0000_0001L, fields.sourceMac);
        assertEquals(PacketFixture.PORT, fields.ingressPort);
        final int start = fixture.batch().offset(0);
        assertEquals(row.l3(), fixture.batch().l3Offset(0) - start);
        assertEquals(row.l4() == 0 ? 0 : row.l4() + start, fixture.batch().l4Offset(0));
    }

    @Test
    void shouldKeepKeyOrDropWhenTruncatedAnywhere() {
        ScapyCorpus.rows()
                .filter(row -> row.frame().length < 300)
                .forEach(this::truncateEverywhere);
    }

    private void truncateEverywhere(final ScapyCorpus.Row row) {
        assertNull(fixture.parse(row.frame()));
        final long[] whole = fixture.key();
        int kept = 0;
        for (int length = 0; length < row.frame().length; length++) {
            final DropReason reason = fixture.parse(Arrays.copyOf(row.frame(), length));
            if (reason == null) {
                assertArrayEquals(whole, fixture.key(), row + " cut to " + length);
                kept++;
            }
            assertTrue(fixture.areCanariesAlive());
        }
        final boolean lengthInside = row.etherType() == 0x800 || row.etherType() == 0x86dd;
        assertTrue(
                !lengthInside || kept <= 17,
                row + ": " + kept + " cuts below the IP packet's end pass");
    }

    @Test
    void shouldIgnorePaddingWhenBehindTheIpPacket() {
        ScapyCorpus.rows()
                .filter(row -> row.etherType() == 0x800 || row.etherType() == 0x86dd)
                .forEach(this::padUpTo255);
    }

    private void padUpTo255(final ScapyCorpus.Row row) {
        assertNull(fixture.parse(row.frame()));
        final long[] key = fixture.key();
        for (int padding = 1; padding <= 255; padding++) {
            final byte[] padded = Arrays.copyOf(row.frame(), row.frame().length + padding);
            Arrays.fill(padded, row.frame().length, padded.length, (byte) padding);
            assertNull(fixture.parse(padded));
            assertArrayEquals(key, fixture.key());
        }
    }

    @Test
    void shouldNeverThrowWhenAnyByteOfAHeaderLies() {
        final int[] lies = {0x00, 0x01, 0x0f, 0x40, 0x45, 0x7f, 0x80, 0xff};
        ScapyCorpus.rows().forEach(row -> lieEverywhere(row, lies));
    }

    private void lieEverywhere(final ScapyCorpus.Row row, final int[] lies) {
        for (int at = 0; at < Math.min(row.frame().length, 120); at++) {
            for (final int lie : lies) {
                final byte[] frame = row.frame().clone();
                frame[at] = (byte) lie;
                final DropReason reason = fixture.parse(frame);
                if (reason == null) {
                    final int l4 = fixture.batch().l4Offset(0);
                    final int end = fixture.batch().offset(0) + frame.length;
                    assertFalse(
                            l4 != 0 && l4 + 8 > end, row + ": transport header outside the frame");
                } else {
                    assertEquals(0, fixture.batch().parseFlags(0));
                    assertEquals(0, fixture.batch().l4Offset(0));
                }
            }
        }
    }

    private static int vid(final int vlan) {
        return vlan == 0 ? -1 : vlan & 0xfff;
    }
}
