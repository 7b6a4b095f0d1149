package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code match}: one layer by itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MatchCommandTest {
    private static final String WEB = "tcp 10.0.0.1:40000 > 10.0.0.2:80 syn";

    private LocalDaemon daemon;

    @BeforeAll
    void start(@TempDir final Path temporary) throws IOException {
        daemon = new LocalDaemon(temporary);
        daemon.run("add-network red --subnet 10.0.0.0/24").ok();
        daemon.run("add-port web1 --network red --ip 10.0.0.1/24 --mac 02:00:00:00:00:01").ok();
        daemon.run("add-port web2 --network red --ip 10.0.0.2/24 --mac 02:00:00:00:00:02").ok();
        daemon.run("add-layer web1 first --priority 1 --default block").ok();
        daemon.run("add-rule web1 out --id syn block proto tcp tcp-flags syn/syn+ack").ok();
        daemon.run("add-rule web1 in --id web allow proto tcp dst-port 80").ok();
    }

    @AfterAll
    void stop() throws IOException {
        daemon.close();
    }

    private Run match(final String packet, final String... options) {
        final List<String> words = new ArrayList<>(List.of("match", "--socket=" + daemon.socket));
        words.addAll(List.of(options));
        words.add("web1");
        words.add(packet);
        return Run.of(words.toArray(String[]::new));
    }

    @Test
    void shouldSayWhichRuleOfTheLayerDecidesWhateverTheOthersDo() throws IOException {
        final String before = daemon.fingerprint();

        assertEquals(
                "layer    web1 out acl\n"
                        + "rule     out: syn: block proto tcp tcp-flags syn/syn+ack\n"
                        + "outcome  block\n",
                match(WEB).ok().out());
        assertEquals(
                "layer    web1 in acl\nrule     in: web: allow proto tcp dst-port 80\n"
                        + "outcome  allow\n",
                match(WEB, "--direction=in").ok().out());
        assertEquals(
                "layer    web1 out acl\nrule     none\noutcome  default allow\n",
                match(WEB.replace("syn", "ack")).ok().out());
        assertEquals(
                "layer    web1 out first\nrule     none\noutcome  default block\n",
                match(WEB, "--layer=first").ok().out());
        assertTrue(match(WEB, "--json").ok().out().contains("\"syn: block proto tcp"), "JSON");
        assertEquals(before, daemon.fingerprint());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--layer=alc | 1 | no layer 'alc' in port 'web1'; did you mean 'acl'?",
                "--direction=up | 2 | direction 'up'; allowed are in and out",
            })
    void shouldRefuseInOneLineWhenAnOptionIsBad(
            final String option, final int code, final String line) {
        final Run run = match(WEB, option);

        assertEquals("vswitchctl: " + line + "\n", run.err());
        assertEquals(code, run.code());
    }
}
