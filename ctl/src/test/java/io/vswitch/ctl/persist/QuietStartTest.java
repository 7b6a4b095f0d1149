package io.vswitch.ctl.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fresh JVM that uses the journal and a capture: what it prints, and what it reads. */
class QuietStartTest {
    @TempDir Path tmp;

    @Test
    void shouldPrintNothingAndReadNoPropertiesFileWhenChronicleStarts() throws Exception {
        Files.writeString(tmp.resolve("system.properties"), "vswitch.planted=yes\n");
        Path out = tmp.resolve("out");
        Process child =
                JournalFixture.java(User.class, tmp.resolve("journal").toString())
                        .directory(tmp.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        try {
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
            assertEquals("planted: null\n", Files.readString(out));
            assertEquals(0, child.exitValue());
        } finally {
            child.destroyForcibly();
        }
    }

    /**
     * Appends, writes a capture file, says whether the working directory's properties were loaded.
     */
    static final class User {
        private User() {}

        public static void main(String[] args) throws IOException {
            Path dir = Path.of(args[0]);
            try (Journal journal = Journal.open(dir, (s, p) -> {})) {
                journal.append("x".getBytes(StandardCharsets.US_ASCII));
            }
            try (PcapngWriter writer = new PcapngWriter(dir.resolve("x.pcapng"), 1)) {
                writer.addInterface("x", 0);
            }
            System.out.println("planted: " + System.getProperty("vswitch.planted"));
        }
    }
}
