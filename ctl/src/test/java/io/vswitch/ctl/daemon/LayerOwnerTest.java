package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that belong to a controller. */
class LayerOwnerTest {
    private static final String REFUSED =
            "vswitchctl: layer 'fw' of port 'web1' is changed by its owner alone, 'alice'; ";

    private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start(@TempDir final Path temporary) throws IOException {
        directory = temporary;
        daemon = new LocalDaemon(directory);
        daemon.run("add-port web1 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-layer web1 fw --priority 1 --owner alice").ok();
        daemon.run("add-group web1 fw out --direction=out --priority=1 --owner alice").ok();
        daemon.run("add-rule web1 fw.out --id a --owner alice block proto icmp").ok();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private void refused(final String why, final String command) {
        final Run run = daemon.run(command);
        assertEquals(REFUSED + why + "\n", run.err());
        assertEquals(1, run.code());
    }

    @Test
    void shouldRefuseWhoeverIsNotTheOwner() throws IOException {
        final String before = daemon.fingerprint();

        refused("give --owner", "add-rule web1 fw.out allow");
        refused("you are 'bob'", "add-rule web1 fw.out --owner bob allow");
        refused("give --owner", "del-rule web1 fw.out a");
        refused("give --owner", "del-group web1 fw out");
        refused("give --owner", "add-group web1 fw in --direction=in --priority=1");
        refused("you are 'bob'", "del-layer web1 fw --owner bob");

        assertEquals(before, daemon.fingerprint());
        daemon.run("add-rule web1 out allow proto tcp").ok();
        daemon.run("del-rule web1 fw.out a --owner alice").ok();
        daemon.run("del-layer web1 fw --owner alice").ok();
    }

    @Test
    void shouldShowTheOwnerAndTakeItFromADocument() throws IOException {
        assertTrue(daemon.run("list-rules web1").ok().out().contains("default allow, owner alice"));
        final String document = daemon.run("export").ok().out();
        assertTrue(document.contains("owner: alice"), document);
        final Path file = directory.resolve("host.yaml");
        Files.writeString(file, document);
        final String before = daemon.fingerprint();
        daemon.run("apply -f " + file).ok();
        assertEquals(before, daemon.fingerprint());
        Files.writeString(file, document.replace("owner: alice", "owner: bob"));
        daemon.run("apply -f " + file).ok();
        daemon.run("add-rule web1 fw.out --owner bob allow").ok();
    }
}
