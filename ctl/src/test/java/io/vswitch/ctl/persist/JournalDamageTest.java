package io.vswitch.ctl.persist;

import static io.vswitch.ctl.persist.JournalFixture.bytes;
import static io.vswitch.ctl.persist.JournalFixture.log;
import static io.vswitch.ctl.persist.JournalFixture.plant;
import static io.vswitch.ctl.persist.JournalFixture.read;
import static io.vswitch.ctl.persist.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every truncation, every flipped byte, and the hard cases between torn tail and damage. */
class JournalDamageTest {
    private static final int HEADER = JournalFormat.FILE_HEADER_LENGTH;
    private static final List<String> ALL = List.of("add-port a", "rule 1", "rule 2", "del-port a");

    @TempDir Path tmp;
    private Path dir;
    private byte[] good;
    private int lastStart;

    /** Three transactions: one record, two records, one record. */
    @BeforeEach
    void writeJournal() throws IOException {
        dir = tmp.resolve("journal");
        try (Journal journal = Journal.open(dir, (s, p) -> {})) {
            journal.append(bytes(ALL.get(0)));
            journal.appendAll(List.of(bytes(ALL.get(1)), bytes(ALL.get(2))));
            lastStart = (int) journal.sizeBytes();
            journal.append(bytes(ALL.get(3)));
        }
        good = Files.readAllBytes(log(dir));
    }

    @Test
    void shouldOpenWithAPrefixWhenTruncatedAnywhere() throws IOException {
        for (int length = 0; length <= good.length; length++) {
            plant(dir, Arrays.copyOf(good, length));
            if (length < HEADER) {
                assertThrows(JournalCorruptedException.class, () -> read(dir), "length " + length);
                continue;
            }
            List<String> found = read(dir);
            assertEquals(ALL.subList(0, found.size()), found, "length " + length);
            assertTrue(found.size() != 2, "half a transaction at length " + length);
            assertEquals(
                    length == good.length ? 4 : length >= lastStart ? 3 : found.size(),
                    found.size());
            write(dir, "after");
            assertEquals("after", read(dir).get(found.size()), "length " + length);
        }
    }

    @Test
    void shouldNeverReplayAWrongPayloadWhenAnyByteIsFlipped() throws IOException {
        for (int at = 0; at < good.length; at++) {
            for (int mask : new int[] {0x01, 0x80, 0xFF}) {
                byte[] flipped = good.clone();
                flipped[at] ^= (byte) mask;
                plant(dir, flipped);
                if (at >= lastStart) {
                    assertEquals(ALL.subList(0, 3), read(dir), "byte " + at);
                    continue;
                }
                var e =
                        assertThrows(
                                JournalCorruptedException.class, () -> read(dir), "byte " + at);
                assertArrayEquals(flipped, Files.readAllBytes(log(dir)), "changed at byte " + at);
                assertEquals(at < HEADER ? 0 : e.byteOffset() == HEADER ? 1 : 2, e.record());
            }
        }
    }

    @Test
    void shouldNameRecordAndWayOutInOneLineWhenCorrupted() throws IOException {
        byte[] flipped = good.clone();
        flipped[lastStart - 1] ^= 1;
        plant(dir, flipped);
        var e = assertThrows(JournalCorruptedException.class, () -> read(dir));
        int second = HEADER + JournalFormat.HEAD_LENGTH + Integer.BYTES + ALL.get(0).length();
        assertEquals(
                log(dir)
                        + ": record 2 at byte "
                        + second
                        + ": checksum doesn't match, and more data follows at byte "
                        + lastStart
                        + "; nothing was changed; run `vswitchd --repair-journal` to keep records"
                        + " 1..1 and move the rest to journal.log.bad",
                e.getMessage());
        assertEquals(2, e.record());
        assertEquals(second, e.byteOffset());
    }

    @Test
    void shouldKeepAllGoodRecordsAndEveryByteWhenRepaired() throws IOException {
        for (int at = 0; at < good.length; at++) {
            Files.deleteIfExists(dir.resolve("journal.log.bad"));
            byte[] flipped = good.clone();
            flipped[at] ^= 0x10;
            plant(dir, flipped);
            RepairReport report = Journal.repair(dir);
            int kept = at < HEADER || at >= lastStart ? at < HEADER ? 4 : 3 : report.keptRecords();
            assertEquals(kept, report.keptRecords(), "byte " + at);
            assertEquals(ALL.subList(0, kept), read(dir), "byte " + at);
            byte[] moved = Files.readAllBytes(report.movedTo());
            byte[] tail =
                    Arrays.copyOfRange(flipped, flipped.length - moved.length, flipped.length);
            assertArrayEquals(tail, moved);
            assertEquals(moved.length, report.movedBytes());
        }
    }

