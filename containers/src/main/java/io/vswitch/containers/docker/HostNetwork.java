package io.vswitch.containers.docker;

import io.vswitch.containers.Command;
import io.vswitch.ctl.state.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code mode=nat} sets on the host beside the switch: forwarding, the rules of {@link
 * HostRules}, held ports; under the driver's lock. All of it follows from the records and can be
 * set again at any time.
 */
final class HostNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(HostNetwork.class);
    private static final Path SETTINGS = Path.of("/proc/sys/net");
    private static final String IPTABLES = "iptables";

    private final Records records;
    private final HostPorts ports = new HostPorts();
    private String loaded;

    HostNetwork(final Records records) {
        this.records = records;
    }

    /** Holds an endpoint's ports; returns them as they are published. */
    List<Messages.PortMapping> take(
            final String endpoint, final List<Messages.PortMapping> wanted) {
        return ports.take(endpoint, wanted);
    }

    /** Holds what is published and not held, after a restart. */
    void hold() {
        for (final Records.Endpoint endpoint : records.endpoints().all()) {
            if (ports.isHeld(endpoint.id()) || endpoint.published().isEmpty()) {
                continue;
            }
            try {
                ports.take(endpoint.id(), endpoint.published());
            } catch (final Refusal e) {
                LOG.warn("{}", e.getMessage());
            }
        }
    }

    void release(final String endpoint) {
        ports.release(endpoint);
    }

    /** Sets what the records say, unless it is what was set last. */
    void update() {
        final String script = HostRules.script(records.networks().all(), records.endpoints().all());
        if (script.equals(loaded)) {
            return;
        }
        if (script.isEmpty()) {
            // Without nft there are no rules to remove either.
            Command.succeeds(List.of("nft", "delete", "table", "inet", HostRules.TABLE));
            loaded = script;
            return;
        }
        Command.run(List.of("nft", "-f", "-"), script);
        loaded = script;
        for (final Records.Network network : records.networks().all()) {
            if (network.options().mode() == Mode.NAT) {
                open(network);
            }
        }
    }

    /** What the host's packet filter lacks: all of the table, or some published port in it. */
    List<Audit.Difference> differences() {
        final List<Audit.Difference> all = new ArrayList<>();
        final Collection<Records.Network> networks = records.networks().all();
        if (networks.stream().noneMatch(n -> n.options().mode() == Mode.NAT)) {
            return all;
        }
        final Command.Result table =
                Command.result(
                        new ProcessBuilder("nft", "list", "table", "inet", HostRules.TABLE), "");
        if (table.code() != 0) {
            all.add(
                    new Audit.Difference(
                            "host", "nftables' table inet " + HostRules.TABLE + " is missing"));
            return all;
        }
        for (final Records.Endpoint endpoint : records.endpoints().all()) {
            for (final Messages.PortMapping port : endpoint.published()) {
                if (!table.text().contains("dport " + port.hostPort() + " ")) {
                    all.add(
                            new Audit.Difference(
                                    endpoint.port(),
                                    "port %d of the host isn't led to it"
                                            .formatted(port.hostPort())));
                }
            }
        }
        return all;
    }

    /** The next {@link #update} sets everything, whatever was set before. */
    void forget() {
        loaded = null;
    }

    private static void open(final Records.Network network) {
        final String device = network.gatewayPort();
        set("ipv4/ip_forward");
        set("ipv4/conf/" + device + "/route_localnet");
        if (network.gateways().stream().anyMatch(gateway -> gateway.contains(":"))) {
            set("ipv6/conf/all/forwarding");
        }
        accept(device);
    }

    /** Has Docker's own rules let pass what comes from a device and goes to it. */
    static void accept(final String device) {
        for (final List<String> rule : HostRules.accepting(device)) {
            if (hasDockersChain() && !Command.succeeds(iptables("-C", rule))) {
                Command.run(iptables("-I", rule), "");
            }
        }
    }

    /** Takes back what {@link #update} can't: rules in Docker's own chain. */
    void close(final Records.Network network) {
        refuse(network.gatewayPort());
    }

    /** Takes {@link #accept} back. */
    static void refuse(final String device) {
        for (final List<String> rule : HostRules.accepting(device)) {
            while (hasDockersChain() && Command.succeeds(iptables("-D", rule))) {
                LOG.debug("deleted {}", rule);
            }
        }
    }

    /** Removes a device of the host, if it is there. */
    void removeDevice(final String device) {
        if (Command.succeeds(List.of("ip", "link", "del", "dev", device))) {
            LOG.info("deleted the leftover device {}", device);
        }
    }

    private static boolean hasDockersChain() {
        return Command.succeeds(List.of(IPTABLES, "-w", "-n", "-L", "DOCKER-USER"));
    }

    private static List<String> iptables(final String action, final List<String> rule) {
        final List<String> command = new ArrayList<>(List.of(IPTABLES, "-w", action));
        command.addAll(rule);
        return command;
    }

    /** Sets a setting of the kernel to 1. */
    static void set(final String name) {
        final Path setting = SETTINGS.resolve(name);
        try {
            if (!Files.readString(setting).strip().equals("1")) {
                Files.writeString(setting, "1");
                LOG.info("{} set to 1", setting);
            }
        } catch (final IOException e) {
            LOG.warn("{} can't be set to 1: {}", setting, e.getMessage());
        }
    }
}
