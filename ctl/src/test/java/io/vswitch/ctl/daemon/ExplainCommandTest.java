package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import io.vswitch.ctl.persist.PcapngWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code explain} for packets from everywhere, and for rules that are only supposed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainCommandTest {
    private static final String PING = "icmp 10.0.0.1 > 10.0.0.2";
    private static final String WEB = "tcp 10.0.0.1:40000 > 10.0.0.2:80 syn";

    private Path directory;
    private LocalDaemon daemon;

    @BeforeAll
    void start(@TempDir final Path temporary) throws IOException {
        directory = temporary;
        daemon = new LocalDaemon(directory);
        daemon.run("add-network red --subnet 10.0.0.0/24").ok();
        daemon.run("add-port web1 --network red --ip 10.0.0.1/24 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port web2 --network red --ip 10.0.0.2/24 --mac 02:00:00:00:00:02").ok();
        daemon.run("add-rule web2 in --id ping block proto icmp").ok();
    }

    @AfterAll
    void stop() throws IOException {
        daemon.close();
    }

    /** Words come as they are, without a shell. */
    private Run explain(final String packet, final String... options) {
        final List<String> words = new ArrayList<>(List.of("explain", "--socket=" + daemon.socket));
        words.addAll(List.of(options));
        words.add("web1");
        if (packet != null) {
            words.add(packet);
        }
        return Run.of(words.toArray(String[]::new));
    }

    private static byte[] frame(final String packet) {
        final String macs = "02:00:00:00:00:01 > 02:00:00:00:00:02 ";
        return new PacketText(macs + packet, null, null, ip -> null).frame();
    }

    @Test
    void shouldSayTheSameForAPacketInWordsInHexAndFromAFile() throws IOException {
        final Path file = directory.resolve("two.pcapng");
        try (PcapngWriter writer = new PcapngWriter(file, 10)) {
            writer.addInterface("x", 0);
            for (final String packet : List.of(PING, WEB)) {
                final byte[] frame = frame(packet);
                writer.write(0, 1, new UnsafeBuffer(frame), 0, frame.length, frame.length, null);
            }
        }
        final String ping = explain(PING).ok().out();
        final String web = explain(WEB).ok().out();

        assertTrue(ping.contains("result   dropped: policy-blocked\n"), ping);
        assertTrue(web.contains("result   sent to web2\n"), web);
        assertEquals(ping, explain(null, "--pcap=" + file).ok().out());
        assertEquals(web, explain(null, "--pcap=" + file, "--packet=2").ok().out());
        assertEquals(
                web, explain(null, "--hex=" + HexFormat.of().formatHex(frame(WEB))).ok().out());
        assertEquals(
                web,
                explain(null, "--hex", HexFormat.ofDelimiter(" ").formatHex(frame(WEB)))
                        .ok()
                        .out());
        assertEquals(
                "vswitchctl: " + file + " has 2 packet(s); there is no packet 3\n",
                explain(null, "--pcap=" + file, "--packet=3").err());
    }

    @Test
    void shouldSayWhatASupposedRuleWouldDoAndChangeNothing() throws IOException {
        final String before = daemon.fingerprint();

        final String out = explain(WEB, "--with", "block proto tcp dst-port 80").ok().out();
        final String in =
                explain(WEB, "--with", "block proto tcp dst-port 80", "--at", "web2").ok().out();
        final String other = explain(WEB, "--with", "block proto tcp dst-port 81").ok().out();
        final String first =
                explain(PING, "--with", "allow proto icmp", "--at=web2", "--priority=1").ok().out();
        final String later =
                explain(PING, "--with", "allow proto icmp", "--at=web2", "--priority=101")
                        .ok()
                        .out();
        final String without = explain(PING, "--without", "ping", "--at", "web2").ok().out();

        assertTrue(
                out.contains(
                        "layer    web1 out acl: block by acl.out: 1: block proto tcp dst-port 80"),
                out);
        assertTrue(out.contains("result   dropped: policy-blocked\n"), out);
        assertTrue(out.contains("with what is supposed"), out);
        assertTrue(in.contains("web2 in acl: block by acl.in: 1: block proto tcp"), in);
        assertTrue(other.contains("result   sent to web2\n"), other);
        assertTrue(first.contains("result   sent to web2\n"), first);
        assertTrue(later.contains("result   dropped: policy-blocked\n"), later);
        assertTrue(without.contains("result   sent to web2\n"), without);
        assertEquals(before, daemon.fingerprint());
        assertFalse(explain(WEB).ok().out().contains("supposed"));
        assertTrue(explain(PING).ok().out().contains("dropped: policy-blocked"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--with=blok | 2 | rule: unknown action 'blok' at word 1; did you mean 'block'?",
                "--with=block,--at=wbe2 | 1 | no port 'wbe2'; did you mean 'web2'?",
                "--with=block,--layer=x | 1 | no layer 'x' in port 'web1'; there are none",
                "--without=9,--at=web2 | 1 | no rule '9' in group 'in' of layer 'acl' of port"
                        + " 'web2'; allowed: ping",
                "--layer=acl | 2 | --at, --layer and --group need --with or --without",
                "--priority=9 | 2 | --priority needs --with",
                "--packet=1 | 2 | --packet needs --pcap",
                "--hex=00 | 2 | one of PACKET, --hex and --pcap is needed",
            })
    void shouldRefuseInOneLineWhenASuppositionIsBad(
            final String options, final int code, final String line) throws IOException {
        final String before = daemon.fingerprint();

        final Run run = explain(PING, options.split(","));

        assertEquals("vswitchctl: " + line + "\n", run.err());
        assertEquals(code, run.code());
        assertEquals(before, daemon.fingerprint());
    }
}
