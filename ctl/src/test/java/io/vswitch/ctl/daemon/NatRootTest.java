package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Translation between the kernel's own stacks: web1 and web2 (namespaces 0 and 1) are private, wan
 * (2) is outside, and what leaves to it or comes from it is translated at its port.
 */
@Tag("root")
class NatRootTest {
    private static final String WEB2_MAC = "02:79:00:00:00:02";
    private static final String WAN = "198.51.100.1";
    private static final String OUTSIDE = "198.51.100.10";

    @TempDir private Path directory;

    private static void addPorts(final DaemonProcess daemon, final Namespaces spaces)
            throws IOException, InterruptedException {
        daemon.run("add-network blue").ok();
        for (int i = 0; i < 2; i++) {
            daemon.run(
                            ("add-port web%d --network blue --ip 10.79.0.%d/24 --mac"
                                            + " 02:79:00:00:00:0%d --route default=10.79.0.254"
                                            + " --netns %s")
                                    .formatted(i + 1, i + 1, i + 1, spaces.name(i)))
                    .ok();
        }
        daemon.run(
                        ("add-port wan --network blue --ip 10.79.0.254/24 --ip 198.51.100.1/24"
                                        + " --guard none --netns %s")
                                .formatted(spaces.name(2)))
                .ok();
        // nobody answers for the outside address; the reply's MAC is put right by the switch
        spaces.in(2, "ip neigh add 198.51.100.10 lladdr 02:79:00:00:00:99 dev eth0");
    }

    private static void addLayer(final DaemonProcess daemon) {
        daemon.run("add-layer wan nat --priority 10 --stateful").ok();
        daemon.run("add-group wan nat in --direction in --priority 10").ok();
        daemon.run("add-group wan nat out --direction out --priority 10").ok();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTranslateSourcesAndDestinations(final int workers) throws Exception {
        try (Namespaces spaces = new Namespaces(3);
                DaemonProcess daemon =
                        new DaemonProcess(directory, List.of(), "--workers=" + workers)) {
            addPorts(daemon, spaces);
            addLayer(daemon);
            daemon.run("add-pool out --address 198.51.100.10 --ports 20000-20999").ok();
            daemon.run(
                            "add-rule wan nat.in snat out where src-ip 10.79.0.0/24 dst-ip not"
                                    + " 10.79.0.0/24")
                    .ok();
            daemon.run(
                            "add-rule wan nat.out dnat 10.79.0.2:7001 dst-mac="
                                    + WEB2_MAC
                                    + " where dst-ip 198.51.100.10 proto tcp dst-port 8080")
                    .ok();
            try (Servers servers = new Servers(spaces)) {
                servers.tellWho(2, "TCP-LISTEN", 7000);
                servers.tellWho(2, "UDP-RECVFROM", 7000);
                servers.tellWho(1, "TCP-LISTEN", 7001);
                final String tcp = "TCP:" + WAN + ":7000,sourceport=";
                assertEquals(OUTSIDE + " 20001", servers.ask(0, tcp + "20001"), drops(daemon));
                assertTrue(showsPair(daemon, servers, tcp), drops(daemon));
                final String other = servers.ask(0, tcp + "300");
                assertTrue(other.matches(OUTSIDE + " 20\\d\\d\\d"), other);
                final String udp = "UDP:" + WAN + ":7000,sourceport=20002";
                assertEquals(OUTSIDE + " 20002", servers.ask(0, udp), drops(daemon));
                final String conns = daemon.run("conns --nat --port wan").ok().out();
                assertTrue(
                        conns.matches(
                                "(?s).*tcp 10.79.0.1:20001 > 198.51.100.1:7000 +tcp"
                                        + " 198.51.100.10:20001 > 198.51.100.1:7000"
                                        + " +(time-wait|closed) +wan in +nat .*"),
                        conns);
                assertTrue(spaces.pings(0, WAN), "ping");
                assertTrue(spaces.pings(1, WAN), "ping");
                final String mapped = "TCP:" + OUTSIDE + ":8080,sourceport=4000";
                assertEquals(WAN + " 4000", servers.ask(2, mapped), drops(daemon));
                final String hairpin = "TCP:" + OUTSIDE + ":8080,sourceport=20500";
                assertEquals(OUTSIDE + " 20500", servers.ask(0, hairpin), drops(daemon));
                assertEquals(OUTSIDE + " 20500", servers.ask(1, hairpin), drops(daemon));
            }
        }
    }

    /** Both directions of a connection; it is asked for again where flows have aged meanwhile. */
    private static boolean showsPair(
            final DaemonProcess daemon, final Servers servers, final String tcp)
            throws IOException, InterruptedException {
        for (int port = 20100; port < 20110; port++) {
            servers.ask(0, tcp + port);
            final String pairs =
                    daemon.run("flows pairs --proto tcp --src-port " + port + " --sort age")
                            .ok()
                            .out();
            final String shown =
                    "(?s).*> +tcp 10.79.0.1:PORT > 198.51.100.1:7000, .* web1 +wan .*wan/nat.*"
                            + "< +tcp 198.51.100.1:7000 > 198.51.100.10:PORT, .* wan +web1 .*"
                            + "as tcp 198.51.100.10:PORT > 198.51.100.1:7000.*";
            if (pairs.matches(shown.replace("PORT", "" + port))) {
                return true;
            }
        }
        return false;
    }

    private static Supplier<String> drops(final DaemonProcess daemon) {
        return () ->
                Stream.of("drops", "conns", "flows")
                        .map(command -> daemon.run(command).out())
                        .collect(Collectors.joining("\n"));
    }
}
