package io.vswitch.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vswitch.core.counters.DropReason;
import java.util.HexFormat;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class VirtioNetHeaderTest {
    private static final byte[] TCP4 = ScapyCorpus.frame("ipv4 tcp-all-flags");
    private static final byte[] TCP6 = ScapyCorpus.frame("ipv6 tcp-all-flags");
    private static final byte[] UDP4 = ScapyCorpus.frame("ipv4 udp");
    private static final byte[] VXLAN4 = ScapyCorpus.frame("ipv4 vxlan");
    private static final byte[] GRE4 = ScapyCorpus.frame("ipv4 gre");
    private static final byte[] FRAGMENT = ScapyCorpus.frame("fragment 1");

    private final PacketFixture fixture = new PacketFixture();

    @Test
    void shouldReadAndWriteTheBytesOfTheKernel() {
        final String bytes = "01" + "81" + "4200" + "a805" + "2200" + "1000";
        fixture.load(TCP4);
        VirtioNetHeader.decode(buffer(bytes), 0, fixture.batch(), 0);
        assertEquals(Offload.NEEDS_CHECKSUM, fixture.batch().offloadFlags(0));
        assertEquals(Offload.GSO_TCPV4 | Offload.GSO_ECN, fixture.batch().gsoType(0));
        assertEquals(0x42, fixture.batch().headerLength(0));
        assertEquals(1448, fixture.batch().gsoSize(0));
        assertEquals(34, fixture.batch().checksumStart(0));
        assertEquals(16, fixture.batch().checksumOffset(0));
        final UnsafeBuffer out = new UnsafeBuffer(new byte[12]);
        out.setMemory(0, 12, (byte) 0x77);
        VirtioNetHeader.encode(out, 0, fixture.batch(), 0);
        assertEquals(bytes + "7777", HexFormat.of().formatHex(out.byteArray()));
        VirtioNetHeader.encodeV1(out, 0, fixture.batch(), 0);
        assertEquals(bytes + "0000", HexFormat.of().formatHex(out.byteArray()));
        assertEquals(1448, VirtioNetHeader.gsoSize(out, 0));
        assertEquals(34, VirtioNetHeader.checksumStart(out, 0));
        assertEquals(16, VirtioNetHeader.checksumOffset(out, 0));
        assertEquals(0x42, VirtioNetHeader.headerLength(out, 0));
        assertEquals(0x81, VirtioNetHeader.gsoType(out, 0));
        assertEquals(1, VirtioNetHeader.flags(out, 0));
    }

    @Test
    void shouldIgnoreUnaskedFieldsWhenNothingIsAskedFor() {
        fixture.load(TCP4);
        VirtioNetHeader.decode(
                buffer("06" + "00" + "ffff" + "ffff" + "ffff" + "ffff"), 0, fixture.batch(), 0);
        assertNull(fixture.parse());
        final UnsafeBuffer out = new UnsafeBuffer(new byte[10]);
        VirtioNetHeader.encode(out, 0, fixture.batch(), 0);
        assertEquals("02000000000000000000", HexFormat.of().formatHex(out.byteArray()));
    }

    @Test
    void shouldWriteNoHintWhenItWouldLieOutsideTheFrame() {
        fixture.load(TCP4);
        fixture.batch().offload(0, Offload.NEEDS_CHECKSUM, 0, 0, 0, 34, 16);
        fixture.batch().moveStart(0, 4);
        final UnsafeBuffer out = new UnsafeBuffer(new byte[10]);
        VirtioNetHeader.encode(out, 0, fixture.batch(), 0);
        assertEquals(0, VirtioNetHeader.headerLength(out, 0));
        assertEquals(30, VirtioNetHeader.checksumStart(out, 0));
    }

    @Test
    void shouldAcceptRequestsThatAgreeWithTheFrame() {
        assertNull(check(TCP4, 1, 0, 0, 34, 16));
        assertNull(check(TCP4, 1, Offload.GSO_TCPV4, 10, 34, 16));
        assertNull(check(TCP4, 1, Offload.GSO_TCPV4 | Offload.GSO_ECN, 10, 34, 16));
        assertNull(check(TCP6, 1, Offload.GSO_TCPV6, 10, 54, 16));
        assertNull(check(UDP4, 1, Offload.GSO_UDP_L4, 2, 34, 6));
        assertNull(check(VXLAN4, 1, 0, 0, 34 + 8 + 8 + 34, 16)); // the checksum of the inner TCP
        assertNull(check(GRE4, 1, 0, 0, 34 + 4 + 20, 6));
        assertNull(check(TCP4, 2, 0, 0, 0, 0));
    }

    @Test
    void shouldDropRequestsThatContradictTheFrame() {
        final int end = TCP4.length;
        malformed(TCP4, 1, 0, 0, end, 0);
        malformed(TCP4, 1, 0, 0, 0xffff, 0xffff);
        malformed(TCP4, 1, 0, 0, end - 17, 16);
        malformed(TCP4, 1, 0, 0, 0, 26); // would overwrite an address
        malformed(TCP4, 1, 0, 0, 34, 0); // would overwrite a port
        malformed(TCP4, 1, 0, 0, 34, 6);
        malformed(TCP4, 1, 0, 0, 35, 15);
        malformed(TCP4, 1, 0, 0, 54, 0);
        malformed(UDP4, 1, 0, 0, 34, 16);
        malformed(GRE4, 1, 0, 0, 33, 6);
        malformed(FRAGMENT, 1, 0, 0, 34, 16);
        malformed(TCP4, 0, Offload.GSO_TCPV4, 10, 34, 16);
        malformed(TCP4, 1, Offload.GSO_TCPV4, 0, 34, 16);
        malformed(TCP4, 1, Offload.GSO_TCPV6, 10, 34, 16);
        malformed(TCP4, 1, Offload.GSO_UDP_L4, 10, 34, 16);
        malformed(TCP6, 1, Offload.GSO_TCPV4, 10, 54, 16);
        malformed(UDP4, 1, Offload.GSO_TCPV4, 10, 34, 6);
        malformed(UDP4, 1, Offload.GSO_UDP, 10, 34, 6);
        malformed(UDP4, 1, Offload.GSO_UDP_L4 | Offload.GSO_ECN, 10, 34, 6);
        malformed(VXLAN4, 1, Offload.GSO_UDP_L4, 10, 84, 16);
        malformed(TCP4, 1, 2, 10, 34, 16);
        malformed(TCP4, 1, 0x80, 10, 34, 16);
    }

    @Test
    void shouldNotLetAChecksumOverwriteAnExtensionHeaderThatWasJudged() {
        final byte[] frame = ScapyCorpus.frame("ipv6-dst-rt-dst gre");
        final int gre = 14 + 40 + 16 + 24 + 8;
        for (int start = 14; start < gre; start++) {
            malformed(frame, 1, 0, 0, start, 0);
        }
        assertNull(check(frame, 1, 0, 0, gre, 0));
    }

    @Test
    void shouldNeverThrowWhenAllFieldsAreRandom() {
        final Random random = new Random(20);
        final byte[] header = new byte[10];
        for (int i = 0; i < 200_000; i++) {
            random.nextBytes(header);
            fixture.load(UDP4);
            VirtioNetHeader.decode(new UnsafeBuffer(header), 0, fixture.batch(), 0);
            if (fixture.parse() == null) {
                Checksums.complete(fixture.batch(), 0);
            }
        }
    }

    private void malformed(
            final byte[] frame,
            final int flags,
            final int type,
            final int size,
            final int start,
            final int field) {
        assertEquals(DropReason.MALFORMED_OFFLOAD, check(frame, flags, type, size, start, field));
    }

    private DropReason check(
            final byte[] frame,
            final int flags,
            final int type,
            final int size,
            final int start,
            final int field) {
        fixture.load(frame);
        fixture.batch().offload(0, flags, type, size, 0, start, field);
        return fixture.parse();
    }

    private static UnsafeBuffer buffer(final String hex) {
        return new UnsafeBuffer(HexFormat.of().parseHex(hex));
    }
}
