package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stateful layer between the kernel's own TCP stacks, against the kernel's own connection
 * tracking: web1 may open connections to web2, and web2 none to web1.
 */
@Tag("root")
@Tag("long")
class StatefulRootTest {
    private static final String WEB1 = "10.78.0.1";
    private static final String WEB2 = "10.78.0.2";
    private static final String OUTCOMES =
            "ping out true, ping in false, tcp out true, tcp in false, udp out true, udp in false";

    @TempDir private Path directory;

    private static void addPorts(final DaemonProcess daemon, final Namespaces spaces) {
        daemon.run("add-network blue").ok();
        daemon.run("add-port web1 --network blue --ip 10.78.0.1/24 --netns " + spaces.name(0)).ok();
        daemon.run("add-port web2 --network blue --ip 10.78.0.2/24 --netns " + spaces.name(1)).ok();
    }

    private static void addRules(final DaemonProcess daemon) {
        daemon.run("add-layer web1 fw --priority 10 --default block --stateful").ok();
        for (final String direction : List.of("in", "out")) {
            daemon.run(
                            "add-group web1 fw %s --direction %s --priority 10"
                                    .formatted(direction, direction))
                    .ok();
            daemon.run("add-rule web1 fw.%s allow ethertype arp".formatted(direction)).ok();
        }
        daemon.run("add-rule web1 fw.out allow ethertype ipv4").ok();
    }

    /** What gets through between the two namespaces. */
    private static String outcomes(final Namespaces spaces)
            throws IOException, InterruptedException {
        return "ping out %s, ping in %s, tcp out %s, tcp in %s, udp out %s, udp in %s"
                .formatted(
                        spaces.pings(0, WEB2),
                        spaces.pings(1, WEB1),
                        answers(spaces, 0, WEB2, "TCP-LISTEN", "TCP"),
                        answers(spaces, 1, WEB1, "TCP-LISTEN", "TCP"),
                        answers(spaces, 0, WEB2, "UDP-RECVFROM", "UDP"),
                        answers(spaces, 1, WEB1, "UDP-RECVFROM", "UDP"));
    }

    /** Whether a client gets its line back from an echo server in the other namespace. */
    private static boolean answers(
            final Namespaces spaces,
            final int client,
            final String address,
            final String listen,
            final String connect)
            throws IOException, InterruptedException {
        final String server =
                "exec ip netns exec %s timeout 30 socat %s:7000,fork,reuseaddr EXEC:cat"
                        .formatted(spaces.name(1 - client), listen);
        final Process echo = new ProcessBuilder("sh", "-c", server).start();
        try {
            while (spaces.in(1 - client, "ss -Hlnut sport = :7000").isBlank()) {
                assertTrue(echo.isAlive(), "the echo server ended");
                Thread.sleep(20);
            }
            final String limit = connect.equals("TCP") ? ",connect-timeout=2" : "";
            final String line =
                    "sh -c 'echo hello | socat -t 2 -T 2 - %s:%s:7000%s 2>/dev/null || true'"
                            .formatted(connect, address, limit);
            return spaces.in(client, line).equals("hello\n");
        } finally {
            echo.destroy();
            echo.waitFor();
        }
    }

    @Test
    void shouldLetOneSideOpenConnectionsOnly() throws Exception {
        try (Namespaces spaces = new Namespaces(2)) {
            try (DaemonProcess daemon = new DaemonProcess(directory)) {
                addPorts(daemon, spaces);
                addRules(daemon);
                assertEquals(OUTCOMES, outcomes(spaces), daemon.log());
                daemon.kill();
            }
            try (DaemonProcess daemon = new DaemonProcess(directory)) {
                final String rules = daemon.run("list-rules web1").ok().out();
                assertTrue(rules.contains("default block, stateful"), rules);
                assertTrue(spaces.pings(0, WEB2), "kept over a restart");
                assertFalse(spaces.pings(1, WEB1), "kept over a restart");
            }
        }
    }

    /** The oracle: the kernel's firewall says the same about the same traffic. */
    @Test
    void shouldFindTheKernelOfTheSameOpinion() throws Exception {
        try (Namespaces spaces = new Namespaces(2)) {
            Namespaces.sh(
                    "ip -n %s link add eth0 type veth peer name eth0 netns %s"
                            .formatted(spaces.name(0), spaces.name(1)));
            for (int i = 0; i < 2; i++) {
                spaces.in(i, "ip addr add 10.78.0.%d/24 dev eth0".formatted(i + 1));
                spaces.in(i, "ip link set eth0 up");
            }
            spaces.in(
                    0,
                    "nft 'add table inet fw; add chain inet fw in { type filter hook input"
                            + " priority 0; policy drop; }; add rule inet fw in ct state"
                            + " established accept'");
            assertEquals(OUTCOMES, outcomes(spaces));
        }
    }

    @Test
    void shouldLetOneSideOpenConnectionsOnlyWhenTheDaemonHasTwoWorkers() throws Exception {
        try (Namespaces spaces = new Namespaces(2);
                DaemonProcess daemon = new DaemonProcess(directory, List.of(), "--workers=2")) {
            addPorts(daemon, spaces);
            addRules(daemon);
            assertEquals(OUTCOMES, outcomes(spaces), daemon.log());
            final String conns = daemon.run("conns --port web1").ok().out();
            assertTrue(conns.matches("(?s).*tcp 10.78.0.1:[0-9]+ > 10.78.0.2:7000 .*"), conns);
            assertTrue(daemon.run("flows kill --all").ok().out().contains("flow"), "flows kill");
            assertTrue(spaces.pings(0, WEB2), "after flows were killed");
            assertFalse(daemon.log().contains("Exception"), daemon.log());
        }
    }
}
