package io.vswitch.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ChecksumsTest {
    @Test
    void shouldGiveTheExampleOfRfc1071() {
        final byte[] bytes = {
            0, 1, (byte) 0xf2, 3, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7
        };
        assertEquals(0xddf2, Checksums.sum(new UnsafeBuffer(bytes), 0, 8));
    }

    @Test
    void shouldGiveTheExampleOfRfc1624() {
        assertEquals(0x0000, Checksums.update(0xdd2f, Checksums.delta16(0x5555, 0x3285)));
    }

    @Property
    void shouldEqualTheNaiveSumWhereverItBegins(
            @ForAll final byte[] bytes, @ForAll @IntRange(max = 9) final int offset) {
        final int from = Math.min(offset, bytes.length);
        assertEquals(
                NaiveChecksum.sum(bytes, from, bytes.length),
                Checksums.sum(new UnsafeBuffer(bytes), from, bytes.length - from));
    }

    @Test
    void shouldLoseNoCarryWhenAllBitsAreSet() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[65_535]);
        buffer.setMemory(0, 65_535, (byte) 0xff);
        for (int length = 65_500; length <= 65_535; length++) {
            final int expected = (length & 1) == 0 ? 0xffff : 0xff00;
            assertEquals(expected, Checksums.sum(buffer, 0, length));
        }
    }

    @Property
    void shouldEqualRecomputationWhenUpdated(
            @ForAll @Size(40) final byte[] bytes, @ForAll final long high, @ForAll final long low) {
        final UnsafeBuffer b = new UnsafeBuffer(bytes);
        final int checksum = ~Checksums.sum(b, 0, 40) & 0xffff;
        final int delta128 = Checksums.delta128(word(b, 8), word(b, 16), high, low);
        final int delta64 = Checksums.delta64(word(b, 24), low);
        final int delta32 = Checksums.delta32((int) (word(b, 32) >>> 32), (int) high);
        final int delta16 = Checksums.delta16((int) word(b, 32), (int) low);
        put(b, 8, high);
        put(b, 16, low);
        put(b, 24, low);
        put(b, 32, high << 32 | word(b, 32) & 0xffff_0000L | low & 0xffff);
        int updated = Checksums.update(checksum, delta128);
        updated = Checksums.update(updated, delta64);
        updated = Checksums.update(updated, delta32);
        updated = Checksums.update(updated, delta16);
        assertEquals((~Checksums.sum(b, 0, 40) & 0xffff) % 0xffff, updated % 0xffff);
    }

    private static long word(final UnsafeBuffer b, final int at) {
        return b.getLong(at, java.nio.ByteOrder.BIG_ENDIAN);
    }

    private static void put(final UnsafeBuffer b, final int at, final long value) {
        b.putLong(at, value, java.nio.ByteOrder.BIG_ENDIAN);
    }

    @Test
    void shouldStoreAllOnesWhenAnUdpChecksumComesOutAsZero() {
        final PacketFixture fixture = new PacketFixture();
        final Random random = new Random(5);
        final byte[] frame = new byte[60];
        random.nextBytes(frame);
        NaiveChecksum.put(frame, 40, 0);
        NaiveChecksum.put(frame, 50, 0);
        final int rest = NaiveChecksum.sum(frame, 34, 60);
        NaiveChecksum.put(frame, 50, ~rest & 0xffff); // now the sum is 0xffff, the checksum 0
        fixture.load(frame);
        fixture.batch().offload(0, Offload.NEEDS_CHECKSUM, 0, 0, 0, 34, UdpHeader.CHECKSUM_OFFSET);
        Checksums.complete(fixture.batch(), 0);
        assertEquals(0xffff, NaiveChecksum.get(fixture.frame(), 40));
        assertEquals(0, fixture.batch().offloadFlags(0));
    }

    @Test
    void shouldCompletePartialChecksums() {
        final PacketFixture fixture = new PacketFixture();
        ScapyCorpus.rows()
                .filter(
                        row ->
                                row.l4() > 0
                                        && row.fragment() == 0
                                        && NaiveChecksum.field(row.l4(), row.protocol()) > 0)
                .forEach(
                        row -> {
                            final byte[] f = row.frame().clone();
                            final int field = NaiveChecksum.field(row.l4(), row.protocol());
                            final int expected = NaiveChecksum.get(f, field);
                            fixture.load(f);
                            final int pseudo = row.protocol() == 1 ? 0 : pseudo(row);
                            NaiveChecksum.put(f, field, pseudo);
                            fixture.load(f);
                            fixture.batch()
                                    .offload(
                                            0,
                                            Offload.NEEDS_CHECKSUM,
                                            0,
                                            0,
                                            0,
                                            row.l4(),
                                            field - row.l4());
                            assertEquals(null, fixture.parse(), row.name());
                            Checksums.complete(fixture.batch(), 0);
                            if (!row.name().equals("padded")
                                    && !row.name().equals("ah")) { // scapy writes 0 behind an AH
                                assertEquals(
                                        expected,
                                        NaiveChecksum.get(fixture.frame(), field),
                                        row.name());
                            }
                        });
    }

    private static int pseudo(final ScapyCorpus.Row row) {
        return NaiveChecksum.pseudo(
                row.frame(), row.l3(), row.protocol(), row.frame().length - row.l4());
    }
}