    @Test
    void shouldStartAfreshWhenNothingCanBeRead() throws IOException {
        for (int length : new int[] {0, 10, HEADER, HEADER + 20, good.length}) {
            byte[] noise = new byte[length];
            Arrays.fill(noise, (byte) 0x5A);
            plant(dir, noise);
            assertThrows(JournalCorruptedException.class, () -> read(dir));
            assertEquals(0, Journal.repair(dir).keptRecords());
            write(dir, "new");
            assertEquals(List.of("new"), read(dir));
        }
        assertTrue(
                Files.exists(dir.resolve("journal.log.bad.4")),
                "no repair overwrites another's file");
    }

    @Test
    void shouldReportNothingMovedWhenRepairedSound() throws IOException {
        RepairReport report = Journal.repair(dir);
        assertEquals(new RepairReport(4, 4, 0, null), report);
        assertNull(report.movedTo());
        assertArrayEquals(good, Files.readAllBytes(log(dir)));
        assertThrows(IOException.class, () -> Journal.repair(tmp));
    }

    @Test
    void shouldCutWhenTailIsZero() throws IOException {
        plant(dir, Arrays.copyOf(good, good.length + 8192));
        try (Journal journal = Journal.open(dir, (s, p) -> {})) {
            assertEquals(new OpenReport(1, 4, 4, 8192), journal.openReport());
        }
        assertArrayEquals(good, Files.readAllBytes(log(dir)));
    }

    @Test
    void shouldCutWhenAnyBlockOfTheLastTransactionIsZero() throws IOException {
        int start = good.length;
        write(dir, "x".repeat(4000));
        byte[] whole = Files.readAllBytes(log(dir));
        for (int from = start; from < whole.length; from += 512) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, from, Math.min(from + 512, torn.length), (byte) 0);
            plant(dir, torn);
            assertEquals(ALL, read(dir), "zero from " + from);
        }
    }

    @Test
    void shouldCutAllOfItWhenATransactionOfManyRecordsIsTorn() throws IOException {
        byte[] record = bytes("y".repeat(100));
        try (Journal journal = Journal.open(dir, (s, p) -> {})) {
            journal.appendAll(Collections.nCopies(20, record));
        }
        byte[] whole = Files.readAllBytes(log(dir));
        for (int at = good.length; at < whole.length; at += 7) {
            byte[] torn = whole.clone();
            torn[at] ^= 1;
            plant(dir, torn);
            assertEquals(ALL, read(dir), "flip at " + at);
        }
    }

    @Test
    void shouldRefuseWhenTheLastTwoTransactionsAreBad() throws IOException {
        byte[] bad = good.clone();
        bad[lastStart - 1] ^= 1;
        bad[good.length - 1] ^= 1;
        plant(dir, bad);
        assertThrows(JournalCorruptedException.class, () -> read(dir));
    }

    @Test
    void shouldRefuseWhenALengthIsDamagedInTheMiddle() throws IOException {
        for (int length : new int[] {0, 1, -1, Integer.MAX_VALUE, good.length}) {
            byte[] bad = good.clone();
            ByteBuffer.wrap(bad)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(HEADER + JournalFormat.BODY_LENGTH_OFFSET, length);
            plant(dir, bad);
            var e = assertThrows(JournalCorruptedException.class, () -> read(dir));
            assertTrue(
                    e.getMessage().contains("head is damaged, and a later record"), e.getMessage());
        }
    }

    @Test
    void shouldRefuseWhenATransactionIsMissingOrTwice() throws IOException {
        int second = HEADER + JournalFormat.HEAD_LENGTH + Integer.BYTES + ALL.get(0).length();
        byte[] missing = concat(Arrays.copyOf(good, second), from(lastStart));
        plant(dir, missing);
        var e = assertThrows(JournalCorruptedException.class, () -> read(dir));
        assertTrue(
                e.getMessage().contains("sequence number is 4 where 2 must follow"),
                e.getMessage());
        plant(dir, concat(good, from(lastStart)));
        assertThrows(JournalCorruptedException.class, () -> read(dir));
    }

    @Test
    void shouldCutWhenATornPayloadHoldsACopyOfAJournal() throws IOException {
        Path other = tmp.resolve("other");
        write(other, "a", "b", "c", "d", "e", "f");
        byte[] evil = Files.readAllBytes(log(other));
        try (Journal journal = Journal.open(dir, (s, p) -> {})) {
            journal.append(evil);
        }
        byte[] torn = Files.readAllBytes(log(dir));
        torn[good.length] ^= 1;
        plant(dir, torn);
        assertEquals(ALL, read(dir));
    }

    private byte[] from(int offset) {
        return Arrays.copyOfRange(good, offset, good.length);
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
