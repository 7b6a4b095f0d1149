package io.vswitch.ctl.cli;

import io.vswitch.ctl.state.Change;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Guards;
import io.vswitch.ctl.state.Limits;
import io.vswitch.ctl.state.Mac;
import io.vswitch.ctl.state.PortChange;
import io.vswitch.ctl.state.PortSpec;
import io.vswitch.ctl.state.PortType;
import io.vswitch.ctl.state.Refusal;
import io.vswitch.ctl.state.Route;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vswitchctl add-port}. */
@Command(
        name = "add-port",
        description = "Add a port: make an interface in a namespace, or take one that is there.")
final class AddPort extends Changing {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the port.")
    private String name;

    @Option(
            names = "--network",
            paramLabel = "NETWORK",
            description =
                    "Its network; none: no network, rules redirect its packets (default: default,"
                            + " made when needed).")
    private String network;

    @Option(
            names = "--netns",
            paramLabel = "NAME|PID|PATH",
            description = "Namespace for the interface (default: that of vswitchd).")
    private String netns;

    @Option(
            names = "--ifname",
            paramLabel = "IFNAME",
            description =
                    "Name of the interface (default: eth0 in a namespace, else the port's name).")
    private String ifname;

    @Option(names = "--mac", paramLabel = "MAC", description = "MAC (default: a random one).")
    private String mac;

    @Option(
            names = "--ip",
            paramLabel = "ADDRESS/LENGTH",
            description = "Address of the interface; may be given again.")
    private List<String> addresses = List.of();

    @Option(
            names = "--route",
            paramLabel = "PREFIX=GATEWAY",
            description = "Route of the namespace, like default=10.0.0.1; may be given again.")
    private List<String> routes = List.of();

    @Option(names = "--mtu", paramLabel = "BYTES", description = "MTU (default: 1500).")
    private Integer mtu;

    @Option(
            names = "--kind",
            paramLabel = "tap|uplink|l2bridge",
            defaultValue = "tap",
            description =
                    "tap: a new interface; uplink: a device that is there; l2bridge: one whose MAC"
                            + " all endpoints have outside (default: ${DEFAULT-VALUE}).")
    private String kind;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "The device of an uplink, like veth0.")
    private String device;

    @Option(
            names = "--no-vnet-hdr",
            description = "No super-frames and partial checksums: slower, for odd guests.")
    private boolean noVnetHdr;

    @Option(
            names = "--guard",
            paramLabel = "auto|none|LIST",
            description =
                    "What is checked of the frames it sends: auto, all that its MAC and addresses"
                            + " are enough for; or some of mac,ipv4,ipv6,arp,nd,dhcp,ra,storm"
                            + " (default: auto with --mac or --ip, else none).")
    private String guards;

    @Option(
            names = "--rate-in",
            paramLabel = SetRate.RATE,
            description = "Limit of what is sent to the endpoint." + SetRate.HOW)
    private String rateIn;

    @Option(
            names = "--rate-out",
            paramLabel = SetRate.RATE,
            description = "Limit of what the endpoint sends." + SetRate.HOW)
    private String rateOut;

    @Override
    List<Change> changes() {
        final boolean uplink = !kind.equals("tap");
        check(uplink);
        return List.of(
                new PortChange.Add(
                        new PortSpec(
                                name,
                                PortType.valueOf(kind.toUpperCase(Locale.ROOT)),
                                network,
                                netns,
                                null,
                                uplink ? device : ifname,
                                mac == null ? null : Mac.format(Mac.parseUnicast(mac)),
                                addresses.stream()
                                        .map(a -> Cidr.parse("--ip", a).toString())
                                        .toList(),
                                routes.stream().map(Route::parse).toList(),
                                mtu == null ? 0 : mtu,
                                !noVnetHdr,
                                true,
                                guards == null ? null : Guards.parse(guards),
                                limits(),
                                null)));
    }

    private Limits limits() {
        final Limits limits = Limits.ofRates(rateIn, rateOut).over(Limits.DEFAULT);
        return limits.equals(Limits.DEFAULT) ? null : limits;
    }

    private void check(final boolean uplink) {
        if (!List.of("tap", "uplink", "l2bridge").contains(kind)) {
            throw Refusal.usage("--kind '" + kind + "'; allowed are tap, uplink and l2bridge");
        }
        if (uplink && device == null) {
            throw Refusal.usage("--kind " + kind + " needs --device");
        }
        if (!uplink && device != null) {
            throw Refusal.usage("--device is for --kind uplink; a TAP is named by --ifname");
        }
        final boolean endpoint =
                ifname != null
                        || mac != null
                        || mtu != null
                        || !addresses.isEmpty()
                        || !routes.isEmpty();
        if (uplink && endpoint) {
            throw Refusal.usage(
                    "--ifname, --mac, --ip, --route and --mtu are for --kind tap; an uplink is"
                            + " taken as it is");
        }
    }
}
