package io.vswitch.ctl.persist;

import static io.vswitch.ctl.persist.JournalFixture.bytes;
import static io.vswitch.ctl.persist.JournalFixture.log;
import static io.vswitch.ctl.persist.JournalFixture.read;
import static io.vswitch.ctl.persist.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir Path tmp;

    @Test
    void shouldReplayNothingWhenNew() throws IOException {
        Path dir = tmp.resolve("a/b");
        assertEquals(List.of(), read(dir));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(log(dir))));
    }

    @Test
    void shouldReplayInOrderWhenReopened() throws IOException {
        write(tmp, "one", "", "three");
        write(tmp, "four");
        assertEquals(List.of("one", "", "three", "four"), read(tmp));
    }

    @Test
    void shouldNumberRecordsWithoutHolesWhenAppendedInAnyWay() throws IOException {
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            assertEquals(1, journal.append(bytes("a")));
            assertEquals(3, journal.appendAll(List.of(bytes("b"), bytes("c"))));
            journal.compact(List.of(bytes("abc")));
            assertEquals(5, journal.append(bytes("d")));
            assertEquals(Files.size(log(tmp)), journal.sizeBytes());
        }
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            assertEquals(new OpenReport(2, 2, 5, 0), journal.openReport());
            assertEquals(6, journal.append(bytes("e")));
        }
        assertEquals(List.of("abc", "d", "e"), read(tmp));
    }

    @Test
    void shouldCompactToNothingWhenSnapshotIsEmpty() throws IOException {
        write(tmp, "a", "b");
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            journal.compact(List.of());
        }
        write(tmp, "c");
        assertEquals(List.of("c"), read(tmp));
    }

    @Test
    void shouldKeepBigRecordsWhenBufferGrows() throws IOException {
        String big = "x".repeat(3 << 20);
        write(tmp, "a", big, "b");
        assertEquals(List.of("a", big, "b"), read(tmp));
    }

    @Test
    void shouldRefuseWhenTransactionIsEmptyOrTooLong() throws IOException {
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            assertThrows(IllegalArgumentException.class, () -> journal.appendAll(List.of()));
            byte[] tooLong = new byte[JournalFormat.MAX_BODY_LENGTH];
            assertThrows(IllegalArgumentException.class, () -> journal.append(tooLong));
            assertEquals(1, journal.append(bytes("still fine")));
        }
        assertEquals(List.of("still fine"), read(tmp));
    }

    @Test
    void shouldSayClosedWhenUsedAfterClose() throws IOException {
        Journal journal = Journal.open(tmp, (s, p) -> {});
        journal.close();
        journal.close();
        IOException e = assertThrows(IOException.class, () -> journal.append(bytes("x")));
        assertTrue(e.getMessage().endsWith("journal is unusable: closed"), e.getMessage());
    }

    @Test
    void shouldKeepTheFileOpenWhenInterruptedBefore() throws IOException {
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            Thread.currentThread().interrupt();
            journal.append(bytes("a"));
            assertTrue(Thread.interrupted(), "interrupt must be kept for the caller");
            journal.append(bytes("b"));
        }
        assertEquals(List.of("a", "b"), read(tmp));
    }

    @Test
    void shouldSayUnusableAndHoldEveryRecordWhenInterruptedDuring() throws Exception {
        AtomicLong acknowledged = new AtomicLong();
        FutureTask<String> appender = new FutureTask<>(() -> appendUntilError(acknowledged));
        Thread thread = new Thread(appender);
        thread.start();
        while (thread.isAlive()) {
            if (acknowledged.get() > 0) {
                thread.interrupt();
            }
        }
        assertTrue(appender.get().contains("can't be undone; reopen it"), appender.get());
        assertTrue(read(tmp).size() >= acknowledged.get());
    }

    private String appendUntilError(AtomicLong acknowledged) throws IOException {
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            IOException first =
                    assertThrows(IOException.class, () -> appendForEver(journal, acknowledged));
            assertTrue(first.getMessage().contains("append failed"), first.getMessage());
            return assertThrows(IOException.class, () -> journal.append(bytes("y"))).getMessage();
        }
    }

    private static void appendForEver(Journal journal, AtomicLong acknowledged) throws IOException {
        while (true) {
            acknowledged.set(journal.append(bytes("x")));
        }
    }

    @Test
    void shouldFreeTheDirectoryWhenReplayFails() throws IOException {
        write(tmp, "a");
        Journal.Replay failing =
                (s, p) -> {
                    throw new IOException("no such port");
                };
        assertThrows(IOException.class, () -> Journal.open(tmp, failing));
        assertEquals(List.of("a"), read(tmp));
    }

    @Test
    void shouldTurnAwaySecondOpenerAndKeepTheLockWhenOpen() throws Exception {
        try (Journal journal = Journal.open(tmp, (s, p) -> {})) {
            IOException here = assertThrows(IOException.class, () -> read(tmp));
            assertTrue(
                    here.getMessage().contains("already open in this process"), here.getMessage());
            assertThrows(IOException.class, () -> Journal.repair(tmp));
            // Turning those away must not have dropped the lock that other processes see.
            String there = openInOtherProcess();
            String self = "in use by another daemon (pid " + ProcessHandle.current().pid() + ")";
            assertTrue(there.contains(self), there);
            assertTrue(there.contains(tmp.toString()), there);
            journal.append(bytes("mine"));
        }
        assertEquals("opened", openInOtherProcess());
        assertEquals(List.of("mine"), read(tmp));
    }

    private String openInOtherProcess() throws Exception {
        ProcessBuilder builder = JournalFixture.java(Opener.class, tmp.toString());
        Process child = builder.redirectErrorStream(true).start();
        try {
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
            return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        } finally {
            child.destroyForcibly();
        }
    }

    /** Opens the journal in the directory it is given and says how that went. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] args) {
            try (Journal journal = Journal.open(Path.of(args[0]), (s, p) -> {})) {
                System.out.println(journal.sizeBytes() > 0 ? "opened" : "empty");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void shouldRefuseWhenWrittenByAnotherVersion() throws IOException {
        byte[] newer = new JournalFormat.FileHeader(2, 1, 1, 1).encode().array();
        JournalFixture.plant(tmp, newer);
        IOException e = assertThrows(IOException.class, () -> read(tmp));
        assertFalse(e instanceof JournalCorruptedException);
        assertTrue(
                e.getMessage().endsWith("format version 2, this program reads 1"), e.getMessage());
        assertThrows(IOException.class, () -> Journal.repair(tmp));
    }
}
