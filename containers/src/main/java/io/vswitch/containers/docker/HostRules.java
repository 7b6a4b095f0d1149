package io.vswitch.containers.docker;

import io.vswitch.containers.docker.Messages.PortMapping;
import io.vswitch.ctl.state.Cidr;
import io.vswitch.ctl.state.Ip;
import java.util.Collection;
import java.util.List;

/**
 * The one table of the kernel's packet filter that some modes need, as a script for nft(8) that
 * replaces all of it at once: what it says depends on nothing but the records. Immutable.
 *
 * <pre>
 *   outside  ->  host's address : published port   becomes   container : port
 *   container  ->  outside                         comes from the host's address
 *   outside  ->  container                         dropped, unless published or an answer
 * </pre>
 */
final class HostRules {
    /** Its name, in family inet. */
    static final String TABLE = "vswitch_docker";

    private final StringBuilder forward = new StringBuilder();
    private final StringBuilder published = new StringBuilder();
    private final StringBuilder source = new StringBuilder();
    private final StringBuilder loopback = new StringBuilder();

    private HostRules() {}

    /** The script for these networks and endpoints; nothing when none of them needs one. */
    static String script(
            final Collection<Records.Network> networks,
            final Collection<Records.Endpoint> endpoints) {
        final HostRules rules = new HostRules();
        networks.stream().filter(n -> n.options().mode() == Mode.NAT).forEach(rules::network);
        networks.stream().filter(n -> n.options().mode().isBridged()).forEach(rules::bridged);
        if (rules.source.isEmpty() && rules.loopback.isEmpty()) {
            return "";
        }
        endpoints.forEach(rules::endpoint);
        return rules.text();
    }

    private void network(final Records.Network network) {
        final String device = quoted(network.gatewayPort());
        add(forward, "oifname %s ct state established,related accept", device);
        add(forward, "oifname %s ct status dnat accept", device);
        add(forward, "oifname %s iifname != %s drop", device, device);
        add(loopback, "iifname %s ip daddr 127.0.0.0/8 drop", device);
        add(source, "oifname %s ip saddr 127.0.0.0/8 masquerade", device);
        for (final String subnet : network.subnets()) {
            final String family = family(Cidr.parse("subnet", subnet).ip());
            add(source, "oifname != %s %s saddr %s masquerade", device, family, subnet);
            // A container that asks for its own network's published port hears from the gateway.
            add(source, "oifname %s %s saddr %s ct status dnat masquerade", device, family, subnet);
        }
    }

    /** What has the host's MAC and a container's address is for the switch alone. */
    private void bridged(final Records.Network network) {
        add(
                loopback,
                "iifname %s fib daddr type != { local, broadcast, multicast } drop",
                quoted(network.options().uplink()));
    }

    private void endpoint(final Records.Endpoint endpoint) {
        for (final PortMapping port : endpoint.published()) {
            for (final String address : endpoint.addresses()) {
                publish(port, Cidr.parse("address", address).ip());
            }
        }
    }

    private void publish(final PortMapping port, final Ip container) {
        final String host = port.hostIp() == null ? "" : port.hostIp();
        final boolean any =
                host.isEmpty() || Ip.parse("host IP", host).address().isAnyLocalAddress();
        if (!host.isEmpty() && Ip.parse("host IP", host).isV4() != container.isV4()) {
            return;
        }
        add(
                published,
                "%s meta nfproto %s %s dport %d dnat %s to %s:%d",
                any ? "fib daddr type local" : family(container) + " daddr " + host,
                container.isV4() ? "ipv4" : "ipv6",
                HostPorts.protocol(port.proto()),
                port.hostPort(),
                family(container),
                container.isV4() ? container : "[" + container + "]",
                port.port());
    }

    private String text() {
        return """
        add table inet %1$s
        delete table inet %1$s
        table inet %1$s {
          chain loopback {
            type filter hook prerouting priority raw; policy accept;
        %2$s  }
          chain published {
        %3$s  }
          chain prerouting {
            type nat hook prerouting priority dstnat; policy accept;
            jump published
          }
          chain output {
            type nat hook output priority -100; policy accept;
            jump published
          }
          chain forward {
            type filter hook forward priority filter; policy accept;
        %4$s  }
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
        %5$s  }
        }
        """
                .formatted(TABLE, loopback, published, forward, source);
    }

    private static void add(
            final StringBuilder chain, final String rule, final Object... arguments) {
        chain.append("    ").append(rule.formatted(arguments)).append('\n');
    }

    private static String family(final Ip ip) {
        return ip.isV4() ? "ip" : "ip6";
    }

    private static String quoted(final String device) {
        return '"' + device + '"';
    }

    /** Rules for iptables, which Docker's own policy of dropping what is forwarded calls for. */
    static List<List<String>> accepting(final String device) {
        return List.of(
                List.of("DOCKER-USER", "-i", device, "-j", "ACCEPT"),
                List.of("DOCKER-USER", "-o", device, "-j", "ACCEPT"));
    }
}
