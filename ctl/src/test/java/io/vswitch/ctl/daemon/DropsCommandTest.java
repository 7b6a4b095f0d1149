package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.port.MemoryPort;
import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code drops} in all its forms, for four drops: three by rules, one malformed. */
class DropsCommandTest {
    private LocalDaemon daemon;

    @BeforeEach
    void start(@TempDir final Path directory) throws Exception {
        daemon = new LocalDaemon(directory);
        daemon.run("add-network red").ok();
        daemon.run("add-port web1 --network red --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port web2 --network red --mac 02:00:00:00:00:02").ok();
        assertEquals("no drops\n", daemon.run("drops --last").ok().out());
        assertEquals("no drops\n", daemon.run("drops --by rule").ok().out());
        daemon.run("add-rule web1 out --id ssh block proto tcp dst-port 22").ok();
        daemon.run("add-rule web1 out --id dns block proto udp").ok();
        send(packet("tcp 10.0.0.1:1 > 10.0.0.2:22 syn"));
        send(packet("udp 10.0.0.1:1 > 10.0.0.2:53"));
        send(packet("udp 10.0.0.1:1 > 10.0.0.2:54"));
        awaitDrops(3);
        // in a burst with others it would be dropped before they are
        send(new byte[] {1, 2, 3});
        awaitDrops(4);
    }

    private void awaitDrops(final int count) throws InterruptedException {
        for (int i = 0; i < 500 && daemon.vswitch.totals().dropped() < count; i++) {
            Thread.sleep(10);
        }
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private static byte[] packet(final String text) {
        final String macs = "02:00:00:00:00:01 > 02:00:00:00:00:02 ";
        return new PacketText(macs + text, null, null, ip -> null).frame();
    }

    private void send(final byte[] frame) {
        final MemoryPort port = daemon.devices.open.get("web1");
        assertTrue(port.send(new UnsafeBuffer(frame), 0, frame.length));
    }

    @Test
    void shouldShowTheLastPacketsTheLatestFirst() {
        final List<String> lines = daemon.run("drops --last").ok().out().lines().toList();

        assertEquals(5, lines.size());
        assertTrue(lines.get(0).matches(" *AGO +FROM +AT +REASON +RULE +BYTES +PACKET"));
        assertTrue(
                lines.get(1)
                        .matches(
                                " *[\\d.]+ s  web1  web1  malformed-ethernet  - +3  frame of 3"
                                        + " bytes"),
                lines.get(1));
        assertTrue(
                lines.get(2)
                        .matches(
                                ".* web1  web1  policy-blocked +web1/acl/out/dns +\\d+  udp"
                                        + " 10.0.0.1:1 > 10.0.0.2:54 02:00:00:00:00:01 >"
                                        + " 02:00:00:00:00:02"),
                lines.get(2));
        assertTrue(lines.get(4).contains("web1/acl/out/ssh"), lines.get(4));
        assertEquals(2, daemon.run("drops --last 1").ok().out().lines().count());
    }

    @Test
    void shouldSumByPortRuleAndReason() {
        assertEquals("PACKETS  PORT\n      4  web1\n", daemon.run("drops --by port").ok().out());
        assertEquals(
                "PACKETS  REASON\n      3  policy-blocked\n      1  malformed-ethernet\n",
                daemon.run("drops --by reason").ok().out());
        assertEquals(
                """
                PACKETS  RULE
                      2  web1 acl.out dns "block proto udp"
                      1  web1 acl.out ssh "block proto tcp dst-port 22"
                      1  no rule, or one that is gone
                """,
                daemon.run("drops --by rule").ok().out());
    }

    @Test
    void shouldPrintJsonOfEveryForm() {
        assertTrue(daemon.run("drops --json").ok().out().contains("\"total\" : 4"));
        assertTrue(daemon.run("drops --by port --json").ok().out().contains("\"by\" : \"port\""));
        final String last = daemon.run("drops --last 1 --json").ok().out();
        assertTrue(last.contains("\"frame\" : \"010203\""), last);
        assertTrue(last.contains("\"passedOver\" : 0"), last);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "drops --last 0 | last '0'; allowed are 1 to 1000",
                "drops --last 1001 | last '1001'; allowed are 1 to 1000",
                "drops --last many | last 'many'; allowed are 1 to 1000",
                "drops --by size | by 'size'; allowed are port, rule and reason",
                "drops --by port --last | drops takes either --by or --last, not both",
            })
    void shouldRefuseInOneLineWhenAFormIsBad(final String command, final String line) {
        final Run run = daemon.run(command);

        assertEquals("vswitchctl: " + line + "\n", run.err());
        assertEquals(2, run.code());
    }
}
