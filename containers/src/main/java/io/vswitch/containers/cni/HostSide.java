package io.vswitch.containers.cni;

import io.vswitch.containers.Command;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Ip;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What the kernel of the host does for containers: ports of the host that lead to them, and
 * addresses of the host for what leaves it. A table of nftables for each container with published
 * ports and for each network that masquerades, named after the port of the switch; nothing else is
 * kept. Under the plugin's lock.
 */
final class HostSide {
    private static final Path SETTINGS = Path.of("/proc/sys/net");
    private static final String PREFIX = "vswitch_";

    private HostSide() {}

    /** Has ports lead to a container; all or none. */
    static void publish(
            final String port, final List<PublishedPort> ports, final List<String> addresses) {
        if (ports.isEmpty()) {
            return;
        }
        final StringBuilder published = new StringBuilder();
        final StringBuilder source = new StringBuilder();
        for (final PublishedPort one : ports) {
            addresses.forEach(address -> lead(published, one, Cidr.parse("address", address).ip()));
        }
        addresses.forEach(address -> answers(source, Cidr.parse("address", address)));
        load(
                port,
                """
                  chain published {
                %1$s  }
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    jump published
                  }
                  chain output {
                    type nat hook output priority -100; policy accept;
                    jump published
                  }
                  chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                %2$s  }
                """
                        .formatted(published, source));
    }

    /** Refuses what another container or a program of the host has. */
    static void requireFree(final List<PublishedPort> ports) {
        if (!ports.isEmpty()) {
            final String others = Command.result(nft("list", "ruleset", "inet"), "").text();
            ports.forEach(port -> requireFree(port, others));
        }
    }

    private static void lead(final StringBuilder rules, final PublishedPort port, final Ip to) {
        final String match = port.match(to.isV4());
        if (!match.isEmpty()) {
            rules.append("    ").append(match).append(" dnat ").append(family(to)).append(" to ");
            rules.append(to.isV4() ? to : "[" + to + "]").append(':');
            rules.append(port.containerPort()).append('\n');
        }
    }

    /** Who asks from 127.0.0.1 or from the same network hears from the gateway. */
    private static void answers(final StringBuilder rules, final Cidr container) {
        final String family = family(container.ip());
        final String to =
                "    %s daddr %s ct status dnat %s saddr "
                        .formatted(family, container.ip(), family);
        if (container.ip().isV4()) {
            rules.append(to).append("127.0.0.0/8 masquerade\n");
        }
        rules.append(to).append(container).append(" masquerade\n");
    }

    private static void requireFree(final PublishedPort port, final String others) {
        final boolean udp = port.protocol().equals("udp");
        if (others.lines().anyMatch(port::isTakenBy)) {
            throw refusal(port, "another container has it");
        }
        final InetAddress ip = port.hostIp() == null ? null : port.hostIp().address();
        final InetSocketAddress address = new InetSocketAddress(ip, port.hostPort());
        try (AutoCloseable socket = udp ? new DatagramSocket(address) : listening(port, address)) {
            LoggerFactory.getLogger(HostSide.class).debug("{} is free", socket);
        } catch (final IOException e) {
            throw refusal(port, e.getMessage());
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static AutoCloseable listening(
            final PublishedPort port, final InetSocketAddress address) throws IOException {
        return port.protocol().equals("tcp")
                ? new ServerSocket(address.getPort(), 1, address.getAddress())
                : () -> {};
    }

    private static CniException refusal(final PublishedPort port, final String why) {
        return new CniException(
                CniException.REFUSED,
                "port %d/%s of the host can't be published: %s"
                        .formatted(port.hostPort(), port.protocol(), why));
    }

    /** Has what leaves a network through the host come from the host's address. */
    static void masquerade(final String gateway, final List<String> subnets) {
        final StringBuilder rules = new StringBuilder();
        for (final String subnet : subnets) {
            final Cidr cidr = Cidr.parse("subnet", subnet);
            rules.append("    oifname != \"%s\" ".formatted(gateway));
            rules.append(family(cidr.ip())).append(" saddr ").append(cidr).append(" masquerade\n");
        }
        load(
                gateway,
                """
                  chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                %s  }
                """
                        .formatted(rules));
    }

    /** Has the host forward for a network. */
    static void forward(final String gateway, final List<String> addresses) {
        set("ipv4/ip_forward");
        set("ipv4/conf/" + gateway + "/route_localnet");
        if (addresses.stream().anyMatch(address -> address.contains(":"))) {
            set("ipv6/conf/all/forwarding");
        }
    }

    private static void set(final String name) {
        final Path setting = SETTINGS.resolve(name);
        try {
            if (!Files.readString(setting).strip().equals("1")) {
                Files.writeString(setting, "1");
            }
        } catch (final IOException e) {
            throw new CniException(
                    CniException.REFUSED, setting + " can't be set to 1: " + e.getMessage());
        }
    }

    private static void load(final String port, final String content) {
        final String table = "table inet " + PREFIX + port;
        Command.run(
                List.of("nft", "-f", "-"),
                "add %1$s\ndelete %1$s\n%1$s {\n%2$s}\n".formatted(table, content));
    }

    /** Takes back all of a port; it may have nothing. */
    static void remove(final String port) {
        Command.result(nft("delete", "table", "inet", PREFIX + port), "");
    }

    private static ProcessBuilder nft(final String... words) {
        final ProcessBuilder command = new ProcessBuilder(words).redirectErrorStream(true);
        command.command().add(0, "nft");
        return command;
    }

    private static String family(final Ip ip) {
        return ip.isV4() ? "ip" : "ip6";
    }
}
