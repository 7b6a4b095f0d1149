package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code mode=transparent}, {@code l2bridge} and {@code l2tunnel} on a real engine: the other end
 * of the uplink is another machine.
 */
@Tag("root")
@Tag("engine")
class TransparentNetworkTest {
    private static final String HTTPD = " busybox httpd -f -p 80 -h /bin";

    @TempDir private static Path directory;
    private static Host host;

    @BeforeAll
    static void start() throws Exception {
        host = Host.started(directory);
        host.addNeighbour(null, "192.168.50.1/24");
        host.neighbour("ip addr add fd50::1/64 dev out0 nodad").ok();
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void shouldBeOnTheWireWithItsOwnMacAndAddress() throws Exception {
        host.docker(
                        "network create -d vswitch -o mode=transparent -o uplink=up0"
                                + " --subnet 192.168.50.0/24 --gateway 192.168.50.1 wire")
                .ok();
        host.docker("run -d --name c1 --network wire --ip 192.168.50.7 busybox sleep 1000").ok();

        host.docker("exec c1 ping -c 3 -W 5 192.168.50.1").ok();
        host.neighbour("ping -c 3 -W 5 192.168.50.7").ok();
        assertTrue(host.neighbour("ip neigh show 192.168.50.7").ok().contains("02:42:c0:a8:32:07"));
        assertTrue(
                host.docker("exec c1 ip route").ok().contains("default via 192.168.50.1 dev eth0"));
        assertTrue(
                host.docker("run --rm --network wire -p 80:80 busybox ls")
                        .text()
                        .contains("remote: ports can be published from networks of mode=nat only"));
        assertEquals(
                "Error response from daemon: remote: interface 'up0' belongs to port 'vu' already",
                host.docker(
                                "network create -d vswitch -o mode=transparent -o uplink=up0"
                                        + " --subnet 192.168.51.0/24 more")
                        .text()
                        .replaceAll("'vu\\w+'", "'vu'"));

        host.docker("rm -f c1").ok();
        host.docker("network rm wire").ok();
        assertEquals("", host.sh("find " + directory + "/docker-state -type f").text());
        assertTrue(host.sh("ip link show up0").ok().contains("UP"), "the device stays");
    }

    private static void network(final String mode) throws Exception {
        host.docker(
                        "network create -d vswitch -o uplink=up0 -o mode="
                                + mode
                                + " --ipv6 --subnet 192.168.50.0/24 --gateway 192.168.50.1"
                                + " --subnet fd50::/64 --gateway fd50::1 wire")
                .ok();
        for (final int id : new int[] {7, 8}) {
            host.docker(
                            "run -d --name c%1$d --network wire --ip 192.168.50.%1$d --ip6 fd50::%1$d"
                                            .formatted(id)
                                    + HTTPD)
                    .ok();
        }
    }

    @AfterEach
    void removeAll() throws Exception {
        host.docker("rm -f c1 c7 c8");
        host.docker("network rm wire");
        assertEquals("", host.sh("nft list table inet vswitch_docker 2>/dev/null").text());
    }

    private static void inside(final String target) throws Exception {
        host.await(target, () -> host.docker("exec c7 ping -c 1 -W 2 " + target).code() == 0);
    }

    private static void outside(final String target) throws Exception {
        host.await(target, () -> host.neighbour("ping -c 1 -W 2 " + target).code() == 0);
    }

    private static String hostMac() throws Exception {
        return host.sh("ip -br link show up0").ok().split(" +")[2];
    }

    @Test
    void shouldHaveTheHostsMacOnTheWireWhenBridged() throws Exception {
        network("l2bridge");
        // a host that forwards must leave alone what is for containers
        host.sh("echo 1 >/proc/sys/net/ipv4/ip_forward").ok();

        inside("192.168.50.1");
        outside("192.168.50.7");
        outside("192.168.50.8");
        inside("fd50::1");
        outside("fd50::7");
        host.neighbour("curl -sS -m 20 -o /dev/null http://192.168.50.8/busybox").ok();
        inside("192.168.50.8");

        final String known = host.neighbour("ip neigh show dev out0").ok();
        assertTrue(known.contains("192.168.50.7 lladdr " + hostMac()), known);
        assertTrue(known.contains("fd50::7 lladdr " + hostMac()), known);
        assertFalse(known.contains("02:42:c0:a8:32"), known);
        final String inside = host.docker("exec c7 ip neigh").ok();
        assertTrue(inside.contains("192.168.50.8 dev eth0 lladdr 02:42:c0:a8:32:08"), inside);
    }

    @Test
    void shouldSendAllToTheRouterOfTheWireWhenTunnelled() throws Exception {
        network("l2tunnel");
        // the policy point: it answers for everybody, and routes between them if it likes
        host.neighbour(
                        "sh -c 'cd /proc/sys/net/ipv4 && echo 1 >ip_forward && cd conf && echo 1"
                                + " >out0/proxy_arp_pvlan && echo 0 >all/send_redirects && echo 0"
                                + " >out0/send_redirects'")
                .ok();

        inside("192.168.50.1");
        inside("192.168.50.8");
        final String inside = host.docker("exec c7 ip neigh").ok();
        assertFalse(inside.contains("02:42:c0:a8:32:08"), inside);
        host.neighbour("nft add table ip stop").ok();
        host.neighbour(
                        "nft 'add chain ip stop hold { type filter hook forward priority 0; policy"
                                + " drop; }'")
                .ok();
        assertNotEquals(0, host.docker("exec c7 ping -c 2 -W 1 192.168.50.8").code());
        inside("192.168.50.1");

        host.neighbour("nft delete table ip stop").ok();
        inside("192.168.50.8");
    }
}
