package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.core.port.MemoryPort;
import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code flows} and {@code flows kill} against a daemon that forwards frames. */
class FlowsCommandTest {
    private static final Map<String, String> MACS =
            Map.of(
                    "10.0.0.1", "02:00:00:00:00:01",
                    "10.0.0.2", "02:00:00:00:00:02",
                    "fd00::1", "02:00:00:00:00:01",
                    "fd00::2", "02:00:00:00:00:02");
    private static final List<String> PACKETS =
            List.of(
                    "tcp 10.0.0.1:1000 > 10.0.0.2:80 syn",
                    "tcp 10.0.0.1:1000 > 10.0.0.2:22 syn",
                    "udp 10.0.0.1:53 > 10.0.0.2:80",
                    "icmp 10.0.0.1 > 10.0.0.2",
                    "tcp [fd00::1]:1000 > [fd00::2]:80 syn");

    private LocalDaemon daemon;

    @BeforeEach
    void start(@TempDir final Path directory) throws Exception {
        daemon = new LocalDaemon(directory);
        daemon.run("add-network red").ok();
        daemon.run("add-port web1 --network red --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port web2 --network red --mac 02:00:00:00:00:02").ok();
        daemon.run("add-rule web2 in --id ssh block proto tcp dst-port 22").ok();
        send("web2", "arp who-has 10.0.0.1 tell 10.0.0.2");
        awaitMac();
        for (int i = 0; i < PACKETS.size(); i++) {
            for (int n = 0; n <= i; n++) {
                send("web1", PACKETS.get(i));
            }
        }
        awaitFlows(5);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private void send(final String port, final String packet) {
        final String mac = port.equals("web1") ? "02:00:00:00:00:01" : "02:00:00:00:00:02";
        final byte[] frame = new PacketText(packet, mac, null, MACS::get).frame();
        final MemoryPort memory = daemon.devices.open.get(port);
        assertTrue(memory.send(new UnsafeBuffer(frame), 0, frame.length));
    }

    private void awaitMac() throws InterruptedException {
        for (int i = 0; i < 500 && daemon.vswitch.macs("red").isEmpty(); i++) {
            Thread.sleep(10);
        }
    }

    /** All flows are there and each has all its packets. */
    private void awaitFlows(final int count) throws InterruptedException {
        final long packets = count * (count + 1) / 2;
        for (int i = 0; i < 500; i++) {
            final var flows = daemon.vswitch.flows(flow -> true, 100);
            if (flows.stream().mapToLong(f -> f.packets()).sum() == packets) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError(daemon.vswitch.flows(flow -> true, 100).toString());
    }

    private Run kill(final String options) {
        final Stream<String> words = Stream.of("flows", "kill", "--socket=" + daemon.socket);
        return Run.of(
                Stream.concat(words, Arrays.stream(options.split(" ")).filter(w -> !w.isEmpty()))
                        .toArray(String[]::new));
    }

    /** Packet counts of the flows shown, in the order shown: a packet count is a flow's name. */
    private static List<String> counts(final Run run) {
        return run.ok()
                .out()
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst(".*web1  +(web2|dropped: [a-z-]+)  +", ""))
                .map(line -> line.split(" ")[0])
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--port web1 | 1 2 3 4 5",
                "--port web2 | ",
                "--proto tcp | 1 2 5",
                "--proto 17 | 3",
                "--proto icmp | 4",
                "--proto icmpv6 | ",
                "--proto arp | ",
                "--dst-port 80 | 1 3 5",
                "--src-port 53 | 3",
                "--dst-port 80 --proto tcp | 1 5",
                "--src-ip 10.0.0.1 | 1 2 3 4",
                "--src-ip 10.0.0.0/31 | 1 2 3 4",
                "--src-ip 10.0.0.2/31 | ",
                "--dst-ip 10.0.0.2/31 | 1 2 3 4",
                "--dst-ip 0.0.0.0/0 | 1 2 3 4",
                "--src-ip fd00::/64 | 5",
                "--src-ip fd00:0:0:1::/64 | ",
                "--dst-ip fd00::2 | 5",
                "--dst-ip fd00::1 | ",
                "--dst-ip ::/0 | 5",
                "--dropped | 2",
                "--rule ssh | 2",
                "--rule web2/acl/in/ssh | 2",
                "--rule sh | ",
            })
    void shouldShowTheFlowsThatAreMeant(final String options, final String expected) {
        final List<String> wanted =
                expected == null ? List.of() : Arrays.asList(expected.split(" "));

        assertEquals(wanted, counts(daemon.run("flows " + options)).stream().sorted().toList());
        assertEquals(
                wanted.size() + (wanted.size() == 1 ? " flow killed\n" : " flows killed\n"),
                kill(options).ok().out());
        assertEquals(5 - wanted.size(), daemon.vswitch.flows(flow -> true, 100).size());
    }

    @Test
    void shouldShowTheMostFirstWhenSorted() {
        assertEquals(List.of("5", "4", "3", "2", "1"), counts(daemon.run("flows --sort packets")));
        final Run two = daemon.run("flows --sort packets --limit 2");
        assertEquals(List.of("5", "4"), counts(two).subList(0, 2));
        assertTrue(two.out().endsWith("more flows match; see --limit\n"), two.out());
    }

    @Test
    void shouldLayFlowsOutInColumns() {
        final List<String> lines =
                daemon.run("flows --sort packets --proto tcp").ok().out().lines().toList();

        assertTrue(
                lines.get(0).matches("FLOW +FROM  TO {23}PACKETS +BYTES +AGE +IDLE  RULES"),
                lines.get(0));
        assertTrue(
                lines.get(2)
                        .matches(
                                "tcp 10.0.0.1:1000 > 10.0.0.2:22 +web1  dropped: policy-blocked"
                                        + " +2 +\\d+ B +[\\d.]+ s +[\\d.]+ s  web2/acl/in/ssh"),
                lines.get(2));
    }

    @Test
    void shouldKillAllFlowsOnlyWhenTold() {
        assertEquals(
                "vswitchctl: flows kill needs a condition, like --port web1, or --all\n",
                kill("").err());
        assertEquals(2, kill("").code());
        assertEquals(
                "vswitchctl: flows kill takes either conditions or --all, not both\n",
                kill("--all --dropped").err());
        assertEquals(5, daemon.vswitch.flows(flow -> true, 100).size());

        assertEquals("{\n  \"flows\" : 5\n}\n", kill("--all --json").ok().out());
        assertEquals("no flows\n", daemon.run("flows").ok().out());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--src-ip 10.0.0.1/24 | src-ip '10.0.0.1/24': host bits are set; the network's"
                        + " address is 10.0.0.0/24",
                "--src-ip web1 | src-ip 'web1': not an IPv4 or IPv6 address",
                "--proto tpc | proto 'tpc'; allowed are arp, icmp, icmpv6, tcp, udp, 0 to 255; did"
                        + " you mean 'tcp'?",
                "--proto 256 | proto '256'; allowed are arp, icmp, icmpv6, tcp, udp, 0 to 255",
                "--dst-port 65536 | dst-port 65536; allowed are 0 to 65535",
                "--sort size | sort 'size'; allowed are age, bytes, idle, packets",
            })
    void shouldRefuseInOneLineWhenAConditionIsBad(final String options, final String line) {
        final Run run = daemon.run("flows " + options);

        assertEquals("vswitchctl: " + line + "\n", run.err());
        assertEquals(2, run.code());
    }
}
