package io.vswitch.ctl.persist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files come from our own writer, from Wireshark's editcap, and by hand where they are wrong. */
class PcapReaderTest {
    private static final Path EDITCAP = Path.of("/usr/bin/editcap");

    @TempDir Path directory;

    private static byte[] frame(final int seed, final int length) {
        final byte[] frame = new byte[length];
        new Random(seed).nextBytes(frame);
        return frame;
    }

    /** Five packets of 60 to 64 bytes on two interfaces, as pcapng. */
    private Path written() throws IOException {
        final Path file = directory.resolve("written.pcapng");
        try (PcapngWriter writer = new PcapngWriter(file, Long.MAX_VALUE)) {
            writer.addInterface("a", 0);
            writer.addInterface("b", 0);
            for (int i = 0; i < 5; i++) {
                final UnsafeBuffer frame = new UnsafeBuffer(frame(i, 60 + i));
                writer.write(i % 2, 1_764_000_000_000_000_000L, frame, 0, 60 + i, 60 + i, "no");
            }
        }
        return file;
    }

    private Path file(final byte[] bytes) throws IOException {
        return Files.write(directory.resolve("f"), bytes);
    }

    private static String refused(final Path file, final long number) {
        return assertThrows(Refusal.class, () -> PcapReader.frame(file, number)).getMessage();
    }

    @Test
    void shouldReadEveryPacketThatOurWriterWrote() throws IOException {
        final Path file = written();

        for (int i = 0; i < 5; i++) {
            assertArrayEquals(frame(i, 60 + i), PcapReader.frame(file, i + 1));
        }
        assertEquals(file + " has 5 packet(s); there is no packet 6", refused(file, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcap", "nsecpcap", "pcapng"})
    void shouldReadEveryPacketThatEditcapWrote(final String format) throws Exception {
        assumeTrue(Files.isExecutable(EDITCAP), "editcap isn't installed");
        final Path file = directory.resolve("edited");
        final List<String> command =
                List.of(EDITCAP.toString(), "-F", format, written().toString(), file.toString());
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(frame(i, 60 + i), PcapReader.frame(file, i + 1));
        }
    }

    private static ByteBuffer pcap(final ByteOrder order, final int magic, final int link) {
        return ByteBuffer.allocate(2048)
                .order(order)
                .putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(262_144)
                .putInt(link);
    }

    private static void record(final ByteBuffer file, final byte[] frame, final int original) {
        file.putInt(1).putInt(2).putInt(frame.length).putInt(original).put(frame);
    }

    private static byte[] bytes(final ByteBuffer file) {
        return Arrays.copyOf(file.array(), file.position());
    }

    @ParameterizedTest
    @CsvSource({"a1b2c3d4,true", "a1b2c3d4,false", "a1b23c4d,true", "a1b23c4d,false"})
    void shouldReadBothByteOrdersAndFillUpWhatWasCutOff(final String magic, final boolean big)
            throws IOException {
        final ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        final ByteBuffer pcap = pcap(order, Integer.parseUnsignedInt(magic, 16), 1);
        record(pcap, frame(1, 70), 70);
        record(pcap, frame(2, 64), 100);

        final Path file = file(bytes(pcap));

        assertArrayEquals(frame(1, 70), PcapReader.frame(file, 1));
        assertArrayEquals(Arrays.copyOf(frame(2, 64), 100), PcapReader.frame(file, 2));
    }

    @Test
    void shouldReadSimplePacketsInBothByteOrders() throws IOException {
        for (final ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            final ByteBuffer file = section(order);
            file.putInt(1).putInt(20).putInt(1 << 16 * (big(order) ? 1 : 0)).putInt(50).putInt(20);
            file.putInt(3).putInt(16 + 52).putInt(90).put(frame(3, 50)).putShort((short) 0);
            file.putInt(16 + 52);

            assertArrayEquals(
                    Arrays.copyOf(frame(3, 50), 90), PcapReader.frame(file(bytes(file)), 1));
        }
    }

    private static boolean big(final ByteOrder order) {
        return order == ByteOrder.BIG_ENDIAN;
    }

    private static ByteBuffer section(final ByteOrder order) {
        return ByteBuffer.allocate(2048)
                .order(order)
                .putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putInt(1 << 16 * (big(order) ? 1 : 0))
                .putLong(-1)
                .putInt(28);
    }

    @Test
    void shouldRefuseInOneLineWhenAFileIsWrong() throws IOException {
        final Path missing = directory.resolve("missing");
        assertEquals("can't read " + missing + ": no such file", refused(missing, 1));
        final Path f = file(new byte[0]);
        assertEquals(f + " is neither a pcap nor a pcapng file", refused(f, 1));
        assertEquals("packet 0; packets count from 1", refused(f, 0));

        final ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        file(bytes(pcap(order, 0xa1b2c3d4, 113)));
        assertEquals(f + ": packets of link type 113; allowed is Ethernet (1)", refused(f, 1));

        final ByteBuffer huge = pcap(order, 0xa1b2c3d4, 1).putLong(0).putInt(-1).putInt(60);
        file(bytes(huge));
        assertEquals(f + " is damaged after packet 1: a record of 4294967295 bytes", refused(f, 1));

        final ByteBuffer cut = pcap(order, 0xa1b2c3d4, 1).putLong(0).putInt(60).putInt(60);
        file(bytes(cut.putInt(7)));
        assertEquals(f + " ends in the middle of a record", refused(f, 1));

        final ByteBuffer giant = pcap(order, 0xa1b2c3d4, 1).putLong(0).putInt(1).putInt(-1);
        file(bytes(giant.put((byte) 1)));
        assertEquals(f + ": packet 1 has 4294967295 bytes; allowed are 1 to 65535", refused(f, 1));

        file(bytes(section(order).putInt(6).putInt(32).putInt(9).position(28 + 28).putInt(32)));
        assertEquals(
                f + " is damaged after packet 1: a packet of interface 9, which isn't described",
                refused(f, 1));

        file(bytes(section(order).putInt(6).putInt(8)));
        assertEquals(f + " is damaged after packet 0: a block of 8 bytes", refused(f, 1));
    }

    @Test
    void shouldNeitherFailNorHangWhenBytesAreWrongAtRandom() throws IOException {
        final long seed = System.nanoTime();
        System.out.println("PcapReaderTest seed " + seed);
        final Random random = new Random(seed);
        final byte[] pcapng = Files.readAllBytes(written());
        final ByteBuffer classic = pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 1);
        for (int i = 0; i < 5; i++) {
            record(classic, frame(i, 60), 60);
        }
        int read = 0;
        for (int i = 0; i < 5_000; i++) {
            final byte[] damaged = (i % 2 == 0 ? pcapng : bytes(classic)).clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            final int length = random.nextInt(3) == 0 ? random.nextInt(damaged.length) : -1;
            file(length < 0 ? damaged : Arrays.copyOf(damaged, length));
            try {
                read +=
                        PcapReader.frame(directory.resolve("f"), 1 + random.nextInt(6)).length > 0
                                ? 1
                                : 0;
            } catch (final Refusal e) {
                assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
            }
        }
        assertTrue(read > 500, read + " of 5,000");
    }
}
