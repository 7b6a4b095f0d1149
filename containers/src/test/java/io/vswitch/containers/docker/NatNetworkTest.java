package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** {@code mode=nat} on a real engine, with a neighbour of the host that knows nothing of it. */
@Tag("root")
@Tag("engine")
class NatNetworkTest {
    private static final String HTTPD = " busybox httpd -f -p 80 -h /bin";

    private static final String CURL = "curl -sS -m 3 -o /dev/null http://";

    @TempDir private static Path directory;
    private static Host host;

    @BeforeAll
    static void start() throws Exception {
        host = Host.started(directory);
        host.addNeighbour("203.0.113.1/24", "203.0.113.2/24");
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @AfterEach
    void removeAll() throws Exception {
        host.docker(
                        "ps -aq | xargs -r /usr/bin/docker -H unix://"
                                + directory
                                + "/docker.sock rm -f")
                .ok();
        host.docker("network rm nat1").ok();
        assertEquals("", host.sh("nft list table inet vswitch_docker 2>/dev/null").text());
        assertEquals("", host.sh("iptables -S DOCKER-USER | grep vg").text());
        assertEquals("", host.sh("ip -br link | grep ^v[dgu]").text(), host.logs());
    }

    @Test
    void shouldReachOutsideBehindTheHostsAddressWhenOnANatNetwork() throws Exception {
        host.docker("network create -d vswitch --subnet 10.82.0.0/24 nat1").ok();

        host.docker("run --rm --network nat1 busybox ping -c 3 -W 5 203.0.113.2").ok();
    }

    @Test
    void shouldLeadToTheContainerWhenAPortIsPublished() throws Exception {
        host.docker("network create -d vswitch -o mode=nat --subnet 10.82.0.0/24 nat1").ok();
        host.docker("run -d --name web --network nat1 -p 8080:80" + HTTPD).ok();

        host.await("the server", () -> fetchOutside("203.0.113.1:8080").code() == 0);
        fetch("127.0.0.1:8080").ok();
        fetch("203.0.113.1:8080").ok();
        assertEquals(
                "HTTP/1.1 200 OK",
                fetchInside("run --rm --network nat1 busybox"),
                "from another container of the network");
        assertEquals("HTTP/1.1 200 OK", fetchInside("exec web"), "from the container itself");
        assertTrue(
                host.sh("timeout 5 busybox nc -l -p 8080 2>&1").text().contains("in use"),
                "nobody else may listen there");
        final Host.Output taken = host.docker("run --rm --network nat1 -p 8080:80" + HTTPD);
        assertNotEquals(0, taken.code());
        assertTrue(
                taken.text()
                        .contains(
                                "port 8080/tcp of the host can't be published: Address already in"
                                        + " use"),
                taken.text());

        host.docker("rm -f web").ok();
        assertNotEquals(0, fetchOutside("203.0.113.1:8080").code());
    }

    @Test
    void shouldKeepTheNeighbourOutWhenNothingIsPublished() throws Exception {
        host.docker("network create -d vswitch --subnet 10.82.0.0/24 nat1").ok();
        host.docker("run -d --name web --network nat1 --ip 10.82.0.80" + HTTPD).ok();
        host.neighbour("ip route add 10.82.0.0/24 via 203.0.113.1").ok();

        host.await("the server", () -> fetch("10.82.0.80").code() == 0);
        assertNotEquals(0, fetchOutside("10.82.0.80").code());
        host.neighbour("ip route del 10.82.0.0/24").ok();
    }

    private static Host.Output fetch(final String server) throws Exception {
        return host.sh(CURL + server + "/busybox");
    }

    private static Host.Output fetchOutside(final String server) throws Exception {
        return host.neighbour(CURL + server + "/busybox");
    }

    private static String fetchInside(final String where) throws Exception {
        return host.docker(
                        where
                                + " sh -c 'printf \"GET /busybox HTTP/1.0\\r\\n\\r\\n\" |"
                                + " nc -w 5 203.0.113.1 8080 | head -n 1'")
                .ok();
    }
}
