package io.vswitch.ctl.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of a process that appends and compacts. Record n holds the number n; the child prints a
 * number after the append returned. After the kill every printed number must be there, without a
 * hole.
 */
class JournalKillTest {
    private static final int ROUNDS = 24;
    private static final int MAX_DELAY_MS = 120;

    @TempDir Path tmp;

    @Test
    @Timeout(180)
    void shouldHoldEveryAcknowledgedRecordWhenKilled() throws Exception {
        long seed = Long.getLong("vswitch.test.seed", System.nanoTime());
        System.out.println("JournalKillTest seed " + seed + " (-Dvswitch.test.seed)");
        Random random = new Random(seed);
        Path dir = tmp.resolve("journal");
        int midAppend = 0;
        long total = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long acknowledged = runAndKill(dir, random);
            List<Long> found = readAndCheck(dir);
            long last = found.isEmpty() ? 0 : found.get(found.size() - 1);
            assertTrue(
                    last >= acknowledged,
                    "seed " + seed + ": lost " + (last + 1) + ".." + acknowledged);
            midAppend += last > acknowledged ? 1 : 0;
            total = last;
        }
        System.out.println(
                "JournalKillTest: " + total + " records, " + midAppend + " unacknowledged kept");
        assertTrue(total > ROUNDS, "the child hardly got to append: " + total);
    }

    /**
     * Kills the child a random time after its first append, in one of eight rounds after its
     * opening.
     */
    private static long runAndKill(Path dir, Random random) throws Exception {
        Process child =
                JournalFixture.java(Appender.class, dir.toString(), "" + random.nextLong())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
            long last = number(out.readLine());
            last = random.nextInt(8) == 0 ? last : number(out.readLine());
            Thread killer = new Thread(() -> killAfter(child, random.nextInt(MAX_DELAY_MS)));
            killer.start();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                // The last line may be cut by the kill; a whole one ends in a dot.
                last = line.endsWith(".") ? number(line) : last;
            }
            killer.join();
            assertEquals(128 + 9, child.waitFor());
            return last;
        } finally {
            child.destroyForcibly();
        }
    }

    static long number(String line) {
        return Long.parseLong(line.substring(0, line.length() - 1));
    }

    private static void killAfter(Process child, int delayMs) {
        try {
            Thread.sleep(delayMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        child.toHandle()
                .destroyForcibly(); // SIGKILL; Process.destroyForcibly closes our end of the pipe
    }

    /** All numbers known after a restart: a snapshot record n stands for 1..n. */
    static List<Long> readAndCheck(Path dir) throws IOException {
        List<Long> found = new ArrayList<>();
        try (Journal journal = Journal.open(dir, (s, p) -> found.add(Appender.number(p)))) {
            assertEquals(found.size(), journal.openReport().records());
        }
        if (!found.isEmpty()) {
            long first = found.get(0);
            assertEquals(LongStream.range(first, first + found.size()).boxed().toList(), found);
        }
        return found;
    }

    /**
     * Appends numbers for ever, one or three at a time, and now and then compacts to the last
     * number.
     */
    static final class Appender {
        private Appender() {}

        public static void main(String[] args) throws IOException {
            Random random = new Random(Long.parseLong(args[1]));
            PrintStream out = System.out;
            long[] last = new long[1];
            try (Journal journal = Journal.open(Path.of(args[0]), (s, p) -> last[0] = number(p))) {
                out.print(last[0] + ".\n");
                out.flush();
                while (true) {
                    int count = random.nextInt(4) == 0 ? 3 : 1;
                    List<byte[]> payloads = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        payloads.add(payload(++last[0], random));
                    }
                    journal.appendAll(payloads);
                    out.print(last[0] + ".\n");
                    out.flush();
                    if (random.nextInt(10) == 0) {
                        journal.compact(List.of(payload(last[0], random)));
                    }
                }
            }
        }

        static byte[] payload(long number, Random random) {
            String text = number + " " + "z".repeat(random.nextInt(3000));
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        static long number(byte[] payload) {
            String text = new String(payload, StandardCharsets.US_ASCII);
            return Long.parseLong(text.substring(0, text.indexOf(' ')));
        }
    }
}
