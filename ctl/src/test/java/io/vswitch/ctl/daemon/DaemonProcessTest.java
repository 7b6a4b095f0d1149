package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** vswitchd as a process, without devices: its start, its end, its files. */
class DaemonProcessTest {
    @TempDir private Path directory;

    @Test
    void shouldRefuseTheSecondDaemonWhenTheSocketIsInUse() throws Exception {
        try (DaemonProcess first = new DaemonProcess(directory)) {
            final Path other = Files.createDirectory(directory.resolve("other"));

            assertEquals(
                    "1 vswitchd: socket "
                            + first.socket
                            + " is in use by another daemon; stop it, or choose another --socket",
                    DaemonProcess.failedStart(other, "--socket=" + first.socket));
            assertTrue(
                    DaemonProcess.failedStart(other, "--state-dir=" + directory.resolve("state"))
                            .matches(
                                    "1 vswitchd: .*journal is in use by another daemon \\(pid "
                                            + first.pid()
                                            + "\\).*"));
            assertEquals(0, first.run("show").code());
        }
    }

    @Test
    void shouldTakeOverTheSocketFileThatAKilledDaemonLeft() throws Exception {
        try (DaemonProcess first = new DaemonProcess(directory)) {
            first.run("add-network red").ok();
            first.kill();
            assertTrue(Files.exists(first.socket));
            final Run run = first.run("show");
            assertEquals(1, run.code());
            assertTrue(
                    run.err().startsWith("vswitchctl: vswitchd is not running (nobody listens at "),
                    run.err());
        }
        try (DaemonProcess second = new DaemonProcess(directory)) {
            assertTrue(second.run("list-networks").ok().out().contains("red"));
            assertEquals(
                    "rw-rw----",
                    java.nio.file.attribute.PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(second.socket)));
        }
    }

    @Test
    void shouldLeaveNoFilesInTheRunDirectoryWhenTerminated() throws Exception {
        try (DaemonProcess daemon = new DaemonProcess(directory)) {
            assertTrue(PidFile.read(directory.resolve("vswitchd.pid")).isPresent());

            assertEquals(128 + 15, daemon.terminate());

            assertFalse(Files.exists(daemon.socket));
            assertFalse(Files.exists(directory.resolve("vswitchd.pid")));
            assertFalse(daemon.log().contains("ERROR"), daemon.log());
        }
    }

    @Test
    void shouldReadCountersWhileTheDaemonHangs() throws Exception {
        try (DaemonProcess daemon = new DaemonProcess(directory)) {
            Namespaces.sh("kill -STOP " + daemon.pid());

            final Run run = Run.of("stats", "--file=" + directory.resolve("counters")).ok();

            assertTrue(
                    run.out().startsWith("process " + daemon.pid() + ", last sign of life"),
                    run.out());
            assertEquals("no errors\n", daemon.run("errors").ok().out());
        }
    }

    @Test
    void shouldNameFlagValueAndRangeWhenASettingIsBad() throws Exception {
        assertEquals(
                "2 vswitchd: --workers 65; allowed are 1 to 64",
                DaemonProcess.failedStart(directory, "--workers=65"));
        assertEquals(
                "2 vswitchd: --flow-capacity 5; allowed are 1024 to 16777216",
                DaemonProcess.failedStart(directory, "--flow-capacity=5"));
        assertEquals(
                "2 vswitchd: --group 'nosuchgroup': there is no such group",
                DaemonProcess.failedStart(directory, "--group=nosuchgroup"));
        assertEquals(
                "2 vswitchd: --log-level 'loud'; allowed are error, warn, info, debug",
                DaemonProcess.failedStart(directory, "--log-level=loud"));
    }

    @Test
    void shouldOfferTheWayOutWhenTheJournalIsCorrupted() throws Exception {
        try (DaemonProcess daemon = new DaemonProcess(directory)) {
            daemon.run("add-network red").ok();
            daemon.run("add-network blue").ok();
            daemon.run("add-network green").ok();
            daemon.terminate();
        }
        final Path log = directory.resolve("state/journal.log");
        final byte[] bytes = Files.readAllBytes(log);
        final String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("blue")] ^= 1;
        Files.write(log, bytes);

        final String refused = DaemonProcess.failedStart(directory);
        assertTrue(
                refused.matches(
                        "1 vswitchd: \\S+journal.log: record 2 at byte \\d+: .*; nothing was"
                            + " changed; run `vswitchd --repair-journal` to keep records 1..1 and"
                            + " move the rest to journal.log.bad"),
                refused);

        final Process repair =
                DaemonProcess.launch(directory, java.util.List.of(), "--repair-journal");
        assertEquals(0, repair.waitFor());
        assertTrue(
                Files.readString(directory.resolve("log"))
                        .matches("kept 1 records, moved \\d+ bytes to \\S+journal.log.bad\n"));
        try (DaemonProcess daemon = new DaemonProcess(directory)) {
            final String networks = daemon.run("list-networks").ok().out();
            assertTrue(networks.contains("red") && !networks.contains("green"), networks);
        }
    }
}
