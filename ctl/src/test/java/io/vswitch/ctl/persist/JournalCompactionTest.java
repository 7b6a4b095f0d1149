package io.vswitch.ctl.persist;

import static io.vswitch.ctl.persist.JournalFixture.bytes;
import static io.vswitch.ctl.persist.JournalFixture.log;
import static io.vswitch.ctl.persist.JournalFixture.plant;
import static io.vswitch.ctl.persist.JournalFixture.read;
import static io.vswitch.ctl.persist.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each state of the directory that a crash during compaction, creation or repair can leave. */
class JournalCompactionTest {
    @TempDir Path tmp;

    @Test
    void shouldKeepTheOldWhenTheNewGenerationWasNotRenamed() throws IOException {
        write(tmp, "a", "b");
        byte[] old = Files.readAllBytes(log(tmp));
        Path next = tmp.resolve("next");
        write(next, "ab");
        byte[] whole = Files.readAllBytes(log(next));
        for (int length = 0; length <= whole.length; length++) {
            plant(tmp, old);
            Files.write(JournalFiles.temporary(tmp), Arrays.copyOf(whole, length));
            assertEquals(List.of("a", "b"), read(tmp), "temporary of " + length + " bytes");
            assertFalse(Files.exists(JournalFiles.temporary(tmp)));
        }
    }

    @Test
    void shouldHaveTheNewWhenRenamed() throws IOException {
        write(tmp, "a", "b");
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            journal.compact(List.of(bytes("ab")));
            Path copy = tmp.resolve("crashed");
            plant(
                    copy,
                    Files.readAllBytes(log(tmp))); // as a crash right after the rename leaves it
            assertEquals(List.of("ab"), read(copy));
            assertFalse(Files.exists(JournalFiles.temporary(tmp)));
        }
    }

    @Test
    void shouldStartEmptyWhenTheFirstCreationWasCutShort() throws IOException {
        Files.write(JournalFiles.temporary(tmp), new byte[10]);
        assertEquals(List.of(), read(tmp));
    }

    @Test
    void shouldKeepTheOldWhenTheSnapshotFails() throws IOException {
        write(tmp, "a");
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            assertThrows(IllegalStateException.class, () -> journal.compact(failingAfter(3)));
            assertFalse(Files.exists(JournalFiles.temporary(tmp)));
            assertEquals(2, journal.append(bytes("b")));
        }
        assertEquals(List.of("a", "b"), read(tmp));
    }

    @Test
    void shouldRepairAgainWhenARepairWasCutShort() throws IOException {
        write(tmp, "a", "b", "c");
        byte[] bad = Files.readAllBytes(log(tmp));
        bad[JournalFormat.FILE_HEADER_LENGTH] ^= 1;
        plant(tmp, bad);
        Files.write(tmp.resolve("journal.log.bad"), new byte[5]);
        RepairReport report = Journal.repair(tmp);
        assertEquals(0, report.keptRecords());
        assertTrue(report.movedTo().endsWith("journal.log.bad.1"));
        assertEquals(List.of(), read(tmp));
    }

    private static Iterable<byte[]> failingAfter(int records) {
        return () ->
                new Iterator<>() {
                    private int left = records;

                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public byte[] next() {
                        if (left-- == 0) {
                            throw new IllegalStateException("snapshot failed");
                        }
                        return bytes("x");
                    }
                };
    }
}
