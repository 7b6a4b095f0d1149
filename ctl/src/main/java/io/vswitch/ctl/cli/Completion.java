package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Refusal;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vswitchctl completion}. */
@Command(
        name = "completion",
        description = "Print a completion script: source <(vswitchctl completion bash)")
final class Completion implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "bash|zsh", description = "The shell.")
    private String shell;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        switch (shell) {
            case "bash" -> {}
            case "zsh" -> out.println("autoload -U +X bashcompinit && bashcompinit");
            default -> throw Refusal.usage("shell '" + shell + "'; allowed are bash and zsh");
        }
        out.print(AutoComplete.bash("vswitchctl", spec.root().commandLine()));
        out.flush();
        return 0;
    }
}
