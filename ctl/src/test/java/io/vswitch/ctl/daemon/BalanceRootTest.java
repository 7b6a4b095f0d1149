package io.vswitch.ctl.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A load balancer between the kernel's own TCP stacks: a client, a virtual address that no host
 * has, and three servers, each of which greets with its name and then sends back what it gets.
 */
@Tag("root")
@Tag("long")
class BalanceRootTest {
    private static final int CLIENT = 0;
    private static final int SERVERS = 3;
    private static final String VIP = "10.79.0.100";
    private static final String WEB = "TCP:" + VIP + ":80,connect-timeout=10";

    @TempDir private Path directory;
    private final List<Process> servers = new ArrayList<>();

    private static String backend(final int server) {
        return "10.79.0.1" + server + ":8080";
    }

    private void setUp(final DaemonProcess daemon, final Namespaces spaces) throws Exception {
        daemon.run("add-network blue").ok();
        daemon.run("add-port client --network blue --ip 10.79.0.1/24 --netns " + spaces.name(0))
                .ok();
        for (int i = 1; i <= SERVERS; i++) {
            daemon.run(
                            "add-port b%d --network blue --ip 10.79.0.1%d/24 --netns %s"
                                    .formatted(i, i, spaces.name(i)))
                    .ok();
        }
        daemon.run("neigh add blue " + VIP + " 02:00:00:00:01:00").ok();
        daemon.run("add-lb web").ok();
        daemon.run("add-layer client lb --priority 10 --stateful").ok();
        daemon.run("add-group client lb out --direction out --priority 10").ok();
        daemon.run("add-rule client lb.out balance web dst-ip " + VIP + " proto tcp dst-port 80")
                .ok();
        for (int i = 1; i <= SERVERS; i++) {
            serve(spaces, i);
        }
    }

    private void serve(final Namespaces spaces, final int server) throws Exception {
        final String command =
                "exec ip netns exec %s timeout 300 socat TCP-LISTEN:8080,fork,reuseaddr,backlog=64"
                        .formatted(spaces.name(server));
        servers.add(
                new ProcessBuilder("sh", "-c", command + " SYSTEM:'echo b" + server + "; exec cat'")
                        .start());
        while (spaces.in(server, "ss -Hlnt sport = :8080").isBlank()) {
            assertTrue(servers.get(servers.size() - 1).isAlive(), "the server ended");
            Thread.sleep(20);
        }
    }

    private void tearDown() {
        servers.forEach(Process::destroy);
        servers.forEach(server -> server.onExit().join());
    }

    /** Names of the servers that so many connections reached, counted. */
    private static Map<String, Integer> hits(final Namespaces spaces, final int connections)
            throws Exception {
        final String out =
                spaces.in(
                        CLIENT,
                        "sh -c 'for i in $(seq %d); do socat -t 20 - %s </dev/null; done'"
                                .formatted(connections, WEB));
        final Map<String, Integer> hits = new TreeMap<>();
        out.lines().forEach(name -> hits.merge(name, 1, Integer::sum));
        return hits;
    }

    private static Map<String, Integer> backends(final DaemonProcess daemon, final String field)
            throws IOException {
        final JsonNode all = new ObjectMapper().readTree(daemon.run("list-lbs --json").ok().out());
        final Map<String, Integer> counts = new TreeMap<>();
        for (final JsonNode backend : all.get("balancers").get(0).get("backends")) {
            final String name = "b" + backend.get("backend").asText().charAt(9);
            counts.put(name, backend.get(field).asInt());
        }
        return counts;
    }

    @Test
    void shouldShareConnectionsByWeightAndCountThem() throws Exception {
        try (Namespaces spaces = new Namespaces(1 + SERVERS);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            setUp(daemon, spaces);
            daemon.run("add-backend web " + backend(1)).ok();
            daemon.run("add-backend web " + backend(2)).ok();
            daemon.run("add-backend web " + backend(3) + " --weight 200").ok();

            final Map<String, Integer> hits = hits(spaces, 400);

            // 5 sigma of 400 draws of one in four are 43, of one in two 50
            assertEquals(100, hits.get("b1"), 43, hits.toString());
            assertEquals(100, hits.get("b2"), 43, hits.toString());
            assertEquals(200, hits.get("b3"), 50, hits.toString());
            assertEquals(
                    hits,
                    backends(daemon, "opened"),
                    daemon.run("drops").out() + daemon.run("conns --limit 1000").out());
            assertFalse(daemon.log().contains("Exception"), daemon.log());
        } finally {
            tearDown();
        }
    }

