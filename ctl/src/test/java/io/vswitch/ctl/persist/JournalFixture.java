package io.vswitch.ctl.persist;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the journal tests share; each test owns its directory. */
final class JournalFixture {
    private JournalFixture() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The payloads of {@code dir} as text, checking that sequence numbers have no hole. */
    static List<String> read(Path dir) throws IOException {
        List<String> payloads = new ArrayList<>();
        List<Long> sequences = new ArrayList<>();
        try (Journal journal = Journal.open(dir, (s, p) -> collect(payloads, sequences, s, p))) {
            long last = journal.openReport().lastSequence();
            for (int i = 0; i < sequences.size(); i++) {
                if (sequences.get(i) != last - sequences.size() + 1 + i) {
                    throw new AssertionError("sequences " + sequences + " up to " + last);
                }
            }
        }
        return payloads;
    }

    private static void collect(List<String> payloads, List<Long> sequences, long s, byte[] p) {
        sequences.add(s);
        payloads.add(new String(p, StandardCharsets.UTF_8));
    }

    static void write(Path dir, String... payloads) throws IOException {
        try (Journal journal = Journal.open(dir, (s, p) -> {})) {
            for (String payload : payloads) {
                journal.append(bytes(payload));
            }
        }
    }

    static Path log(Path dir) {
        return JournalFiles.log(dir);
    }

    /** A directory with nothing but this journal file. */
    static void plant(Path dir, byte[] log) throws IOException {
        Files.createDirectories(dir);
        Files.write(log(dir), log);
    }

    /** Flags of this JVM that a child needs for Chronicle and Agrona. */
    static List<String> jvmFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-") || flag.startsWith("-Dsun.misc"))
                .toList();
    }

    /** A JVM of the same kind and class path; the caller ends it. */
    static ProcessBuilder java(Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags());
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }
}
