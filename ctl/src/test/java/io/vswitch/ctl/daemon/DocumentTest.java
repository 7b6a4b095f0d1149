package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** apply, diff and export against the daemon's parts. */
class DocumentTest {
    private static final String BOTH =
            """
            networks:
              red: {subnet: 10.0.0.0/24}
            ports:
              web:
                network: red
                addresses: [10.0.0.1/24]
                mac: 02:00:00:00:00:01
                layers:
                  acl:
                    groups:
                      in:
                        rules:
                        - block proto icmp
                        - {id: lb, priority: 7, rule: redirect db where proto tcp dst-port 80}
              db:
                network: red
                addresses: [10.0.0.2/24]
                mac: 02:00:00:00:00:02
            """;

    @TempDir private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LocalDaemon(directory);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private Run with(final String command, final String text) throws IOException {
        final Path file = Files.writeString(directory.resolve("d.yaml"), text);
        return daemon.run(command + " -f " + file);
    }

    @Test
    void shouldAddAllInOneRecordAndNothingTheSecondTime() throws IOException {
        final Run run = with("apply", BOTH).ok();

        assertEquals(
                """
                + network red: subnet 10.0.0.0/24, mac-limit 8192, mac-age 300
                + port web: kind tap, network red, device web, mac 02:00:00:00:00:01, addresses \
                10.0.0.1/24, vnet-hdr true
                + port db: kind tap, network red, device db, mac 02:00:00:00:00:02, addresses \
                10.0.0.2/24, vnet-hdr true
                + layer web acl: priority 100, default allow
                + group web acl.in: direction in, priority 100
                + rule web acl.in 1: priority 100, block proto icmp
                + rule web acl.in lb: priority 7, redirect db where proto tcp dst-port 80
                applied: 7 added, 0 changed, 0 removed
                """,
                run.out());
        assertEquals(2, daemon.vswitch.ports().size());
        final String before = daemon.fingerprint();
        assertEquals("nothing to change\n", with("apply", BOTH).ok().out());
        assertEquals("", with("diff", BOTH).ok().out());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldShowTheSameDifferenceThatItApplies() throws IOException {
        with("apply", BOTH).ok();
        final String changed =
                BOTH.replace("- block proto icmp", "- block proto udp")
                        .replace("- {id: lb,", "- {id: new,")
                        .replace("    mac: 02:00:00:00:00:02\n", "    enabled: false\n");
        final String before = daemon.fingerprint();

        final Run diff = with("diff", changed);

        assertEquals(
                """
                ~ port db: enabled -> disabled
                - rule web acl.in lb: priority 7, redirect db where proto tcp dst-port 80
                ~ rule web acl.in 1: priority 100, block proto icmp -> priority 100, block proto udp
                + rule web acl.in new: priority 7, redirect db where proto tcp dst-port 80
                """,
                diff.out());
        assertEquals(1, diff.code());
        assertEquals("", diff.err());
        assertEquals(before, daemon.fingerprint());
        assertTrue(with("diff --json", changed).out().contains("\"change\" : \"changed\""));
        assertEquals(
                diff.out() + "applied: 1 added, 2 changed, 1 removed\n",
                with("apply", changed).ok().out());
        assertEquals("", with("diff", changed).ok().out());
    }

    @Test
    void shouldLeaveAloneWhatIsNotMentionedUnlessToldToPrune() throws IOException {
        with("apply", BOTH).ok();
        daemon.run("add-port other --network none").ok();
        daemon.run("add-network blue").ok();

        final Run kept = with("apply", BOTH).ok();

        assertEquals(
                """
                not in the document, left alone (--prune removes): port other, network blue
                nothing to change
                """,
                kept.out());
        assertEquals("nothing to change\n", with("apply --prune", "{}").ok().out());
        final Run pruned = with("apply --prune", BOTH).ok();
        assertTrue(pruned.out().contains("- port other: kind tap"), pruned.out());
        assertTrue(pruned.out().endsWith("applied: 0 added, 0 changed, 2 removed\n"));
        assertFalse(daemon.state().ports().containsKey("other"));
        assertFalse(daemon.state().networks().containsKey("blue"));
        assertEquals(2, daemon.vswitch.ports().size());
    }

    @Test
    void shouldLeaveLayersAloneWhenThePortHasNoSuchSection() throws IOException {
        with("apply", BOTH).ok();

        assertEquals(
                "",
                with("diff", "ports: {db: {network: red, addresses: [10.0.0.2/24]}}")
                        .ok()
                        .out()
                        .replaceAll("not in.*\n", ""));
        final Run none =
                with("apply", "ports: {web: {network: red, addresses: [10.0.0.1/24], layers: {}}}");
        assertTrue(none.ok().out().startsWith("- layer web acl: "), none.out());
        assertEquals(0, daemon.state().port("web").policy().layers().size());
    }

    @Test
    void shouldTakeBackWhatItExports() throws IOException {
        with("apply", BOTH).ok();
        daemon.run("add-port plain").ok();
        daemon.run("add-port up --kind uplink --device veth9 --network none").ok();
        final String changes = daemon.state().toChanges().toString();
        final String yaml = daemon.run("export").ok().out();
        final String json = daemon.run("export --format json").ok().out();

        assertEquals("nothing to change\n", with("apply --prune", yaml).ok().out());
        assertEquals("nothing to change\n", with("apply --prune", json).ok().out());
        with("apply --prune", "{networks: {}, ports: {}}").ok();
        assertEquals(0, daemon.state().toChanges().size());
        with("apply", json).ok();
        assertEquals(changes, daemon.state().toChanges().toString());
    }

    @Test
    void shouldChangeNothingWhenADeviceCanNotBeOpened() throws IOException {
        final String before = daemon.fingerprint();
        daemon.devices.failing = "db";

        final Run run = with("apply", BOTH);

        assertEquals("vswitchctl: open device 'db': Operation not permitted\n", run.err());
        assertEquals(1, run.code());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldHaveAllOrNothingWhenTheJournalFails() throws IOException {
        daemon.breakJournal();

        assertEquals(1, with("apply", BOTH).code());
        assertEquals(0, daemon.state().ports().size());
        assertEquals(0, daemon.vswitch.ports().size());
    }

    @Test
    void shouldSayWhenTheFileIsNotThere() {
        final Run run = daemon.run("apply -f /nonexistent/p.yaml");

        assertEquals("vswitchctl: /nonexistent/p.yaml: no such file\n", run.err());
        assertEquals(1, run.code());
        assertEquals(2, daemon.run("diff -f /nonexistent/p.yaml").code());
    }

    @Test
    void shouldApplyTheExampleOfTheManual() throws IOException {
        final String manual = Files.readString(Path.of("../docs/operations.md"));
        final int begin = manual.indexOf("```yaml\n") + 8;
        final String example = manual.substring(begin, manual.indexOf("```", begin));

        final Run run = with("apply", example).ok();

        assertTrue(run.out().endsWith("applied: 8 added, 0 changed, 0 removed\n"), run.out());
        final String bad =
                example.replace("terminating allow proto icmp", "block proto tcp dst-prot 1");
        final Run refused = with("apply", bad);
        final String line = manual.substring(manual.indexOf("`policy.yaml:") + 1);
        assertEquals(
                "vswitchctl: "
                        + line.substring(0, line.indexOf('`'))
                                .replace("policy.yaml", directory.resolve("d.yaml").toString())
                        + "\n",
                refused.err());
    }
}
