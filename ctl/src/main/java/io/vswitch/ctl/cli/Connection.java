package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How a command reaches the daemon: by the socket given before or after its name; one thread. */
@Command
final class Connection {
    private static final int TIMEOUT_SECONDS = 30;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    ApiClient open() {
        return new ApiClient(socket(), TIMEOUT_SECONDS);
    }

    Path socket() {
        return Vswitchctl.of(command).socket();
    }
}
