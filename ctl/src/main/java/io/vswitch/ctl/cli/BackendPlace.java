package io.vswitch.ctl.cli;

import picocli.CommandLine.Parameters;

/** Which backend of which load balancer. */
final class BackendPlace {
    @Parameters(index = "0", paramLabel = "LB", description = "The load balancer.")
    String balancer;

    @Parameters(
            index = "1",
            paramLabel = "BACKEND",
            description = "IP, IPV4:PORT or [IPV6]:PORT; without a port connections keep theirs.")
    String id;
}
