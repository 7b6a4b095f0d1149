package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two vswitchd that share an endpoint directory, on hosts in namespaces. */
@Tag("root")
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
}
