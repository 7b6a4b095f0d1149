package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mode=transparent} on a real engine: the other end of the uplink is another machine. */
@Tag("root")
@Tag("engine")
class TransparentNetworkTest {
    @TempDir private static Path directory;
    private static Host host;

    @BeforeAll
    static void start() throws Exception {
        host = Host.started(directory);
        host.addNeighbour(null, "192.168.50.1/24");
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
}
