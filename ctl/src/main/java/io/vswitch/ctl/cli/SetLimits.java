package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.Refusal;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl set-limits}. */
@Command(
        name = "set-limits",
        description =
                "Set what a port's storm guard lets pass, how often it is answered, and how many"
                        + " connections it may have.")
final class SetLimits extends Changing {
    private static final String RATE = "PACKETS/S";
    private static final String COUNT = "CONNECTIONS";

    @Parameters(index = "0", paramLabel = "NAME", description = "The port.")
    private String name;

    @Option(
            names = "--arp",
            paramLabel = RATE,
            description = "ARP from the port, with guard storm; 0: the default, 200.")
    private Integer arp;

    @Option(names = "--dhcp", paramLabel = RATE, description = "DHCP likewise; 0: the default, 20.")
    private Integer dhcp;

    @Option(
            names = "--nd",
            paramLabel = RATE,
            description = "Neighbour discovery likewise; 0: the default, 200.")
    private Integer nd;

    @Option(
            names = "--broadcast",
            paramLabel = RATE,
            description = "Other broadcast and multicast likewise; 0: the default, 2000.")
    private Integer broadcast;

    @Option(
            names = "--penalty",
            paramLabel = "SECONDS",
            description =
                    "With guard storm: who sent too much of one of these may send none of it for so"
                            + " long; 0: the default, what is over is dropped.")
    private Integer penalty;

    @Option(
            names = "--replies",
            paramLabel = RATE,
            description = "Answers of the switch's own to the port; 0: the default, 1000.")
    private Integer replies;

    @Option(
            names = "--half-open",
            paramLabel = COUNT,
            description =
                    "TCP connections of the port's stateful layers whose handshake isn't over: one"
                            + " more takes the place of the oldest; 0: the default, no limit.")
    private Integer halfOpen;

    @Option(
            names = "--established",
            paramLabel = COUNT,
            description =
                    "TCP connections likewise that aren't over, half-open ones included: one more"
                            + " takes the place of a half-open one or is dropped; 0: no limit.")
    private Integer established;

    @Option(
            names = "--udp",
            paramLabel = COUNT,
            description =
                    "UDP likewise: one more takes the place of one that nobody answered or is"
                            + " dropped; 0: no limit.")
    private Integer udp;

    @Option(
            names = "--icmp",
            paramLabel = COUNT,
            description = "Echo likewise: one more takes the place of the oldest; 0: no limit.")
    private Integer icmp;

    @Override
    List<Change> changes() {
        final Limits limits =
                new Limits(
                        null,
                        null,
                        replies,
                        arp,
                        dhcp,
                        nd,
                        broadcast,
                        penalty,
                        halfOpen,
                        established,
                        udp,
                        icmp);
        if (limits.equals(Limits.DEFAULT)) {
            throw Refusal.usage(
                    "nothing to set; allowed are --arp, --dhcp, --nd, --broadcast, --penalty,"
                            + " --replies, --half-open, --established, --udp and --icmp");
        }
        return List.of(new PortChange.SetLimits(name, limits));
    }
}
