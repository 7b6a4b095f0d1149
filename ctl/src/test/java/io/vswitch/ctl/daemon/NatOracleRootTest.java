package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What two private hosts (namespaces 0 and 1) and one outside (2) see of each other through
 * translation: the same whether our switch does it or the kernel's nftables on a router (3).
 */
@Tag("root")
class NatOracleRootTest {
    private static final String WAN = "198.51.100.1";
    private static final String OUTSIDE = "198.51.100.10";
    private static final String WEB2_MAC = "02:7a:00:00:00:02";
    private static final String OUTCOMES =
            """
            tcp, port of the range: 198.51.100.10 20001
            tcp, port beyond the range: 198.51.100.10 of the range
            udp, port of the range: 198.51.100.10 20002
            udp, the same port of another host: 198.51.100.10 of the range, another
            pings: true true
            mapped port: 198.51.100.1 4000
            range of mapped ports: 198.51.100.1 4001, 198.51.100.1 4002
            closed port outside: refused
            closed port behind a mapped one: refused
            router outside: Time to live exceeded
            nobody's port: nothing
            """;

    @TempDir private Path directory;

    @Test
    void shouldDoWhatTheKernelDoes() throws Exception {
        try (Namespaces spaces = new Namespaces(3);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            daemon.run("add-network blue").ok();
            for (int i = 1; i <= 2; i++) {
                daemon.run(
                                ("add-port web%d --network blue --ip 10.79.0.%d/24 --mac"
                                                + " 02:7a:00:00:00:0%d --route default=10.79.0.254"
                                                + " --netns %s")
                                        .formatted(i, i, i, spaces.name(i - 1)))
                        .ok();
            }
            daemon.run(
                            ("add-port wan --network blue --ip 10.79.0.254/24 --ip 198.51.100.1/24"
                                            + " --guard none --netns %s")
                                    .formatted(spaces.name(2)))
                    .ok();
            // nobody answers for the outside address; the reply's MAC is put right by the switch
            spaces.in(2, "ip neigh add 198.51.100.10 lladdr 02:7a:00:00:00:99 dev eth0");
            translate(daemon);
            assertEquals(OUTCOMES, outcomes(spaces, 1), () -> daemon.run("drops").out());
        }
    }

    private static void translate(final DaemonProcess daemon) {
        daemon.run("add-layer wan nat --priority 10 --stateful").ok();
        daemon.run("add-group wan nat in --direction in --priority 10").ok();
        daemon.run("add-group wan nat out --direction out --priority 10").ok();
        daemon.run("add-pool out --address 198.51.100.10 --ports 20000-20999").ok();
        daemon.run("add-rule wan nat.in snat out where src-ip 10.79.0.0/24 dst-ip not 10.79.0.0/24")
                .ok();
        final String where = "where dst-ip 198.51.100.10 proto";
        daemon.run(
                        "add-rule wan nat.out dnat 10.79.0.2:7001 dst-mac=%s %s tcp dst-port 8080,9000-9001"
                                .formatted(WEB2_MAC, where))
                .ok();
        daemon.run(
                        "add-rule wan nat.out dnat 10.79.0.2:9 dst-mac=%s %s udp dst-port 8081"
                                .formatted(WEB2_MAC, where))
                .ok();
    }

    @Test
    void shouldFindTheKernelOfTheSameOpinion() throws Exception {
        try (Namespaces spaces = new Namespaces(4)) {
            spaces.in(3, "ip link add br0 type bridge");
            for (int i = 0; i < 3; i++) {
                Namespaces.sh(
                        "ip -n %s link add p%d type veth peer name eth0 netns %s"
                                .formatted(spaces.name(3), i, spaces.name(i)));
                spaces.in(3, "ip link set p%d up %s".formatted(i, i < 2 ? "master br0" : ""));
                final String address = i < 2 ? "10.79.0." + (i + 1) : WAN;
                spaces.in(i, "ip addr add %s/24 dev eth0".formatted(address));
                spaces.in(i, "ip link set eth0 up");
            }
            spaces.in(3, "ip addr add 10.79.0.254/24 dev br0");
            spaces.in(3, "ip addr add 198.51.100.10/24 dev p2");
            spaces.in(3, "ip link set br0 up");
            spaces.in(3, "ip route add default via 198.51.100.1");
            spaces.in(3, "sysctl -qw net.ipv4.ip_forward=1");
            for (int i = 0; i < 2; i++) {
                spaces.in(i, "ip route add default via 10.79.0.254");
            }
            for (final String rule :
                    List.of(
                            "table ip nat",
                            "chain ip nat post { type nat hook postrouting priority 100; }",
                            "chain ip nat pre { type nat hook prerouting priority -100; }",
                            "rule ip nat post oifname p2 ip protocol tcp snat to"
                                    + " 198.51.100.10:20000-20999",
                            "rule ip nat post oifname p2 ip protocol udp masquerade to"
                                    + " :20000-20999",
                            "rule ip nat post oifname p2 ip protocol icmp masquerade",
                            "rule ip nat pre iifname p2 tcp dport { 8080, 9000-9001 } dnat to"
                                    + " 10.79.0.2:7001",
                            "rule ip nat pre iifname p2 udp dport 8081 dnat to 10.79.0.2:9")) {
                spaces.in(3, "nft 'add " + rule + "'");
            }
            assertEquals(OUTCOMES, outcomes(spaces, 2));
        }
    }

