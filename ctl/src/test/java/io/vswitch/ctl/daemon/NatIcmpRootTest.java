package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * ICMP errors through translation, between kernels that look into them: web1 (namespace 0) is
 * private, a router (1) leads to a far host (2) over a link of MTU 1280.
 */
@Tag("root")
@Tag("long")
class NatIcmpRootTest {
    @TempDir private Path directory;

    private static void lay(final DaemonProcess daemon, final Namespaces spaces)
            throws IOException, InterruptedException {
        daemon.run("add-network blue").ok();
        daemon.run(
                        ("add-port web1 --network blue --ip 10.79.0.1/24 --ip fd79::1/64"
                                + " --route default=10.79.0.254 --route ::/0=fd79::fe --netns "
                                + spaces.name(0)))
                .ok();
        daemon.run(
                        ("add-port wan --network blue --ip 10.79.0.254/24 --ip fd79::fe/64 --ip"
                                + " 198.51.100.1/24 --ip 2001:db8:5::1/64 --guard none --netns "
                                + spaces.name(1)))
                .ok();
        Namespaces.sh(
                "ip -n %s link add far mtu 1280 type veth peer name eth0 mtu 1500 netns %s"
                        .formatted(spaces.name(1), spaces.name(2)));
        for (final String command :
                List.of(
                        "ip addr add 203.0.113.1/24 dev far",
                        "ip addr add 2001:db8:9::1/64 dev far nodad",
                        "ip link set far up",
                        "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1",
                        "sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0",
                        "ip neigh add 198.51.100.10 lladdr 02:79:00:00:00:99 dev eth0",
                        "ip neigh add 2001:db8:5::10 lladdr 02:79:00:00:00:99 dev eth0")) {
            spaces.in(1, command);
        }
        spaces.in(2, "ip addr add 203.0.113.2/24 dev eth0");
        spaces.in(2, "ip addr add 2001:db8:9::2/64 dev eth0 nodad");
        spaces.in(2, "ip link set eth0 up");
        spaces.in(2, "ip route add default via 203.0.113.1");
        spaces.in(2, "ip route add default via 2001:db8:9::1");
    }

    private static void translate(final DaemonProcess daemon) {
        daemon.run("add-layer wan nat --priority 10 --stateful").ok();
        daemon.run("add-group wan nat in --direction in --priority 10").ok();
        daemon.run(
                        "add-rule wan nat.in snat 198.51.100.10 where src-ip 10.79.0.1 dst-ip not"
                                + " 10.79.0.0/24")
                .ok();
        daemon.run(
                        "add-rule wan nat.in snat 2001:db8:5::10 where src-ip fd79::1 dst-ip"
                                + " 2001:db8::/32")
                .ok();
    }

    /** What a command says, also when it fails. */
    private static String says(final Namespaces spaces, final String command)
            throws IOException, InterruptedException {
        return spaces.in(0, "sh -c '" + command + " 2>&1; true'");
    }

    @Test
    void shouldBringErrorsBackToTheirSender() throws Exception {
        try (Namespaces spaces = new Namespaces(3);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            lay(daemon, spaces);
            translate(daemon);
            assertTrue(spaces.pings(0, "203.0.113.2"), () -> daemon.run("drops").out());
            assertTrue(spaces.pings(0, "2001:db8:9::2"), () -> daemon.run("drops").out());

            final String exceeded = says(spaces, "ping -c 1 -W 5 -t 1 203.0.113.2");
            assertTrue(exceeded.contains("Time to live exceeded"), exceeded);
            assertTrue(
                    exceeded.contains("10.79.0.254") || exceeded.contains("198.51.100.1"),
                    exceeded);
            final String exceeded6 = says(spaces, "ping -c 1 -W 5 -t 1 2001:db8:9::2");
            assertTrue(exceeded6.contains("Time exceeded"), exceeded6);

            for (final String host : List.of("203.0.113.2", "[2001:db8:9::2]")) {
                final String refused =
                        says(spaces, "echo x | socat -t 3 -T 3 - UDP:" + host + ":9");
                assertTrue(refused.contains("Connection refused"), refused);
            }
        }
    }

    @Test
    void shouldLetTheKernelFindThePathMtu() throws Exception {
        try (Namespaces spaces = new Namespaces(3);
                DaemonProcess daemon = new DaemonProcess(directory);
                Servers servers = new Servers(spaces)) {
            lay(daemon, spaces);
            translate(daemon);
            servers.start(2, "TCP6-LISTEN", 7000, "SYSTEM:'wc -c'");
            for (final String host : List.of("203.0.113.2", "[2001:db8:9::2]")) {
                final String sent =
                        says(
                                spaces,
                                "head -c 1000000 /dev/zero | socat -t 10 -T 10 - TCP:"
                                        + host
                                        + ":7000");
                assertEquals("1000000", sent.trim(), daemon.run("drops").out());
                final String route =
                        spaces.in(0, "ip route get " + host.replace("[", "").replace("]", ""));
                assertTrue(route.contains("mtu 1280"), route);
            }
        }
    }
}
