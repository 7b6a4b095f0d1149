package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mode=internal} on a real engine. */
@Tag("root")
@Tag("engine")
class InternalNetworkTest {
    @TempDir private static Path directory;
    private static Host host;

    @BeforeAll
    static void start() throws Exception {
        host = Host.started(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void shouldPingEachOtherWhenOnOneNetwork() throws Exception {
        host.docker("network create -d vswitch -o mode=internal --subnet 10.81.0.0/24 n1").ok();
        host.docker("run -d --name c1 --network n1 --ip 10.81.0.11 busybox sleep 1000").ok();
        host.docker("run -d --name c2 --network n1 --ip 10.81.0.12 busybox sleep 1000").ok();

        host.docker("exec c1 ping -c 3 -W 5 10.81.0.12").ok();
        host.docker("exec c2 ping -c 3 -W 5 c1").ok();
        final String links = host.docker("exec c1 ip addr").ok();
        assertTrue(links.contains("eth0") && links.contains("02:42:0a:51:00:0b"), links);
        assertFalse(links.contains("eth1"), links);

        host.docker("rm -f c1 c2").ok();
        host.docker("network rm n1").ok();
        assertEquals("", host.sh("ip -br link | grep ^vd").text(), host.logs());
        assertEquals("", host.sh("find " + directory + "/docker-state -type f").text());
    }

    @Test
    void shouldSpeakIpv6WhenTheNetworkDoes() throws Exception {
        host.docker(
                        "network create -d vswitch --internal --ipv6 --subnet 10.88.0.0/24"
                                + " --subnet fd88::/64 n6")
                .ok();
        host.docker("run -d --name c6 --network n6 --ip6 fd88::66 busybox sleep 1000").ok();

        host.docker("run --rm --network n6 busybox ping -c 3 -W 5 fd88::66").ok();

        host.docker("rm -f c6").ok();
        host.docker("network rm n6").ok();
    }

    @Test
    void shouldComeAndGoWhenConnectedToARunningContainer() throws Exception {
        host.docker("network create -d vswitch --internal --subnet 10.89.1.0/24 n8").ok();
        host.docker("network create -d vswitch --internal --subnet 10.89.2.0/24 n9").ok();
        host.docker("run -d --name c8 --network n8 busybox sleep 1000").ok();
        host.docker("run -d --name c9 --network n9 --network-alias nine busybox sleep 1000").ok();

        host.docker("network connect n9 c8").ok();
        host.docker("exec c8 ping -c 3 -W 5 nine").ok();
        assertTrue(host.docker("exec c8 ip addr").ok().contains("eth1"));

        host.docker("network disconnect n9 c8").ok();
        assertFalse(host.docker("exec c8 ip addr").ok().contains("eth1"));
        assertEquals("", host.sh("ip -br link | grep ^vd").text(), host.logs());
        host.docker("restart -t 0 c9").ok();
        host.docker("network connect n9 c8").ok();
        host.docker("exec c8 ping -c 3 -W 5 nine").ok();

        host.docker("rm -f c8 c9").ok();
        host.docker("network rm n8 n9").ok();
        assertEquals("", host.sh("find " + directory + "/docker-state -type f").text());
    }
}
