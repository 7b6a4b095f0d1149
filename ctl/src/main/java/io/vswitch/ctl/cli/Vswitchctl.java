package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Names;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point of the command line; main thread. */
@Command(
        name = "vswitchctl",
        description = "Controls a running vswitchd.",
        mixinStandardHelpOptions = true,
        versionProvider = Vswitchctl.Versions.class,
        subcommands = {
            Show.class,
            Apply.class,
            Diff.class,
            Export.class,
            AddNetwork.class,
            DelNetwork.class,
            ListNetworks.class,
            AddPort.class,
            DelPort.class,
            EnablePort.class,
            DisablePort.class,
            SetGuard.class,
            SetRate.class,
            SetLimits.class,
            ListPorts.class,
            AddRule.class,
            DelRule.class,
            ListRules.class,
            AddTag.class,
            ReplaceTag.class,
            DelTag.class,
            ListTags.class,
            AddPool.class,
            ReplacePool.class,
            DelPool.class,
            ListPools.class,
            AddLb.class,
            DelLb.class,
            AddBackend.class,
            SetBackend.class,
            DelBackend.class,
            ListLbs.class,
            AddLayer.class,
            DelLayer.class,
            AddGroup.class,
            DelGroup.class,
            Stats.class,
            Errors.class,
            Drops.class,
            Audits.class,
            Audit.class,
            Flows.class,
            Conns.class,
            AddPeer.class,
            DelPeer.class,
            ListPeers.class,
            Fdb.class,
            Neigh.class,
            AddRouter.class,
            DelRouter.class,
            ListRouters.class,
            ShowDirectory.class,
            Explain.class,
            Match.class,
            Capture.class,
            DaemonCommand.class,
            DockerCommand.class,
            Completion.class,
            VersionCommand.class
        })
public final class Vswitchctl implements Runnable {
    private static final String DEFAULT_SOCKET = "/run/vswitch/vswitchd.sock";

    @Option(
            names = "--socket",
            paramLabel = "FILE",
            scope = CommandLine.ScopeType.INHERIT,
            description =
                    "Control socket of vswitchd (default: $VSWITCH_SOCKET, else "
                            + DEFAULT_SOCKET
                            + "; of the daemon commands: vswitchd.sock in --run-dir).")
    private Path socket;

    @CommandLine.Spec private CommandSpec spec;

    /** The options that were given before or after the name of a command. */
    static Vswitchctl of(final CommandSpec command) {
        return (Vswitchctl) command.root().userObject();
    }

    /** The control socket: given, or of the environment, or the default. */
    Path socket() {
        return givenSocket(Path.of(System.getenv().getOrDefault("VSWITCH_SOCKET", DEFAULT_SOCKET)));
    }

    /** The control socket if one was given. */
    Path givenSocket(final Path otherwise) {
        return socket != null ? socket : otherwise;
    }

    /** Prints what was built. */
    public static final class Versions implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {VersionCommand.text()};
        }
    }

    /** Runs one command; exit code 2 for a wrong command line, 1 for a failure. */
    public static void main(final String[] args) {
        // Scripts ask this often, and picocli takes longer to set up than to answer.
        if (args.length == 1 && args[0].equals("version")) {
            System.out.println(VersionCommand.text());
            return;
        }
        System.exit(commandLine().execute(args));
    }

    /** All commands. */
    public static CommandLine commandLine() {
        final CommandLine line = new CommandLine(new Vswitchctl());
        // '@web' is a tag, not a file of arguments.
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler((e, args) -> usage(e));
        line.setExecutionExceptionHandler((e, command, parsed) -> failure(e, line.getErr()));
        line.getSubcommands().values().forEach(Vswitchctl::addHelp);
        return line;
    }

    private static void addHelp(final CommandLine command) {
        command.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new Help()));
        command.getSubcommands().values().forEach(Vswitchctl::addHelp);
    }

    /** The help option of every command. */
    @Command
    static final class Help {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        private boolean help;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int usage(final ParameterException e) {
        final String name = e.getCommandLine().getCommandSpec().qualifiedName();
        final String line =
                e instanceof UnmatchedArgumentException unmatched
                        ? unknown(unmatched)
                        : e.getMessage().lines().findFirst().orElse("");
        final PrintWriter err = e.getCommandLine().getErr();
        err.println("vswitchctl: " + line);
        err.println("Try `" + name + " --help`.");
        err.flush();
        return 2;
    }

    private static String unknown(final UnmatchedArgumentException e) {
        final String word = e.getUnmatched().get(0);
        final CommandLine command = e.getCommandLine();
        if (word.startsWith("-")) {
            return unknown("option", word, command.getCommandSpec().optionsMap().keySet());
        }
        return command.getSubcommands().isEmpty()
                ? "unexpected argument '" + word + "'"
                : unknown("command", word, command.getSubcommands().keySet());
    }

    private static String unknown(
            final String what, final String word, final Collection<String> known) {
        final String nearest = Names.nearest(word, known);
        return "unknown %s '%s'%s"
                .formatted(what, word, nearest == null ? "" : "; did you mean '" + nearest + "'?");
    }

    private static int failure(final Exception e, final PrintWriter err) {
        final boolean usage = e instanceof Refusal refusal && refusal.kind() == Refusal.Kind.USAGE;
        final boolean expected = e instanceof Refusal || e instanceof IOException;
        final String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        err.println("vswitchctl: " + (expected ? line : "internal error: " + e));
        err.flush();
        return usage ? 2 : 1;
    }
}
