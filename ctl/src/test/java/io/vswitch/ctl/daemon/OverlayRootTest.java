package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.ctl.cli.Run;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two vswitchd and a kernel vxlan host on one wire: real daemons, sockets, TAPs, namespaces. */
@Tag("root")
@Tag("long")
class OverlayRootTest {
    @TempDir private Path directory;

    private static void reaches(
            final OverlayHosts hosts, final int from, final List<String> addresses)
            throws Exception {
        for (final String address : addresses) {
            assertTrue(
                    hosts.spaces.pings(from, address),
                    () -> from + " to " + address + "\n" + state(hosts));
        }
    }

    private static String state(final OverlayHosts hosts) {
        final StringBuilder text = new StringBuilder();
        for (final DaemonProcess daemon : hosts.daemons) {
            for (final String command : List.of("list-ports", "fdb blue", "drops")) {
                text.append(daemon.run(command).out()).append(daemon.run(command).err());
            }
        }
        return text.toString();
    }

    @Test
    void shouldReachEveryHostOfTheOverlay() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory)) {
            hosts.addBlue();
            hosts.addEndpoint(0, 4, "");
            hosts.addEndpoint(1, 5, "");
            assertTrue(hosts.spaces.in(4, "ip link show eth0").contains("mtu 1450"));
            final List<String> all =
                    List.of("10.1.0.4", "10.1.0.5", "10.1.0.12", "fd10::4", "fd10::5", "fd10::12");
            reaches(hosts, 4, all);
            reaches(hosts, 5, all);
            reaches(hosts, OverlayHosts.KERNEL, all);
            final String peers = hosts.daemon(0).run("list-peers").ok().out();
            assertEquals(3, peers.lines().count(), peers);
        }
    }

    @Test
    void shouldNameTheKernelDeviceThatHasThePort() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory)) {
            hosts.spaces.in(0, "ip link add vxk type vxlan id 9 dstport 4789 dev eth0");
            hosts.spaces.in(0, "ip link set vxk up");
            final Run run =
                    hosts.daemon(0)
                            .run("add-network blue --mode overlay --vni 4096 --local 192.0.2.10");
            assertEquals(1, run.code());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().contains("'vxk'"), run.err());
            assertTrue(run.err().contains("ip link del vxk"), run.err());
            hosts.spaces.in(0, "ip link del vxk");
            hosts.daemon(0)
                    .run("add-network blue --mode overlay --vni 4096 --local 192.0.2.10")
                    .ok();
            final Run again =
                    hosts.daemon(0)
                            .run("add-network red --mode overlay --vni 5 --local 192.0.2.99");
            assertEquals(1, again.code());
            assertEquals(1, again.err().lines().count(), again.err());
            assertTrue(again.err().contains("192.0.2.99"), again.err());
        }
    }

    @Test
    void shouldFollowAnEndpointThatMoves() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory)) {
            hosts.addBlue();
            hosts.addEndpoint(0, 4, "");
            hosts.addEndpoint(1, 5, " --mac 02:00:00:00:00:55");
            reaches(hosts, 4, List.of("10.1.0.5"));
            reaches(hosts, OverlayHosts.KERNEL, List.of("10.1.0.5"));
            hosts.daemon(1).run("del-port p5").ok();
            hosts.addEndpoint(0, 5, " --mac 02:00:00:00:00:55");
            reaches(hosts, 5, List.of("10.1.0.12", "10.1.0.4"));
            reaches(hosts, 4, List.of("10.1.0.5"));
            reaches(hosts, OverlayHosts.KERNEL, List.of("10.1.0.5"));
        }
    }

    @Test
    void shouldCarryOnWhenAPeerDiesAndReturns() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory)) {
            hosts.addBlue();
            hosts.addEndpoint(0, 4, "");
            hosts.addEndpoint(1, 5, "");
            reaches(hosts, 4, List.of("10.1.0.5"));
            hosts.daemon(1).kill();
            assertFalse(hosts.spaces.pings(4, "10.1.0.5"));
            reaches(hosts, 4, List.of("10.1.0.12"));
            hosts.restart(1);
            assertTrue(
                    OverlayHosts.eventually(() -> ping(hosts, 4, "10.1.0.5")), () -> state(hosts));
            reaches(hosts, OverlayHosts.KERNEL, List.of("10.1.0.5"));
        }
    }

    private static boolean ping(final OverlayHosts hosts, final int from, final String address) {
        try {
            return hosts.spaces.pings(from, address);
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldKeepNetworksApart() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory)) {
            hosts.addBlue();
            hosts.addEndpoint(0, 4, "");
            final String red = "add-network red --mode overlay --vni 4097 --local 192.0.2.1";
            hosts.daemon(0).run(red + "0 --peer 192.0.2.11").ok();
            hosts.daemon(1).run(red + "1 --peer 192.0.2.10").ok();
            for (int host = 0; host < 2; host++) {
                hosts.daemon(host)
                        .run(
                                "add-port r"
                                        + (6 + host)
                                        + " --network red --ip 10.1.0."
                                        + (6 + host)
                                        + "/16 --netns "
                                        + hosts.spaces.name(6 + host))
                        .ok();
            }
            assertTrue(hosts.spaces.pings(6, "10.1.0.7"), () -> state(hosts));
            for (final String address : List.of("10.1.0.4", "10.1.0.12")) {
                assertFalse(hosts.spaces.pings(6, address));
                assertFalse(hosts.spaces.pings(7, address));
            }
            assertFalse(hosts.spaces.pings(OverlayHosts.KERNEL, "10.1.0.7"));
            // the kernel isn't a peer of red; what it sends there is dropped and counted
            hosts.spaces.in(
                    OverlayHosts.KERNEL,
                    "ip link add vxr type vxlan id 4097 dstport 4789 local 192.0.2.12 remote"
                            + " 192.0.2.10 dev eth0");
            hosts.spaces.in(OverlayHosts.KERNEL, "ip addr add 10.9.0.1/16 dev vxr");
            hosts.spaces.in(OverlayHosts.KERNEL, "ip link set vxr up");
            assertFalse(hosts.spaces.pings(OverlayHosts.KERNEL, "10.9.0.6"));
            final String drops = hosts.daemon(0).run("drops").ok().out();
            assertTrue(drops.contains("peer-not-allowed"), drops);
        }
    }
}
