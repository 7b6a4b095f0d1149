package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.port.MemoryPort;
import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rates, limits, mirrors, meters and audits from the command line to the packets and back. */
class ExtrasCommandTest {
    @TempDir private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LocalDaemon(directory);
        daemon.run("add-port web1 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port web2 --mac 02:00:00:00:00:02 --rate-in 10mbit").ok();
        daemon.run("add-port span --network none").ok();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private void send(final String packet, final int times) throws InterruptedException {
        final String macs = "02:00:00:00:00:01 > 02:00:00:00:00:02 ";
        final byte[] frame = new PacketText(macs + packet, null, null, ip -> null).frame();
        final MemoryPort port = daemon.devices.open.get("web1");
        final long before = daemon.vswitch.totals().rxPackets();
        for (int i = 0; i < times; i++) {
            assertTrue(port.send(new UnsafeBuffer(frame), 0, frame.length));
        }
        for (int i = 0; i < 1000 && daemon.vswitch.totals().rxPackets() < before + times; i++) {
            Thread.sleep(10);
        }
    }

    private long drops() {
        return daemon.vswitch.totals().dropped();
    }

    @Test
    void shouldSetAndShowRates() {
        assertEquals(
                "port web2 limits: rate-in 10mbit burst 125000, rate-out 1kpps burst 100\n",
                daemon.run("set-rate web2 --out 1000pps").ok().out());
        assertEquals(
                "port web2 limits: rate-out 1kpps burst 100\n",
                daemon.run("set-rate web2 --in none").ok().out());
        assertEquals(
                "port web2 limits: rate-out 1kpps burst 100, replies 7, arp 5\n",
                daemon.run("set-limits web2 --replies 7 --arp 5").ok().out());
        assertTrue(
                daemon.run("list-ports").out().contains("web2 limits: rate-out 1kpps burst 100"));
        daemon.run("set-limits web2 --replies 0 --arp 0").ok();
        assertEquals("port web2 limits: none\n", daemon.run("set-rate web2 --out none").ok().out());
    }

    @Test
    void shouldDropWhatIsOverTheRateOfAPort() throws Exception {
        daemon.run("set-rate web1 --out 1pps").ok();
        send("udp 10.0.0.1:1 > 10.0.0.2:53", 5);
        final String text = daemon.run("drops").ok().out();
        assertTrue(text.matches("(?s).*web1 +[1-4]  rate-limited .*"), text);
    }

    @Test
    void shouldBlameTheRuleWhoseLimitIsUsedUp() throws Exception {
        daemon.run("add-rule web1 out --id slow allow limit 1pps burst 1 proto udp").ok();
        send("udp 10.0.0.1:1 > 10.0.0.2:53", 40);
        final String text = daemon.run("drops").ok().out();
        assertTrue(
                text.contains(
                        "by rule web1 acl.out slow \"allow limit 1pps burst 1 where proto udp\" ("),
                text);
        assertTrue(daemon.run("drops --by rule").ok().out().contains("acl.out slow"));
    }

    @Test
    void shouldShowMetersAndAudits() throws Exception {
        assertTrue(daemon.run("stats --meters").ok().out().startsWith("no meters;"));
        assertTrue(daemon.run("audits").ok().out().startsWith("no packets"));
        daemon.run("add-rule web1 out --id m allow meter web proto udp").ok();
        daemon.run("add-rule web1 out --id a audit mirror span where proto udp").ok();
        send("udp 10.0.0.1:1 > 10.0.0.2:53", 3);
        final String meters = daemon.run("stats --meters").ok().out();
        assertTrue(meters.matches("(?s)METER .*\\nweb +web1 +out +3 +\\d.*"), meters);
        assertTrue(daemon.run("stats --meters --json").ok().out().contains("\"packets\" : 3"));
        final String audits = daemon.run("audits --last 2").ok().out();
        assertEquals(3, audits.lines().count(), audits);
        assertTrue(audits.contains("web1/acl/out/a"), audits);
        assertEquals(3, daemon.devices.open.get("span").receive((b, o, l) -> {}, 64));
    }

