package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import io.vswitch.ctl.state.DesiredState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routers by command: refused, listed, stored, written as a document, explained. */
class RouterCommandTest {
    @TempDir private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LocalDaemon(directory);
        daemon.run(
                        "add-network blue --mode overlay --vni 5 --local 192.0.2.10 --subnet"
                                + " 10.1.0.0/16 --peer 192.0.2.11")
                .ok();
        daemon.run("add-network red --subnet 10.2.0.0/16").ok();
        daemon.run("add-network bare").ok();
        daemon.run("add-port web --network blue --ip 10.1.0.7/16 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port db --network red --ip 10.2.0.7/16 --mac 02:00:00:00:00:02").ok();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private void addRouter() {
        daemon.run(
                        "add-router r1 --network blue --network red=10.2.0.254/16 --mac"
                                + " 02:00:00:00:00:fe --route default=10.2.0.7")
                .ok();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "add-router r | 2 | Missing required option: '--network=NETWORK[=CIDR+...]'",
                "add-router r --network green | 1 | no network 'green'; there are: bare, blue, red",
                "add-router r --network bare | 2 | network 'bare' has no subnet; give the router's"
                        + " address, like --network bare=10.0.0.1/24",
                "add-router r --network blue=10.9.0.1/16 | 2 | address '10.9.0.1' is outside"
                        + " 10.1.0.0/16 of network 'blue'",
                "add-router r --network blue=10.1.0.7/16 | 1 | gateway '10.1.0.7' belongs to port"
                        + " 'web'",
                "add-router r --network blue --route default=9.9.9.9 | 2 | route"
                        + " '0.0.0.0/0=9.9.9.9': its next hop is on none of the router's networks",
                "add-router r --network red --mac 03:00:00:00:00:01 | 2 | MAC '03:00:00:00:00:01':"
                        + " an endpoint's MAC is neither zero nor a group's",
                "del-router x | 1 | no router 'x'; there is no router yet",
            })
    void shouldRefuseInOneLine(final String command, final int code, final String line)
            throws IOException {
        final String before = daemon.fingerprint();
        final Run run = daemon.run(command);
        assertEquals("vswitchctl: " + line, run.err().lines().findFirst().orElse(""));
        assertEquals(code, run.code());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldRefuseWhatARouterUses() throws IOException {
        addRouter();
        assertEquals(1, daemon.run("add-router r2 --network red").code());
        assertEquals(1, daemon.run("add-router r1 --network bare=10.3.0.1/16").code());
        daemon.run("del-port web").ok();
        assertTrue(daemon.run("del-network blue").err().contains("is on router 'r1'"));
        daemon.run("del-router r1").ok();
        daemon.run("del-network blue").ok();
    }

    @Test
    void shouldListAndExplainTheWayThroughIt() {
        addRouter();
        assertEquals(
                """
                ROUTER  NETWORK  GATEWAYS       MAC                ROUTES
                r1      blue     10.1.0.1/16    02:00:00:00:00:fe  -
                r1      red      10.2.0.254/16  02:00:00:00:00:fe  0.0.0.0/0=10.2.0.7
                """,
                daemon.run("list-routers").ok().out());
        final String out =
                daemon.run(
                                "explain web"
                                    + " hex:0200000000fe02000000000108004500001c00004000401126b8"
                                    + "0a0100070a02000700010002000800000000")
                        .ok()
                        .out();
        assertTrue(out.contains("result   sent to db"), out);
        assertTrue(out.contains("02:00:00:00:00:02"), out);
        assertTrue(daemon.run("neigh list blue").ok().out().contains("10.1.0.1"));
    }

    @Test
    void shouldHaveItBackWhenStartedAgainAndFromADocument() throws IOException {
        addRouter();
        final DesiredState before = daemon.state();
        daemon.close();
        daemon = new LocalDaemon(directory);
        assertEquals(before.networks(), daemon.state().networks());
        assertEquals(3, daemon.run("list-routers").ok().out().lines().count());
        final Path document = directory.resolve("all.yaml");
        Files.writeString(document, daemon.run("export").ok().out());
        assertEquals("", daemon.run("diff -f " + document + " --prune").ok().out());
        try (LocalDaemon other = new LocalDaemon(directory.resolve("other"))) {
            other.run("apply -f " + document).ok();
            assertEquals(before.networks(), other.state().networks());
        }
    }
}
