package io.vswitch.ctl.cli;

import io.vswitch.ctl.api.FlowFilter;
import picocli.CommandLine.Option;

/** The options that tell flows apart; all given must hold. */
final class FlowConditions {
    @Option(names = "--port", paramLabel = "PORT", description = "Only flows that came in here.")
    private String port;

    @Option(
            names = "--src-ip",
            paramLabel = "PREFIX",
            description = "Only from these addresses, like 10.0.0.1 or fd00::/64.")
    private String srcIp;

    @Option(names = "--dst-ip", paramLabel = "PREFIX", description = "Only to these addresses.")
    private String dstIp;

    @Option(
            names = "--proto",
            paramLabel = "PROTO",
            description = "Only tcp, udp, icmp, icmpv6, arp or a protocol's number.")
    private String proto;

    @Option(names = "--src-port", paramLabel = "N", description = "Only TCP or UDP from here.")
    private Integer srcPort;

    @Option(names = "--dst-port", paramLabel = "N", description = "Only TCP or UDP to here.")
    private Integer dstPort;

    @Option(names = "--dropped", description = "Only flows that are dropped.")
    private boolean dropped;

    @Option(
            names = "--rule",
            paramLabel = "RULE",
            description =
                    "Only flows that this rule had a part in: its ID, GROUP/ID, LAYER/GROUP/ID or"
                            + " PORT/LAYER/GROUP/ID.")
    private String rule;

    FlowFilter filter() {
        return new FlowFilter(
                port, srcIp, dstIp, proto, srcPort, dstPort, dropped ? true : null, rule);
    }
}
