package io.vswitch.ctl.daemon;

import io.vswitch.core.engine.SwitchException;
import io.vswitch.ctl.Version;
import io.vswitch.ctl.persist.Journal;
import io.vswitch.ctl.persist.RepairReport;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Entry point of the daemon; the main thread starts it and waits for its end. */
@Command(
        name = "vswitchd",
        description = "Runs the switch until SIGTERM; endpoints keep their interfaces.",
        mixinStandardHelpOptions = true,
        versionProvider = Vswitchd.Versions.class)
public final class Vswitchd implements Callable<Integer> {
    @Mixin private Settings settings;

    @Option(
            names = "--repair-journal",
            description =
                    "Keep the sound records of a corrupted journal, move the rest beside it, and"
                            + " end.")
    private boolean repairJournal;

    /** Prints what was built. */
    public static final class Versions implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"vswitchd " + Version.TEXT};
        }
    }

    /** Runs the daemon; exit code 2 for a wrong command line, 1 for a failure. */
    public static void main(final String[] args) {
        final int code = commandLine().execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** The daemon's command line. */
    public static CommandLine commandLine() {
        return new CommandLine(new Vswitchd())
                .setParameterExceptionHandler(
                        (e, args) -> fail(e.getCommandLine().getErr(), oneLine(e.getMessage()), 2))
                .setExecutionExceptionHandler((e, line, parsed) -> explain(e, line.getErr()));
    }

    private static int explain(final Exception e, final PrintWriter err) {
        if (e instanceof Refusal refusal) {
            return fail(err, e.getMessage(), refusal.kind() == Refusal.Kind.USAGE ? 2 : 1);
        }
        if (e instanceof IOException || e instanceof SwitchException) {
            return fail(err, oneLine(String.valueOf(e.getMessage())), 1);
        }
        e.printStackTrace(err);
        return fail(err, "internal error: " + oneLine(e.toString()), 1);
    }

    private static int fail(final PrintWriter err, final String line, final int code) {
        err.println("vswitchd: " + line);
        err.flush();
        return code;
    }

    private static String oneLine(final String text) {
        return text.lines().findFirst().orElse("");
    }

    @Override
    public Integer call() throws Exception {
        settings.check();
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", settings.logLevel);
        if (repairJournal) {
            return repair();
        }
        try (Daemon daemon = Daemon.start(settings)) {
            daemon.awaitStop();
        }
        return 0;
    }

    private int repair() throws IOException {
        final RepairReport report = Journal.repair(settings.stateDirectory);
        System.out.println(
                report.movedTo() == null
                        ? "the journal is sound: " + report.keptRecords() + " records"
                        : "kept %d records, moved %d bytes to %s"
                                .formatted(
                                        report.keptRecords(),
                                        report.movedBytes(),
                                        report.movedTo()));
        return 0;
    }
}
