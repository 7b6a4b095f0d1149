package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import io.vswitch.ctl.state.DesiredState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tags by command: refused, listed, replaced, stored. */
@Tag("long")
class TagTest {
    @TempDir private Path directory;
    private LocalDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LocalDaemon(directory);
        daemon.run("add-port web1").ok();
        daemon.run("add-port web2").ok();
        daemon.run("add-port web3").ok();
        daemon.run("add-tag inner 10.9.0.0/16 fd09::/32").ok();
        daemon.run("add-tag web @inner 10.0.0.0/30 10.0.0.1").ok();
        daemon.run("add-tag grouped 10.0.0.0/24").ok();
        daemon.run("add-rule web1 in block src-ip @web").ok();
        daemon.run("add-rule web2 in block dst-ip not @inner,10.0.0.2").ok();
        group("@grouped");
    }

    /** A group whose conditions are one word, as the command line's quotes make it. */
    private Run group(final String source) {
        return Run.of(
                "add-group",
                "--socket=" + daemon.socket,
                "web2",
                "acl",
                "g",
                "--direction=in",
                "--priority=7",
                "--where",
                "proto tcp,udp dst-port 80 src-ip " + source);
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
                "add-rule web1 in block src-ip @wbe | 1 | no tag 'wbe'; did you mean 'web'?",
                "add-rule web1 in block src-ip @ | 2 | rule: src-ip '@' at word 3: '@' names no"
                        + " tag; tag names: allowed are 1 to 63 characters, letters, digits and"
                        + " _ . : -, none of . : - first",
                "add-rule web1 in block proto not | 2 | rule: proto not at word 3 needs a value;"
                        + " allowed: names as tcp, udp, icmp, icmpv6, or 0 to 255, or a comma list"
                        + " of them, 'not' before it",
                "add-tag web 10.0.0.0/8 | 1 | tag 'web' is there already",
                "add-tag x 10.0.0.1/8 | 2 | tag 'x': '10.0.0.1/8': host bits are set; the network"
                        + " is 10.0.0.0/8",
                "add-tag x @wbe | 1 | no tag 'wbe'; did you mean 'web'?",
                "add-tag a.b 10.0.0.0/8 | 2 | tag name 'a.b': allowed are letters, digits, '_',"
                        + " '-', not beginning with '-'",
                "add-tag x @x | 1 | tag 'x': @x makes it part of itself",
                "replace-tag inner @web | 1 | tag 'inner': @web makes it part of itself",
                "replace-tag wbe 10.0.0.0/8 | 1 | no tag 'wbe'; did you mean 'web'?",
                "del-tag wbe | 1 | no tag 'wbe'; did you mean 'web'?",
                "del-tag web | 1 | tag 'web' is used by rule 'web1 acl.in 1'; delete it first",
                "del-tag grouped | 1 | tag 'grouped' is used by group 'web2 acl.g'; delete it"
                        + " first",
                "del-tag inner | 1 | tag 'inner' is used by tag 'web'; replace or delete that"
                        + " first",
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
    void shouldListTagsWithWhatTheyStandFor() {
        final String table =
                "TAG      PREFIXES  RULES  MEMBERS\n"
                        + "grouped         1      0  10.0.0.0/24\n"
                        + "inner           2      1  10.9.0.0/16 fd09::/32\n"
                        + "web             3      1  10.0.0.0/30 10.0.0.1 @inner\n";

        assertEquals(table, daemon.run("list-tags").ok().out());
        assertTrue(daemon.run("show").ok().out().endsWith(table));
        assertTrue(
                daemon.run("list-tags --json")
                        .ok()
                        .out()
                        .replaceAll("\\s", "")
                        .contains(
                                "{\"name\":\"inner\",\"members\":[\"10.9.0.0/16\",\"fd09::/32\"],"
                                        + "\"prefixes\":2,\"rules\":1}"));
    }

    @Test
    void shouldSkipTheGroupWhenItsConditionsAreNotMet() {
        daemon.run("add-rule web2 acl.g block").ok();
        final String mac = daemon.state().port("web2").spec().mac();
        final String packet = "explain web3 02:00:00:00:00:09 > " + mac + " tcp 10.0.0.9:5 > ";

        assertTrue(
                daemon.run("list-rules web2")
                        .ok()
                        .out()
                        .contains("group where src-ip @grouped proto tcp,udp dst-port 80"));
        assertTrue(daemon.run(packet + "10.9.0.2:80").ok().out().contains("1: block"));
        assertFalse(daemon.run(packet + "10.9.0.2:81").ok().out().contains("1: block"));
        daemon.run("replace-tag grouped 10.1.0.0/24").ok();
        assertFalse(daemon.run(packet + "10.9.0.2:80").ok().out().contains("1: block"));
    }

    @Test
    void shouldRefuseAGroupInOneLineWhenItsConditionsAreBad() {
        daemon.run("del-group web2 acl g").ok();

        assertEquals(
                "vswitchctl: no tag 'gruoped'; did you mean 'grouped'?\n", group("@gruoped").err());
        assertEquals(
                "vswitchctl: group 'g': where: src-ip '10.0.0.1/8' at word 6: host bits are set;"
                        + " the network is 10.0.0.0/8\n",
                group("10.0.0.1/8").err());
    }

    @Test
    void shouldPublishOneGenerationWhenSeveralPortsUseTheTag() throws IOException {
        final long before = daemon.vswitch.generation();

        daemon.run("replace-tag inner 10.8.0.0/16").ok();

        assertEquals(before + 1, daemon.vswitch.generation());
        assertDecision("web1", "10.8.0.1", true);
        assertDecision("web1", "10.9.0.1", false);
    }

    @Test
    void shouldPublishNothingWhenNoRuleIsConcerned() {
        daemon.run("add-tag other 10.0.0.0/8").ok();
        final long before = daemon.vswitch.generation();

        daemon.run("replace-tag other 10.1.0.0/16").ok();
        daemon.run("replace-tag inner fd09::/32 10.9.0.0/16").ok();

        assertEquals(before, daemon.vswitch.generation());
    }

    private void assertDecision(final String to, final String from, final boolean blocked) {
        final String mac = daemon.state().port(to).spec().mac();
        final String out =
                daemon.run(
                                "explain web3 02:00:00:00:00:09 > "
                                        + mac
                                        + " icmp "
                                        + from
                                        + " > 10.0.0.2")
                        .ok()
                        .out();
        assertEquals(
                blocked,
                out.contains("block src-ip @web"),
                "to " + to + " from " + from + ": " + out);
    }

    @Test
    void shouldKeepTheRulesCountersWhenItsTagIsReplaced() {
        final var before = daemon.controller.ref("web1", "acl", "in", "1");

        daemon.run("replace-tag web 10.7.0.0/16").ok();

        assertEquals(before, daemon.controller.ref("web1", "acl", "in", "1"));
    }

    @Test
    void shouldHaveTagsBackWhenStartedAgain() throws IOException {
        daemon.run("replace-tag inner 10.8.0.0/16").ok();
        daemon.run("add-tag a @web").ok();
        daemon.run("add-tag gone 10.0.0.0/8").ok();
        daemon.run("del-tag gone").ok();
        final DesiredState before = daemon.state();
        daemon.close();

        daemon = new LocalDaemon(directory);

        assertEquals(before.toChanges(), daemon.state().toChanges());
        assertEquals(before.toChanges(), DesiredState.EMPTY.apply(before.toChanges()).toChanges());
        assertEquals(
                List.of("a", "grouped", "inner", "web"),
                List.copyOf(daemon.state().tags().names()));
        daemon.run("del-rule web1 in 1").ok();
        daemon.run("del-tag a").ok();
        daemon.run("del-tag web").ok();
    }
}
