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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user gets to read when Docker can't have what he asked for; a real engine. */
@Tag("root")
@Tag("engine")
class BadRequestTest {
    private static final String REMOTE = "Error response from daemon: remote: ";

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -o mod=nat         | unknown option 'mod', did you mean 'mode'?; known are mode, mtu, guard, uplink, vni, port, peers, local, rate-in, rate-out, acl-in, acl-out
                    -o colour=red      | unknown option 'colour'; known are mode, mtu, guard, uplink, vni, port, peers, local, rate-in, rate-out, acl-in, acl-out
                    -o mode=bridge     | mode 'bridge'; known are nat, internal, overlay, transparent, l2bridge, l2tunnel
                    -o mtu=9           | mtu '9'; allowed are 68 to 65521
                    -o guard=all       | guard 'all'; allowed are auto, none, or a list of mac,ipv4,ipv6,arp,nd,dhcp,ra,storm
                    -o mode=transparent | mode=transparent needs -o uplink=DEVICE, a device of this host
                    -o rate-in=fast    | rate-in 'fast': allowed are rates like 10mbit (bit, kbit, mbit, gbit) or 1000pps (pps, kpps), then, if wanted, burst and bytes like 64k (k, m), or packets
                    -o uplink=eth0     | option 'uplink' is for mode=transparent
                    -o mode=overlay    | mode=overlay needs -o vni=NUMBER, the same on every host
                    -o vni=7           | option 'vni' is for mode=overlay
                    -o mode=overlay -o vni=0 | vni '0'; allowed are 1 to 16777215
                    -o mode=overlay -o vni=7 -o peers=x | peer 'x': not an IPv4 or IPv6 address
                    --internal -o mode=nat | --internal contradicts mode=nat
                    """)
    void shouldSayWhatIsAllowedWhenAnOptionIsBad(final String options, final String message)
            throws Exception {
        assertEquals(
                REMOTE + message,
                host.docker("network create -d vswitch " + options + " bad").text());
        assertEquals("", host.sh("find " + directory + "/docker-state -type f").text());
    }

    @Test
    void shouldNameTheOtherNetworkWhenTheSwitchHasTheSubnet() throws Exception {
        host.vswitchctl("add-network mine --subnet 10.84.0.0/16").ok();

        assertEquals(
                REMOTE + "subnet '10.84.7.0/24' overlaps 10.84.0.0/16 of network 'mine'",
                host.docker("network create -d vswitch --subnet 10.84.7.0/24 bad").text());

        host.vswitchctl("del-network mine").ok();
    }

    @Test
    void shouldNameTheOwnerWhenAMacIsTaken() throws Exception {
        host.docker("network create -d vswitch --internal --subnet 10.85.0.0/24 n1").ok();
        final String run = "run -d --network n1 --mac-address 02:00:00:00:00:07 busybox sleep 1000";
        final String first = host.docker(run).ok();

        final String text = host.docker(run).text();

        assertEquals(
                "MAC '02:00:00:00:00:07' belongs to port 'vd' already.",
                text.lines()
                        .filter(line -> line.contains("MAC"))
                        .findFirst()
                        .orElse(text)
                        .replaceAll("^.*remote: ", "")
                        .replaceAll("'vd[0-9a-f]{11}'", "'vd'"));
        host.docker("rm -f " + first).ok();
        host.docker("network rm n1").ok();
    }

    @Test
    void shouldKeepTheSwitchsNetworkAsLongAsSomebodysPortIsOnIt() throws Exception {
        final String id = host.docker("network create -d vswitch --subnet 10.85.0.0/24 n1").ok();
        final String name = "docker-" + id.substring(0, 12);
        host.vswitchctl("add-port mine --network " + name).ok();

        host.docker("network rm n1").ok();
        assertTrue(host.vswitchctl("list-ports").ok().contains("mine"));

        host.vswitchctl("del-port mine").ok();
        host.await(
                "the network's end", () -> !host.vswitchctl("list-networks").ok().contains(name));
    }
}
