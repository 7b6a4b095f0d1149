package io.vswitch.ctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a command line may be, without a daemon. */
class CommandLineTest {
    @TempDir private Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "qqqqqqqq | unknown command 'qqqqqqqq'",
                "shwo | unknown command 'shwo'; did you mean 'show'?",
                "add-prot a | unknown command 'add-prot'; did you mean 'add-port'?",
                "daemon | start, stop or status is missing",
                "add-port | Missing required parameter: 'NAME'",
                "add-port a --netsn b | unknown option '--netsn'; did you mean '--netns'?",
                "add-port a --mtu many | Invalid value for option '--mtu': 'many' is not an int",
                "add-layer a b | Missing required option: '--priority=N'",
                "capture | Missing required option: '--write=FILE'",
                "show extra | unexpected argument 'extra'",
            })
    void shouldNameTheMistakeAndTheHelpWhenUsageIsWrong(final String command, final String line) {
        final Run run = Run.of(command.split(" "));

        assertEquals("vswitchctl: " + line, run.err().lines().findFirst().orElse(""));
        assertTrue(
                run.err().lines().skip(1).findFirst().orElse("").startsWith("Try `vswitchctl"),
                run.err());
        assertEquals(2, run.err().lines().count());
        assertEquals(2, run.code());
        assertEquals("", run.out());
    }

    @Test
    void shouldAskForACommandWhenNoneIsGiven() {
        final Run run = Run.of();

        assertEquals("vswitchctl: a command is missing\nTry `vswitchctl --help`.\n", run.err());
        assertEquals(2, run.code());
    }

    @Test
    void shouldPrintTheVersion() {
        final Run run = Run.of("version").ok();

        assertTrue(run.out().matches("vswitchctl \\d+\\.\\d+.*\n"), run.out());
        assertEquals(run.out(), Run.of("--version").ok().out());
    }

    @ParameterizedTest
    @CsvSource({
        "--socket /nosuch/sock show",
        "show --socket /nosuch/sock",
        "--socket=/nosuch/sock list-rules",
        "--socket /nosuch/sock add-network red",
        "--socket /nosuch/sock stats",
        "--socket /nosuch/sock daemon status",
        "daemon --socket /nosuch/sock status",
        "daemon status --socket /nosuch/sock",
    })
    void shouldTakeTheSocketBeforeAndAfterTheCommand(final String command) {
        final Run run = Run.of(command.split(" "));

        assertEquals(
                "vswitchctl: vswitchd is not running (no socket at /nosuch/sock); start it with"
                        + " `vswitchctl daemon start`\n",
                run.err());
        assertEquals(1, run.code());
    }

    /** Outside a real completion the script's {@code compopt} complains on standard error. */
    @Test
    void shouldCompleteTheSocketBeforeTheCommand() throws Exception {
        final Path script = directory.resolve("completion");
        Files.writeString(script, Run.of("completion", "bash").ok().out());
        final Process bash =
                new ProcessBuilder(
                                "bash",
                                "-c",
                                "source "
                                        + script
                                        + "; COMP_WORDS=(vswitchctl --so); COMP_CWORD=1;"
                                        + " _complete_vswitchctl 2>/dev/null; echo"
                                        + " \"${COMPREPLY[*]}\"")
                        .redirectErrorStream(true)
                        .start();

        assertEquals(
                "--socket",
                new String(
                                bash.getInputStream().readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8)
                        .strip());
    }

    static Stream<CommandLine> commands() {
        final List<CommandLine> all = new ArrayList<>();
        collect(Vswitchctl.commandLine(), all);
        return all.stream();
    }

    private static void collect(final CommandLine line, final List<CommandLine> all) {
        all.add(line);
        line.getSubcommands().values().forEach(sub -> collect(sub, all));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldBindAndDescribeEveryOptionThatHelpShows(final CommandLine command) {
        for (final OptionSpec option : command.getCommandSpec().options()) {
            assertFalse(option.hidden(), option.longestName() + " is hidden");
            described(option, option.longestName());
            if (!option.usageHelp() && !option.versionHelp()) {
                binds(command, option);
            }
        }
        command.getCommandSpec().positionalParameters().forEach(p -> described(p, p.paramLabel()));
    }

    private static void described(final ArgSpec argument, final String name) {
        final String text = String.join(" ", argument.description());
        assertTrue(text.length() > 5, name + " has no description");
        assertTrue(text.endsWith(".") || text.contains(": "), name + ": " + text);
    }

    /**
     * The option's field takes the value: a name that is bound to nothing would leave it as it was.
     */
    private static void binds(final CommandLine command, final OptionSpec option) {
        final Object before = option.getValue();
        final Class<?> type = option.type();
        final Object value =
                type == boolean.class
                        ? Boolean.TRUE
                        : type == int.class || type == Integer.class
                                ? (Object) 4711
                                : type == long.class ? (Object) 4711L : null;
        if (value != null) {
            option.setValue(value);
            assertEquals(value, option.<Object>getValue(), option.longestName());
            option.setValue(before);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldShowHelpForEveryCommand(final CommandLine command) {
        final String name = command.getCommandSpec().qualifiedName(" ");
        final String[] words = (name + " --help").split(" ");
        final Run run = Run.of(java.util.Arrays.copyOfRange(words, 1, words.length)).ok();

        assertTrue(run.out().startsWith("Usage: " + name), run.out());
        assertEquals("", run.err());
    }

    @ParameterizedTest
    @CsvSource({"bash", "zsh"})
    void shouldPrintACompletionThatTheShellTakes(final String shell) throws Exception {
        final Run run = Run.of("completion", shell).ok();

        assertTrue(run.out().contains("complete -F _complete_vswitchctl -o default vswitchctl"));
        final Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        bash.getOutputStream().write(run.out().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        bash.getOutputStream().close();
        assertEquals(
                "",
                new String(
                        bash.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(0, bash.waitFor());
    }
}