    /**
     * What everybody sees.
     *
     * @param hops to the host outside, which routes.
     */
    private static String outcomes(final Namespaces spaces, final int hops)
            throws IOException, InterruptedException {
        spaces.in(2, "ip link add far type bridge");
        spaces.in(2, "ip addr add 203.0.113.1/24 dev far");
        spaces.in(2, "ip link set far up");
        spaces.in(2, "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0");
        spaces.in(1, "sysctl -qw net.ipv4.icmp_ratelimit=0");
        try (Servers servers = new Servers(spaces)) {
            servers.tellWho(2, "TCP-LISTEN", 7000);
            servers.tellWho(2, "UDP-RECVFROM", 7000);
            servers.tellWho(1, "TCP-LISTEN", 7001);
            return sources(spaces, servers)
                    + mappings(servers)
                    + errors(spaces, hops)
                    + "nobody's port: %s%n"
                            .formatted(
                                    says(spaces, 2, "TCP:%s:20500,connect-timeout=1", OUTSIDE)
                                                    .matches("10\\..*")
                                            ? "somebody"
                                            : "nothing");
        }
    }

    private static String sources(final Namespaces spaces, final Servers servers)
            throws IOException, InterruptedException {
        final String tcp = "TCP:" + WAN + ":7000,sourceport=";
        final String udp = "UDP:" + WAN + ":7000,sourceport=";
        final String kept = servers.ask(0, udp + "20002");
        final String other = servers.ask(1, udp + "20002");
        return """
        tcp, port of the range: %s
        tcp, port beyond the range: %s
        udp, port of the range: %s
        udp, the same port of another host: %s, %s
        pings: %s %s
        """
                .formatted(
                        servers.ask(0, tcp + "20001"),
                        range(servers.ask(0, tcp + "300")),
                        kept,
                        range(other),
                        other.equals(kept) ? "the same" : "another",
                        spaces.pings(0, WAN),
                        spaces.pings(1, WAN));
    }

    private static String range(final String source) {
        return source.replaceAll(" 20\\d\\d\\d$", " of the range");
    }

    private static String mappings(final Servers servers) throws IOException, InterruptedException {
        final String mapped = "TCP:" + OUTSIDE + ":%d,sourceport=%d";
        return "mapped port: %s%nrange of mapped ports: %s, %s%n"
                .formatted(
                        servers.ask(2, mapped.formatted(8080, 4000)),
                        servers.ask(2, mapped.formatted(9000, 4001)),
                        servers.ask(2, mapped.formatted(9001, 4002)));
    }

    private static String errors(final Namespaces spaces, final int hops)
            throws IOException, InterruptedException {
        final String ping = "sh -c 'ping -c 1 -W 5 -t %d 203.0.113.2; true'".formatted(hops);
        final String exceeded = "Time to live exceeded";
        return "closed port outside: %s%nclosed port behind a mapped one: %s%nrouter outside: %s%n"
                .formatted(
                        refused(says(spaces, 0, "UDP:%s:9", WAN)),
                        refused(says(spaces, 2, "UDP:%s:8081", OUTSIDE)),
                        spaces.in(0, ping).contains(exceeded) ? exceeded : "silent");
    }

    private static String refused(final String said) {
        return said.contains("Connection refused") ? "refused" : "silent: " + said;
    }

    /** What socat, which sends a line, says. */
    private static String says(
            final Namespaces spaces, final int space, final String to, final String address)
            throws IOException, InterruptedException {
        return spaces.in(
                space,
                "sh -c 'echo x | socat -t 3 -T 3 - %s 2>&1; true'"
                        .formatted(to.formatted(address)));
    }
}
