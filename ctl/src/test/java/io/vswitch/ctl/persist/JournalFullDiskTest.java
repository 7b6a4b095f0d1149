package io.vswitch.ctl.persist;

import static io.vswitch.ctl.persist.JournalFixture.bytes;
import static io.vswitch.ctl.persist.JournalFixture.log;
import static io.vswitch.ctl.persist.JournalFixture.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a tmpfs of 256 KiB, mounted for each test. */
@Tag("root")
class JournalFullDiskTest {
    @TempDir Path tmp;
    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(tmp.resolve("disk"));
        int exit =
                run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=256k",
                        "vswitch-full-disk",
                        disk.toString());
        assumeTrue(exit == 0, "SKIPPED: mounting a tmpfs needs root (CAP_SYS_ADMIN)");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    @Test
    void shouldGoOnAfterTheLastGoodRecordWhenThereIsRoomAgain() throws IOException {
        Path dir = disk.resolve("journal");
        Path filler = disk.resolve("filler");
        try (Journal journal = Journal.open(dir, (s, p) -> {})) {
            journal.append(bytes("a"));
            Files.write(filler, new byte[200 << 10]);
            long before = journal.sizeBytes();
            IOException e =
                    assertThrows(IOException.class, () -> journal.append(new byte[100 << 10]));
            assertTrue(e.getMessage().contains("append failed: No space left"), e.getMessage());
            assertEquals(before, Files.size(log(dir)), "cut back to the last good record");
            assertEquals(2, journal.append(bytes("b")));
            Files.delete(filler);
            assertEquals(3, journal.append(bytes("c".repeat(100 << 10))));
        }
        assertEquals(List.of("a", "b", "c".repeat(100 << 10)), read(dir));
    }

    @Test
    void shouldKeepTheOldGenerationWhenCompactionFillsTheDisk() throws IOException {
        Path dir = disk.resolve("journal");
        try (Journal journal = Journal.open(dir, (s, p) -> {})) {
            journal.append(bytes("a"));
            List<byte[]> snapshot = Collections.nCopies(40, new byte[10 << 10]);
            assertThrows(IOException.class, () -> journal.compact(snapshot));
            assertFalse(Files.exists(JournalFiles.temporary(dir)));
            journal.append(bytes("b"));
        }
        assertEquals(List.of("a", "b"), read(dir));
    }
}
