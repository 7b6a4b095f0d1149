package io.vswitch.ctl.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** What a pool consists of, for the commands that say so. */
final class PoolOptions {
    @Option(
            names = "--address",
            required = true,
            split = ",",
            paramLabel = "ADDRESS",
            description = "IP, IP-IP or IP/LENGTH; a comma list, or given several times.")
    List<String> addresses;

    @Option(
            names = "--ports",
            paramLabel = "PORT-PORT",
            description = "Ports, and echo identifiers, to give away. Default: 1024-65535.")
    String ports;
}
