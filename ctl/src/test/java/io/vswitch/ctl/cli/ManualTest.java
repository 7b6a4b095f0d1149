package io.vswitch.ctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.ctl.daemon.Vswitchd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * docs/cli.md is what the commands say of themselves; {@code -Dvswitch.docs.write=true} writes it
 * anew.
 */
class ManualTest {
    private static final int WIDTH = 100;

    private static final String HEAD =
            """
            # vswitchctl and vswitchd

            Made from the programs' own help by `ManualTest`; don't edit.

            - Exit codes: 0 done, 1 not possible as things are (unknown port, no daemon, ...), 2 wrong
              command line or document. An error is one line on standard error. `diff` differs: 0
              nothing to change, 1 something, 2 any failure.
            - A changing command ends when the change is on disk and every worker runs it; a refused one
              has changed nothing.
            - Reading commands take `--json`.
            - A packet for `explain` is written like `icmp 10.0.0.1 > 10.0.0.2`,
              `tcp 10.0.0.1:1234 > 10.0.0.2:80 syn`, `udp [fd00::1]:53 > [fd00::2]:53`,
              `arp who-has 10.0.0.2` or `hex:0011...` (a whole frame); before it may stand
              `MAC > MAC` and `vlan N`. MACs that are left out are those of the endpoints with these
              addresses.
            - The text of a rule is described in [rules.md](rules.md).
            """;

    @Test
    void shouldEqualWhatTheCommandsSay() throws IOException {
        final StringBuilder text = new StringBuilder(HEAD);
        section(text, Vswitchctl.commandLine());
        section(text, Vswitchd.commandLine());
        final Path file = Path.of("../docs/cli.md");
        if (Boolean.getBoolean("vswitch.docs.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }

        assertEquals(
                Files.readString(file),
                text.toString(),
                "docs/cli.md is out of date: run ./mvnw -pl ctl -am test -Dtest=ManualTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dtest.jvm.args=-Dvswitch.docs.write=true");
    }

    private static void section(final StringBuilder text, final CommandLine command) {
        command.setUsageHelpWidth(WIDTH);
        text.append("\n## ").append(command.getCommandSpec().qualifiedName(" "));
        text.append("\n```text\n");
        text.append(command.getUsageMessage(Ansi.OFF).stripTrailing());
        text.append("\n```\n");
        command.getSubcommands().values().forEach(sub -> section(text, sub));
    }
}
