package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.state.DesiredState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there again after a restart. */
class RestartTest {
    @TempDir private Path directory;

    private DesiredState fill() throws IOException {
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            daemon.run("add-network red --subnet 10.0.0.0/24 --mac-limit 9 --mac-age 7").ok();
            daemon.run("add-port web1 --network red --ip 10.0.0.1/24 --route default=10.0.0.254")
                    .ok();
            daemon.run("add-port web2 --network none --mtu 1400 --no-vnet-hdr").ok();
            daemon.run("add-port web3").ok();
            daemon.run("disable-port web2").ok();
            daemon.run("add-rule web1 in block proto icmp").ok();
            daemon.run(
                            "add-rule web1 in --id x --priority 7 redirect web3 where proto tcp"
                                    + " dst-port 80,443")
                    .ok();
            daemon.run("add-layer web2 nat --priority 5 --default block").ok();
            daemon.run("add-group web2 nat g --direction out --priority 3").ok();
            daemon.run("add-rule web2 nat.g rewrite src-ip=10.0.0.9 where src-ip 10.0.0.1").ok();
            daemon.run("add-rule web3 out allow").ok();
            daemon.run("del-rule web3 out 1").ok();
            daemon.run("set-rate web3 --in 1gbit --out 10kpps").ok();
            daemon.run("set-limits web3 --replies 5 --nd 9").ok();
            daemon.run("add-rule web1 out allow limit 1mbit mirror web3 meter m").ok();
            daemon.run("add-rule web1 out audit").ok();
            return daemon.state();
        }
    }

    @Test
    void shouldHaveAllBackWhenStartedAgain() throws IOException {
        final DesiredState before = fill();

        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            assertEquals(before.toChanges(), daemon.state().toChanges());
            assertEquals(3, daemon.vswitch.ports().size());
            assertEquals(java.util.Set.of("web1", "web2", "web3"), daemon.devices.kept);
            assertTrue(
                    daemon.vswitch.ports().stream()
                            .anyMatch(p -> p.name().equals("web2") && !p.enabled()));
            assertTrue(
                    daemon.run("list-rules")
                            .ok()
                            .out()
                            .contains("redirect web3 where proto tcp dst-port 80,443"));
        }
    }

    @Test
    void shouldReplayASnapshotToTheSameState() throws IOException {
        final DesiredState before = fill();

        assertEquals(before.toChanges(), DesiredState.EMPTY.apply(before.toChanges()).toChanges());
    }

    @Test
    void shouldCutATornTailWhenTheLastRecordIsIncomplete() throws IOException {
        final DesiredState before = fill();
        final Path log = directory.resolve("state/journal.log");
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            daemon.run("add-port late").ok();
        }
        final byte[] whole = Files.readAllBytes(log);
        Files.write(log, java.util.Arrays.copyOf(whole, whole.length - 5));

        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            assertEquals(before.toChanges(), daemon.state().toChanges());
        }
    }

    @Test
    void shouldRefuseToStartWhenTheJournalIsCorrupted() throws IOException {
        fill();
        final Path log = directory.resolve("state/journal.log");
        final byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 0x40;
        Files.write(log, bytes);

        final IOException refused =
                assertThrows(IOException.class, () -> new LocalDaemon(directory));

        assertTrue(
                refused.getMessage()
                        .matches(
                                ".*journal.log: record \\d+ at byte \\d+: .*nothing was changed;"
                                        + " run `vswitchd --repair-journal` to keep records .*"),
                refused.getMessage());
        assertEquals(-1, java.util.Arrays.mismatch(bytes, Files.readAllBytes(log)));
    }

    @Test
    void shouldStayUnchangedWhenTheJournalCantBeWritten() throws IOException {
        fill();
        try (LocalDaemon daemon = new LocalDaemon(directory)) {
            final String before = daemon.controller.state().toChanges().toString();
            // A closed journal fails every append, as a dead disk would.
            daemon.breakJournal();

            assertEquals(1, daemon.run("add-port new").code());
            assertEquals(1, daemon.run("del-port web1").code());
            assertEquals(1, daemon.run("add-rule web1 in allow").code());

            assertEquals(before, daemon.controller.state().toChanges().toString());
            assertEquals(3, daemon.vswitch.ports().size());
            assertTrue(daemon.devices.kept.contains("web1"));
        }
    }
}
