package io.vswitch.ctl.cli;

import io.vswitch.ctl.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vswitchctl version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(text());
        spec.commandLine().getOut().flush();
        return 0;
    }

    static String text() {
        return "vswitchctl " + Version.TEXT;
    }
}
