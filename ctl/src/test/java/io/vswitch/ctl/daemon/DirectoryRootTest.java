package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two vswitchd that share an endpoint directory, on hosts in namespaces. */
@Tag("root")
@Tag("long")
class DirectoryRootTest {
    private static final String MOVING = " --mac 02:00:00:00:00:55";

    @TempDir private Path directory;

    private static boolean shows(
            final OverlayHosts hosts, final int host, final String command, final String what) {
        return hosts.daemon(host).run(command).out().contains(what);
    }

    private static void eventuallyShows(
            final OverlayHosts hosts, final int host, final String command, final String what)
            throws InterruptedException {
        assertTrue(
                OverlayHosts.eventually(() -> shows(hosts, host, command, what)),
                () -> what + " in " + hosts.daemon(host).run(command).out());
    }

    @Test
    void shouldReachAndFollowEndpointsThatOthersPublish() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory, true)) {
            hosts.addSharedBlue();
            hosts.addEndpoint(0, 4, "");
            hosts.addEndpoint(1, 5, MOVING);
            eventuallyShows(hosts, 0, "fdb blue", "02:00:00:00:00:55");
            eventuallyShows(hosts, 0, "neigh list blue", "10.1.0.5");
            eventuallyShows(hosts, 1, "list-peers", "192.0.2.10");
            assertTrue(shows(hosts, 0, "fdb blue", "192.0.2.11"));
            hosts.spaces.in(4, "ip neigh flush all");
            final String before = hosts.daemon(0).run("drops").out();
            assertTrue(hosts.spaces.pings(4, "10.1.0.5"), hosts.daemon(0).log());
            assertTrue(hosts.spaces.pings(4, "fd10::5"), hosts.daemon(0).log());
            assertTrue(shows(hosts, 0, "drops", "answered"), before);

            hosts.daemon(1).run("del-port p5").ok();
            hosts.addEndpoint(0, 5, MOVING);
            assertTrue(hosts.spaces.pings(4, "10.1.0.5"), hosts.daemon(0).log());
            hosts.addEndpoint(1, 6, "");
            eventuallyShows(hosts, 1, "neigh list blue", "10.1.0.5");
            eventuallyShows(hosts, 0, "neigh list blue", "10.1.0.6");
            assertTrue(hosts.spaces.pings(6, "10.1.0.5"), hosts.daemon(1).log());
        }
    }

    @Test
    void shouldReportAnAddressThatTwoHostsClaimOnBoth() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory, true)) {
            hosts.addSharedBlue();
            hosts.addEndpoint(0, 4, "");
            eventuallyShows(hosts, 1, "neigh list blue", "10.1.0.4");
            hosts.daemon(1).run("add-port twin --network blue --ip 10.1.0.4/16").ok();
            for (int host = 0; host < 2; host++) {
                eventuallyShows(hosts, host, "directory", "10.1.0.4 is claimed twice");
            }
            assertEquals(conflict(hosts, 0), conflict(hosts, 1));
            assertTrue(conflict(hosts, 0).contains("at 192.0.2.10 has it"));
            assertTrue(hosts.daemon(0).log().contains("claimed twice"));
            assertTrue(hosts.daemon(1).log().contains("claimed twice"));
        }
    }

    private static String conflict(final OverlayHosts hosts, final int host) {
        return hosts.daemon(host)
                .run("directory")
                .out()
                .lines()
                .filter(line -> line.contains("claimed"))
                .findFirst()
                .orElse("");
    }

    @Test
    void shouldForgetAHostThatStopsAndKnowItWhenItIsBack() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory, true)) {
            hosts.addSharedBlue();
            hosts.addEndpoint(0, 4, "");
            hosts.addEndpoint(1, 5, "");
            eventuallyShows(hosts, 0, "neigh list blue", "10.1.0.5");
            hosts.daemon(1).terminate();
            assertTrue(OverlayHosts.eventually(() -> !shows(hosts, 0, "list-peers", "192.0.2.11")));
            hosts.restart(1);
            eventuallyShows(hosts, 0, "neigh list blue", "10.1.0.5");
            eventuallyShows(hosts, 1, "neigh list blue", "10.1.0.4");
            assertTrue(hosts.spaces.pings(4, "10.1.0.5"), hosts.daemon(1).log());
            hosts.daemon(1).kill();
            assertTrue(OverlayHosts.eventually(() -> !shows(hosts, 0, "list-peers", "192.0.2.11")));
        }
    }

    @Test
    void shouldRouteBetweenNetworksOfSeveralHosts() throws Exception {
        try (OverlayHosts hosts = new OverlayHosts(directory, true)) {
            hosts.addSharedBlue();
            for (int host = 0; host < 2; host++) {
                hosts.daemon(host)
                        .run(
                                "add-network red --mode overlay --vni 4097 --subnet 10.2.0.0/16"
                                        + " --local "
                                        + OverlayHosts.address(host))
                        .ok();
                hosts.daemon(host).run("add-router r1 --network blue --network red").ok();
            }
            hosts.addEndpoint(0, 4, " --route 10.2.0.0/16=10.1.0.1");
            hosts.daemon(1)
                    .run(
                            "add-port p7 --network red --ip 10.2.0.7/16 --route"
                                    + " 10.1.0.0/16=10.2.0.1 --netns "
                                    + hosts.spaces.name(7))
                    .ok();
            eventuallyShows(hosts, 0, "neigh list red", "10.2.0.7");
            eventuallyShows(hosts, 1, "neigh list blue", "10.1.0.4");
            assertTrue(hosts.spaces.pings(4, "10.1.0.1"), hosts.daemon(0).log());
            assertTrue(hosts.spaces.pings(4, "10.2.0.7"), hosts.daemon(0).run("drops").out());
            assertTrue(hosts.spaces.pings(7, "10.1.0.4"), hosts.daemon(1).run("drops").out());
            final String short1 = hosts.spaces.in(4, "ping -c 1 -W 5 -t 1 10.2.0.7 || true");
            assertTrue(short1.contains("Time to live exceeded"), short1);
            kernelHostJoins(hosts);
            assertTrue(hosts.spaces.pings(OverlayHosts.KERNEL, "10.2.0.7"));
            for (int host = 0; host < 2; host++) {
                hosts.daemon(host).run("del-router r1").ok();
            }
            assertFalse(hosts.spaces.pings(4, "10.2.0.7"));
        }
    }

    /** It asks for the gateway through the tunnel; where it is itself has to be said. */
    private static void kernelHostJoins(final OverlayHosts hosts) throws Exception {
        final String mac =
                hosts.spaces.in(OverlayHosts.KERNEL, "cat /sys/class/net/vx/address").strip();
        for (int host = 0; host < 2; host++) {
            hosts.daemon(host).run("add-peer blue 192.0.2.12").ok();
            hosts.daemon(host).run("neigh add blue 10.1.0.12 " + mac + " --remote 192.0.2.12").ok();
        }
        hosts.spaces.in(OverlayHosts.KERNEL, "ip route add 10.2.0.0/16 via 10.1.0.1");
    }
}