    @Test
    void shouldKeepLongConnectionsWhenBackendsComeDrainAndGo() throws Exception {
        final List<Talk> talks = new ArrayList<>();
        try (Namespaces spaces = new Namespaces(1 + SERVERS);
                DaemonProcess daemon = new DaemonProcess(directory, List.of(), "--workers=2")) {
            setUp(daemon, spaces);
            daemon.run("add-backend web " + backend(1)).ok();
            daemon.run("add-backend web " + backend(2)).ok();
            open(talks, spaces, 12);
            daemon.run("add-backend web " + backend(3)).ok();
            open(talks, spaces, 12);
            assertAllEcho(talks, "scaled up");
            assertEquals(
                    3, talks.stream().map(Talk::greeting).distinct().count(), "servers reached");

            final Map<String, Integer> held = new TreeMap<>();
            talks.forEach(talk -> held.merge(talk.greeting(), 1, Integer::sum));
            assertEquals(held, backends(daemon, "connections"));

            daemon.run("set-backend web " + backend(1) + " drain").ok();
            assertAllEcho(talks, "draining");
            assertFalse(hits(spaces, 40).containsKey("b1"));
            daemon.run("set-backend web " + backend(2) + " --weight 0").ok();
            assertAllEcho(talks, "weight 0");
            assertEquals(Map.of("b3", 10), hits(spaces, 10));

            daemon.run("set-backend web " + backend(1) + " down").ok();
            assertOnlyEnded(talks, "b1");
            daemon.run("del-backend web " + backend(2)).ok();
            assertOnlyEnded(talks, "b2");
            assertAllEcho(talks, "those of b3");

            daemon.run("set-backend web " + backend(3) + " drain").ok();
            assertAllEcho(talks, "the last one draining");
            try (Talk refused = new Talk(spaces, CLIENT, WEB)) {
                assertNull(refused.greeting());
            }
            assertTrue(daemon.run("drops").ok().out().contains("no-backend"));
            assertFalse(daemon.log().contains("Exception"), daemon.log());
        } finally {
            talks.forEach(Talk::close);
            tearDown();
        }
    }

    private static void open(final List<Talk> talks, final Namespaces spaces, final int count)
            throws IOException {
        for (int i = 0; i < count; i++) {
            final Talk talk = new Talk(spaces, CLIENT, WEB);
            talks.add(talk);
            assertNotNull(talk.greeting(), "connection " + talks.size());
        }
    }

    private static void assertAllEcho(final List<Talk> talks, final String when)
            throws IOException {
        for (final Talk talk : talks) {
            assertTrue(talk.echoes("hello"), when + ": " + talk.greeting());
        }
    }

    /** The connections of one server end, and are taken from the list. */
    private static void assertOnlyEnded(final List<Talk> talks, final String server)
            throws IOException {
        for (final Talk talk : List.copyOf(talks)) {
            if (talk.greeting().equals(server)) {
                assertFalse(talk.echoes("hello"), "still with " + server);
                talk.close();
                talks.remove(talk);
            }
        }
        assertAllEcho(talks, server + " gone");
    }

    @Test
    void shouldSendAClientToOneServerWhenThatIsTheAffinity() throws Exception {
        try (Namespaces spaces = new Namespaces(1 + SERVERS);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            setUp(daemon, spaces);
            daemon.run("del-rule client lb.out 1").ok();
            daemon.run("del-lb web").ok();
            daemon.run(
                            "add-lb web --affinity client %s %s %s"
                                    .formatted(backend(1), backend(2), backend(3)))
                    .ok();
            daemon.run(
                            "add-rule client lb.out balance web dst-ip "
                                    + VIP
                                    + " proto tcp dst-port 80")
                    .ok();

            final Map<String, Integer> hits = hits(spaces, 30);

            assertEquals(List.of(30), List.copyOf(hits.values()), hits.toString());
        } finally {
            tearDown();
        }
    }
}
