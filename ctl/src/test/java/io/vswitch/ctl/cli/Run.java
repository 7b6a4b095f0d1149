package io.vswitch.ctl.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** One run of vswitchctl in this JVM: exit code and what it printed. */
public record Run(int code, String out, String err) {
    /** Runs a command on its own. */
    public static Run of(final String... args) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final CommandLine line = Vswitchctl.commandLine();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        final int code = line.execute(args);
        return new Run(code, out.toString(), err.toString());
    }

    /** Runs a command against the daemon at a socket; the words are separated by blanks. */
    public static Run at(final Path socket, final String command) {
        final List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add(1, "--socket=" + socket);
        return of(words.toArray(new String[0]));
    }

    /** Fails unless the command succeeded. */
    public Run ok() {
        if (code != 0) {
            throw new AssertionError("exit code " + code + ": " + err);
        }
        return this;
    }
}
