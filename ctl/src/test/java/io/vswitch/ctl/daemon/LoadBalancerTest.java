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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Load balancers by command and document: refused, listed, changed, stored. */
@Tag("long")
class LoadBalancerTest {
    @TempDir private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LocalDaemon(directory);
        daemon.run("add-port web1 --mac 02:00:00:00:00:11 --ip 10.0.0.11/24").ok();
        daemon.run("add-port client").ok();
        daemon.run("add-lb web 10.0.0.11:80 10.0.0.12:80 --seed 7").ok();
        daemon.run("add-lb six [fd00::1]:80 --affinity client").ok();
        daemon.run("add-lb empty --affinity client-proto").ok();
        daemon.run("add-layer client nat --priority 10 --stateful").ok();
        daemon.run("add-group client nat out --direction out --priority 10").ok();
        daemon.run("add-rule client nat.out balance web dst-ip 10.0.0.100 proto tcp dst-port 80")
                .ok();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "add-rule client nat.out balance wbe proto tcp | 1 | no load balancer 'wbe'; did"
                        + " you mean 'web'?",
                "add-rule client nat.out balance web | 2 | rule: balance at word 1 needs"
                        + " 'proto tcp' or 'proto udp' among the conditions",
                "add-rule client nat.out balance | 2 | rule: 'balance' at word 1 needs the name"
                        + " of a load balancer",
                "add-lb web | 1 | load balancer 'web' is there already",
                "add-lb x --affinity sticky | 2 | load balancer 'x': affinity 'sticky'; allowed:"
                        + " none, client-proto, client",
                "add-lb x --seed -1 | 2 | load balancer 'x': seed -1; allowed are 0 to"
                        + " 9223372036854775807",
                "add-lb x 10.0.0.1 fd00::1 | 1 | load balancer 'x': backend 'fd00::1' is IPv6, the"
                        + " others are IPv4",
                "add-backend web 10.0.0.11:80 | 1 | load balancer 'web' has a backend"
                        + " '10.0.0.11:80' already",
                "add-backend web [fd00::1]:80 | 1 | load balancer 'web': backend '[fd00::1]:80' is"
                        + " IPv6, the others are IPv4",
                "add-backend web 10.0.0.13:0 | 2 | backend '10.0.0.13:0': allowed: 1 to 65535;"
                        + " allowed: IP, IPV4:PORT, [IPV6]:PORT",
                "add-backend web 10.0.0.13 --weight 1001 | 2 | backend '10.0.0.13': weight 1001;"
                        + " allowed: 0 to 1000",
                "add-backend wbe 10.0.0.13 | 1 | no load balancer 'wbe'; did you mean 'web'?",
                "set-backend web 10.0.0.11:80 up --weight -1 | 2 | backend '10.0.0.11:80': weight"
                        + " -1; allowed: 0 to 1000",
                "set-backend web 10.0.0.11:80 away | 2 | backend state 'away'; allowed: up, drain,"
                        + " down",
                "set-backend web 10.0.0.11 | 2 | set-backend: nothing to set; give a state or"
                        + " --weight",
                "set-backend web 10.0.0.11 down | 1 | no backend '10.0.0.11' in load balancer"
                        + " 'web'; did you mean '10.0.0.11:80'?",
                "del-backend web 10.0.0.13:80 | 1 | no backend '10.0.0.13:80' in load balancer"
                        + " 'web'; did you mean '10.0.0.11:80'?",
                "del-lb wbe | 1 | no load balancer 'wbe'; did you mean 'web'?",
                "del-lb web | 1 | load balancer 'web' is used by rule 'client nat.out 1'; delete"
                        + " it first",
            })
    void shouldRefuseInOneLineWhenInputIsBad(
            final String command, final int code, final String line) throws IOException {
        final String before = daemon.fingerprint();

        final Run run = daemon.run(command);

        assertEquals("vswitchctl: " + line + "\n", run.err());
        assertEquals(code, run.code());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldListWhatBackendsGet() {
        daemon.run("add-backend web 10.0.0.13 --weight 200").ok();
        daemon.run("set-backend web 10.0.0.12:80 drain").ok();

        assertEquals(
                """
                LB     AFFINITY      RULES  BACKEND       WEIGHT  STATE  SHARE %  CONNS  OPENED
                empty  client-proto      0  none               0  -          0.0      0       0
                six    client            0  [fd00::1]:80     100  up       100.0      0       0
                web    none              1  10.0.0.11:80     100  up        33.3      0       0
                web    none              1  10.0.0.12:80     100  drain      0.0      0       0
                web    none              1  10.0.0.13        200  up        66.7      0       0
                """,
                daemon.run("list-lbs").ok().out());
        final String json = daemon.run("list-lbs --json").ok().out().replaceAll("\\s", "");
        assertTrue(
                json.contains(
                        "{\"backend\":\"10.0.0.11:80\",\"weight\":100,\"state\":\"up\","
                            + "\"mac\":\"02:00:00:00:00:11\",\"share\":33.3,\"connections\":0,\"opened\":0}"),
                json);
    }

    @Test
    void shouldPublishOneGenerationWhenABalancerInUseChanges() {
        final long before = daemon.vswitch.generation();

        daemon.run("set-backend web 10.0.0.11:80 drain").ok();
        assertEquals(before + 1, daemon.vswitch.generation());
        daemon.run("add-backend six [fd00::2]:80").ok();
        assertEquals(before + 1, daemon.vswitch.generation());
    }

    @Test
    void shouldHaveThemBackWhenStartedAgain() throws IOException {
        daemon.run("add-backend web 10.0.0.13 --weight 7 --mac 02:00:00:00:00:13").ok();
        daemon.run("set-backend web 10.0.0.12:80 down --weight 9").ok();
        daemon.run("del-backend web 10.0.0.11:80").ok();
        daemon.run("del-lb empty").ok();
        final DesiredState before = daemon.state();
        daemon.close();

        daemon = new LocalDaemon(directory);

        assertEquals(before.toChanges(), daemon.state().toChanges());
        assertEquals(before.toChanges(), DesiredState.EMPTY.apply(before.toChanges()).toChanges());
        assertEquals(7, daemon.state().balancers().get("web").seed());
    }

    @Test
    void shouldApplyADocumentOnceAndExportTheSame() throws IOException {
        final Path file = directory.resolve("host.yaml");
        Files.writeString(
                file,
                "load-balancers:\n"
                        + "  web:\n"
                        + "    affinity: client\n"
                        + "    backends:\n"
                        + "      - 10.0.0.11:80\n"
                        + "      - backend: 10.0.0.14:80\n"
                        + "        weight: 300\n"
                        + "        state: drain\n"
                        + "  db:\n"
                        + "    backends: [10.0.0.20]\n");

        assertEquals(
                "+ load-balancer db: affinity none, 10.0.0.20 weight 100 up\n"
                        + "~ load-balancer web: affinity none, 10.0.0.11:80 weight 100 up,"
                        + " 10.0.0.12:80 weight 100 up -> affinity client, 10.0.0.11:80 weight"
                        + " 100 up, 10.0.0.14:80 weight 300 drain\n",
                daemon.run("diff -f " + file)
                        .out()
                        .lines()
                        .filter(l -> l.contains("load-balancer ") && !l.contains("six"))
                        .filter(l -> !l.contains("empty"))
                        .sorted()
                        .reduce("", (a, b) -> a + b + "\n"));
        daemon.run("apply -f " + file).ok();
        assertEquals(7, daemon.state().balancers().get("web").seed());
        final String before = daemon.fingerprint();
        daemon.run("apply -f " + file).ok();
        assertEquals(before, daemon.fingerprint());

        final String exported = daemon.run("export").ok().out();
        Files.writeString(file, exported);
        daemon.run("apply -f " + file + " --prune").ok();
        assertEquals(before, daemon.fingerprint());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "web: {affinity: x} | load-balancers.web.affinity: affinity 'x'; allowed: none,"
                        + " client-proto, client",
                "web: {seed: -1} | load-balancers.web.seed: '-1'; allowed are 0 to"
                        + " 9223372036854775807",
                "web: {backends: [10.0.0.1, 10.0.0.1]} | load-balancers.web: load balancer 'web'"
                        + " has a backend '10.0.0.1' already",
                "web: {backends: [10.0.0.1/24]} | load-balancers.web.backends[0]: backend"
                        + " '10.0.0.1/24': not an address; allowed: IPv4 as in 10.0.0.1, IPv6 as"
                        + " in fd00::1; allowed: IP, IPV4:PORT, [IPV6]:PORT",
                "web: {backends: [{weight: 1}]} | load-balancers.web.backends[0]: backend is"
                        + " missing; write it like backend: 10.0.0.1:80",
                "web: {backend: x} | load-balancers.web.backend: unknown field; did you mean"
                        + " backends?",
            })
    void shouldRefuseADocumentWholeWhenABalancerIsBad(final String text, final String line)
            throws IOException {
        final Path file = directory.resolve("host.yaml");
        Files.writeString(file, "load-balancers:\n  ok: {}\n  " + text + "\n");
        final String before = daemon.fingerprint();

        final Run run = daemon.run("apply -f " + file);

        assertEquals("vswitchctl: " + file + ":3: " + line + "\n", run.err());
        assertEquals(before, daemon.fingerprint());
    }
}
