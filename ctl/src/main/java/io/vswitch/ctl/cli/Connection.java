package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.ApiClient;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How a command reaches the daemon. */
final class Connection {
    private static final int TIMEOUT_SECONDS = 30;

    @Option(
            names = "--socket",
            paramLabel = "FILE",
            defaultValue = "${env:VSWITCH_SOCKET:-/run/vswitch/vswitchd.sock}",
            description =
                    "Control socket of vswitchd (default: $VSWITCH_SOCKET, else"
                            + " /run/vswitch/vswitchd.sock).")
    private Path socket;

    ApiClient open() {
        return new ApiClient(socket, TIMEOUT_SECONDS);
    }

    Path socket() {
        return socket;
    }
}