    @Test
    void shouldExplainAuditAndLimit() {
        daemon.run("add-rule web1 out --id a audit proto udp").ok();
        daemon.run("add-rule web1 out --id l allow limit 1mbit").ok();
        final String text =
                daemon.run(
                                "explain web1 02:00:00:00:00:01 > 02:00:00:00:00:02 udp 10.0.0.1:1"
                                        + " > 10.0.0.2:53")
                        .ok()
                        .out();
        assertTrue(text.contains("a: audit proto udp"), text);
        assertTrue(text.contains("l: allow limit 1mbit burst 64k"), text);
    }

    @Test
    void shouldApplyAndExportLimitsTwiceTheSame() throws IOException {
        daemon.run("set-limits web1 --nd 9 --half-open 3 --established 9 --udp 7 --icmp 2").ok();
        daemon.run("add-rule web1 out allow mirror span limit 1mbit").ok();
        final String exported = daemon.run("export").ok().out();
        assertTrue(exported.contains("rate-in: 10mbit burst 125000"), exported);
        assertTrue(exported.contains("half-open: 3"), exported);
        final Path file = Files.writeString(directory.resolve("d.yaml"), exported);
        final String before = daemon.fingerprint();
        daemon.run("apply -f " + file).ok();
        assertEquals(before, daemon.fingerprint());

        Files.writeString(file, exported.replace("nd: 9", "nd: 10").replace("10mbit", "20mbit"));
        final String changed = daemon.run("apply -f " + file).ok().out();
        assertTrue(changed.contains("nd 10"), changed);
        assertEquals(
                "rate-in 20mbit burst 125000",
                daemon.state().port("web2").spec().limits().toString());
        Files.writeString(file, exported.replaceAll("    limits:\n( {6}.*\n)+", ""));
        daemon.run("apply -f " + file).ok();
        assertEquals(null, daemon.state().port("web2").spec().limits());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "set-rate web1 | 2 | nothing to set",
                "set-rate web1 --in fast | 2 | rate-in 'fast': allowed are rates like 10mbit",
                "set-rate web1 --in 0mbit | 2 | rate-in '0mbit': rate 0",
                "set-rate nobody --in 1mbit | 1 | no port 'nobody'",
                "set-limits web1 --arp -1 | 2 | arp limit -1; allowed are 1 to 1000000",
                "set-limits web1 --udp -1 | 2 | -1 connections; allowed are 1 to 16777216",
                "set-limits web1 | 2 | nothing to set",
                "add-port x --rate-out 9 | 2 | rate-out '9'",
                "add-rule web1 out allow mirror nobody | 1 | no port 'nobody'",
                "add-rule web1 out block limit 1mbit | 2 | limit at word 2 needs an action that"
                        + " lets",
                "add-rule web1 out audit limit 1mbit | 2 | limit at word 2 needs an action that"
                        + " lets",
                "add-rule web1 out terminating audit | 2 | terminating at word 1 can't go with"
                        + " audit",
                "add-rule web1 out allow limit | 2 | 'limit' at word 2 needs a value",
                "add-rule web1 out allow limit 1mbit limit 2mbit | 2 | limit at word 4 is there"
                        + " already",
                "audits --last 0 | 2 | last '0'; allowed are 1 to 1000",
            })
    void shouldRefuseInOneLine(final String command, final int code, final String line)
            throws IOException {
        final String before = daemon.fingerprint();
        final Run run = daemon.run(command);
        assertTrue(run.err().contains(line), run.err());
        assertEquals(code, run.code());
        assertEquals(before, daemon.fingerprint());
    }

    @Test
    void shouldKeepAPortThatARuleMirrorsTo() {
        daemon.run("add-rule web1 out allow mirror span").ok();
        final Run run = daemon.run("del-port span");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("rule web1 acl.out 1 sends packets to"), run.err());
    }
}
