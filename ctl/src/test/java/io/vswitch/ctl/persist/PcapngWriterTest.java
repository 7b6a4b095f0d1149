package io.vswitch.ctl.persist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge is tshark: it reads what was written. */
class PcapngWriterTest {
    private static final long EPOCH_NS = 1_764_000_000_123_456_789L;
    private static final Path TSHARK = Path.of("/usr/bin/tshark");

    @TempDir Path tmp;

    @Test
    void shouldReadBackTheSameWhenReadByTshark() throws Exception {
        Path file = tmp.resolve("a.pcapng");
        try (PcapngWriter writer = new PcapngWriter(file, Long.MAX_VALUE)) {
            int a = writer.addInterface("tap-a", 0);
            int b = writer.addInterface("größe", 20);
            writer.write(a, EPOCH_NS, frame(61), 3, 61, 61, "dropped: acl rule 7");
            writer.write(b, EPOCH_NS + 1, frame(64), 0, 64, 9000, null);
            writer.write(a, EPOCH_NS + 2_000_000_000L, frame(60), 3, 60, 60, "ü \" ,;");
        }
        List<String> lines =
                tshark(
                        file,
                        "frame.interface_name",
                        "frame.time_epoch",
                        "frame.cap_len",
                        "frame.len",
                        "frame.comment");
        assertEquals(
                List.of(
                        "tap-a|1764000000.123456789|61|61|dropped: acl rule 7",
                        "größe|1764000000.123456790|20|9000|",
                        "tap-a|1764000002.123456789|60|60|ü \" ,;"),
                lines);
    }

    @Test
    void shouldKeepEveryByteWhenFramesOfAllLengthsAreWritten() throws Exception {
        Path file = tmp.resolve("b.pcapng");
        Random random = new Random(42);
        List<String> expected = new ArrayList<>();
        try (PcapngWriter writer = new PcapngWriter(file, Long.MAX_VALUE)) {
            int id = writer.addInterface("x", 0);
            for (int length = 14; length < 1514; length += 1 + random.nextInt(7)) {
                byte[] data = new byte[length];
                random.nextBytes(data);
                data[12] = (byte) 0x88; // local experimental ethertype 1: shown as plain data
                data[13] = (byte) 0xB5;
                DirectBuffer frame =
                        length % 2 == 0
                                ? new UnsafeBuffer(data)
                                : new UnsafeBuffer(ByteBuffer.allocateDirect(length).put(data));
                writer.write(id, EPOCH_NS + length, frame, 0, length, length, "n" + length);
                String payload = HexFormat.of().formatHex(data, 14, length);
                expected.add("n" + length + "|" + payload);
            }
            assertEquals(expected.size(), writer.packets());
        }
        assertEquals(expected, tshark(file, "frame.comment", "data.data"));
    }

    @Test
    void shouldTakeNoMoreWhenThePacketLimitIsReached() throws Exception {
        Path file = tmp.resolve("c.pcapng");
        try (PcapngWriter writer = new PcapngWriter(file, 2)) {
            int id = writer.addInterface("x", 0);
            assertTrue(writer.write(id, 1, frame(60), 3, 60, 60, null));
            assertTrue(writer.write(id, 2, frame(60), 3, 60, 60, null));
            assertFalse(writer.write(id, 3, frame(60), 3, 60, 60, null));
            assertEquals(2, writer.packets());
        }
        assertEquals(2, tshark(file, "frame.len").size());
    }

    @Test
    void shouldShowWholePacketsWhenFlushedAndStillOpen() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PcapngWriter writer = new PcapngWriter(Channels.newChannel(out), 10)) {
            int id = writer.addInterface("x", 0);
            assertEquals(0, out.size());
            writer.write(id, EPOCH_NS, frame(60), 3, 60, 60, null);
            writer.flush();
            Path file = Files.write(tmp.resolve("d.pcapng"), out.toByteArray());
            assertEquals(List.of("60"), tshark(file, "frame.len"));
            int size = out.size();
            writer.flush();
            assertEquals(size, out.size());
        }
    }

    @Test
    void shouldCutTheCommentWhenItIsTooLong() throws Exception {
        Path file = tmp.resolve("e.pcapng");
        try (PcapngWriter writer = new PcapngWriter(file, 10)) {
            int id = writer.addInterface("x", 0);
            writer.write(id, EPOCH_NS, frame(60), 3, 60, 60, "€".repeat(30_000));
            writer.write(id, EPOCH_NS, frame(60), 3, 60, 60, "next");
        }
        List<String> comments = tshark(file, "frame.comment");
        assertTrue(comments.get(0).startsWith("€€") && !comments.get(0).contains("\uFFFD"));
        assertEquals("next", comments.get(1));
    }

    @Test
    void shouldWriteNothingOfAPacketWhenItsArgumentsAreBad() throws IOException {
        ByteArrayOutputStream empty = new ByteArrayOutputStream();
        new PcapngWriter(Channels.newChannel(empty), 1).close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PcapngWriter writer = new PcapngWriter(Channels.newChannel(out), 1)) {
            DirectBuffer frame = frame(60);
            var oob = IndexOutOfBoundsException.class;
            assertThrows(oob, () -> writer.write(0, 1, frame, 0, 60, 60, null));
            assertThrows(IllegalArgumentException.class, () -> writer.addInterface("x", -1));
        }
        assertArrayEquals(empty.toByteArray(), out.toByteArray());
        try (PcapngWriter writer = new PcapngWriter(Channels.newChannel(out), 1)) {
            int id = writer.addInterface("x", 0);
            DirectBuffer frame = frame(60);
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> writer.write(id, 1, frame, 10, 60, 60, null));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> writer.write(id, 1, frame, 0, -1, 60, null));
            assertEquals(0, writer.packets());
        }
        assertThrows(IllegalArgumentException.class, () -> new PcapngWriter(tmp.resolve("z"), 0));
    }

    /** A frame of {@code length} bytes at offset 3, ethertype local experimental 1. */
    private static DirectBuffer frame(int length) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[length + 3]);
        buffer.putByte(15, (byte) 0x88);
        buffer.putByte(16, (byte) 0xB5);
        return buffer;
    }

    private static List<String> tshark(Path file, String... fields) throws Exception {
        assumeTrue(
                Files.isExecutable(TSHARK), "SKIPPED: needs " + TSHARK + " (apt install tshark)");
        List<String> command =
                new ArrayList<>(List.of(TSHARK.toString(), "-n", "-r", file.toString()));
        command.addAll(List.of("-T", "fields", "-E", "separator=|", "-E", "occurrence=f"));
        for (String field : fields) {
            command.addAll(List.of("-e", field));
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Path errors = Path.of(file + ".err");
        Process tshark = builder.redirectError(errors.toFile()).start();
        byte[] out = tshark.getInputStream().readAllBytes();
        assertEquals(0, tshark.waitFor(), () -> readQuietly(errors));
        return new String(out, StandardCharsets.UTF_8).lines().toList();
    }

    private static String readQuietly(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
