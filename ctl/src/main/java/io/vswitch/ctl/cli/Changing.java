package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import io.vswitch.ctl.state.Change;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that changes something; it ends when every worker runs the change. */
abstract class Changing implements Callable<Integer> {
    @Mixin private Connection connection;

    @Spec private CommandSpec spec;

    /** What to do: all of it or nothing. */
    abstract List<Change> changes();

    /** In whose name, or null. */
    String owner() {
        return null;
    }

    @Override
    public final Integer call() {
        final List<Change> changes = changes();
        final PrintWriter out = spec.commandLine().getOut();
        try (ApiClient daemon = connection.open()) {
            daemon.apply(changes, owner()).done().forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
