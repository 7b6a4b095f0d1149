package io.vswitch.containers.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import io.vswitch.containers.SwarmLab;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Services and containers of three nodes on a network of the swarm. */
interface SwarmNetworkCases {
    @Test
    default void shouldReachTasksOfAllNodesByName() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        startService("");

        for (int n = 1; n <= 3; n++) {
            awaitAddresses(n, 3);
            for (final String address : addresses(n)) {
                ping(n, address);
            }
        }
        final Host first = lab.host(1);
        first.await("all in the directory", () -> hostsOfDirectory(first) == 3);

        lab.docker("service scale -d web=5").ok();
        lab.awaitTasks("web", 5, 1, 2, 3);
        awaitAddresses(3, 5);
        lab.docker("service scale -d web=3").ok();
        lab.awaitTasks("web", 3, 1, 2, 3);
        first.await("no MAC of what has gone", () -> remoteMacs() == remoteTasks());
    }

    /** MACs of other nodes, as the switch of the first one knows them from the directory. */
    private static long remoteMacs() throws Exception {
        final Host host = SwarmTest.lab().host(1);
        final String network = host.docker("network ls --no-trunc -q -f name=n1").ok();
        return host.vswitchctl("fdb docker-" + network.substring(0, 12))
                .text()
                .lines()
                .filter(line -> line.contains("198.51.100.") && line.contains("static"))
                .count();
    }

    private static long remoteTasks() throws Exception {
        return SwarmTest.lab().tasks(2, "web").size() + SwarmTest.lab().tasks(3, "web").size();
    }

    private static long hostsOfDirectory(final Host host) {
        return host.vswitchctl("directory").ok().lines().filter(l -> l.contains("198.51.")).count();
    }

    @Test
    default void shouldGoOnWhenPartsOfANodeAreKilled() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        final Host node = lab.host(2);
        startService("");
        final String address = address(2);

        node.sh("kill -9 $(pgrep -xf 'sleep infinity')").ok();
        ping(1, address);
        node.await("the plugin's return", () -> node.sh("pgrep -xf 'sleep infinity'").code() == 0);
        node.killPlugin();
        ping(1, address);
        node.startPlugin();
        node.killSwitch();
        node.startSwitch();
        node.await("the way back", () -> canPing(1, address));
        node.killEngine();
        ping(1, address);

        node.startEngine("--iptables=true");
        lab.awaitTasks("web", 3, 1, 2, 3);
        awaitAddresses(1, 3);
        for (final String each : addresses(1)) {
            node.await("the new task", () -> canPing(1, each));
        }
    }

    @Test
    default void shouldGoOnElsewhereWhenANodeDies() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        final Host node = lab.host(3);
        startService("");
        final Set<String> before = addresses(1);

        node.killEngine();
        node.killPlugin();
        node.killSwitch();

        lab.awaitTasks("web", 3, 1, 2);
        lab.host(1).await("three live addresses", () -> areAlive(1, before));
        node.startSwitch();
        node.startPlugin();
        node.startEngine("--iptables=true");
        lab.host(1)
                .await(
                        "the node's return",
                        () ->
                                lab.docker("node inspect -f {{.Status.State}} " + lab.nodeId(3))
                                        .text()
                                        .equals("ready"));
    }

    private boolean areAlive(final int from, final Set<String> before) throws Exception {
        final Set<String> now = addresses(from);
        if (now.size() != 3 || now.equals(before)) {
            return false;
        }
        for (final String address : now) {
            if (!canPing(from, address)) {
                return false;
            }
        }
        return true;
    }

    @Test
    default void shouldKeepNumbersWhenAnotherManagerLeads() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        startService("--ipam-driver vswitch:swarm");
        lab.docker("network create -d vswitch:swarm --attachable -o vni=5001 n2").ok();
        final String number = option("n1", "vni");
        final String key = option("n1", "directory-key");

        lab.host(2).docker("node demote " + lab.nodeId(1)).ok();
        try {
            final Host leader = lab.host(2);
            leader.await(
                    "the other leader",
                    () ->
                            leader.docker(
                                            "node inspect -f {{.ManagerStatus.Leader}} "
                                                    + lab.nodeId(2))
                                    .text()
                                    .equals("true"));
            leader.docker("network create -d vswitch:swarm --attachable -o vni=5001 n3").ok();
            leader.docker("network create -d vswitch:swarm --attachable n4").ok();
            leader.await(
                    "numbers", () -> leader.docker(inspect("n4", "vni")).text().matches("\\d+"));

            assertEquals(number, leader.docker(inspect("n1", "vni")).ok());
            assertEquals(key, leader.docker(inspect("n4", "directory-key")).ok());
            final String refused = run(leader, "n3", "sh -c :");
            assertTrue(refused.matches("(?s).*VNI 5001 is in use by network \\w{12}; .*"), refused);
            leader.docker("service scale -d web=4").ok();
            lab.awaitTasks("web", 4, 1, 2, 3);
            assertEquals(4, new HashSet<>(allAddresses()).size());
        } finally {
            lab.host(2).docker("node promote " + lab.nodeId(1)).ok();
            lab.host(1).await("a manager again", () -> lab.docker("node ls").code() == 0);
        }
    }

    @Test
    default void shouldAnswerOneSentenceWhenANetworkCantBe() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        final Host host = lab.host(1);
        lab.docker("network create -d vswitch:swarm --attachable -o vin=7 n1").ok();
        lab.docker("network create -d vswitch:swarm --attachable -o port=14790 n2").ok();
        host.sh("ip link add vx9 type vxlan id 9 dstport 14790 dev ul0 && ip link set vx9 up").ok();

        assertContains("unknown option 'vin', did you mean 'vni'?", run(host, "n1", "sh -c :"));
        assertContains("the kernel's vxlan device 'vx9' has it", run(host, "n2", "sh -c :"));
        host.sh("ip link del vx9").ok();
        assertContains("manager", lab.host(3).docker("network create -d vswitch:swarm n3").text());
    }

    private static void assertContains(final String part, final String text) {
        assertTrue(text.contains(part), text);
    }

    private static String run(final Host host, final String network, final String command)
            throws Exception {
        return host.docker("run --rm --network " + network + " busybox " + command).text();
    }

    private static String inspect(final String network, final String option) {
        return "network inspect -f '{{index .Options \"%s\"}}' %s".formatted(option, network);
    }

    private static String option(final String network, final String option) throws Exception {
        return SwarmTest.lab().docker(inspect(network, option)).ok();
    }

    /** A task on each node, on a network of its own. */
    private static void startService(final String options) throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        lab.docker("network create -d vswitch:swarm %s --subnet 10.95.0.0/24 n1".formatted(options))
                .ok();
        lab.service("web", "--network n1 --replicas 3 --endpoint-mode dnsrr busybox sleep 10000");
        lab.awaitTasks("web", 3, 1, 2, 3);
        awaitAddresses(1, 3);
    }

    private static void awaitAddresses(final int node, final int count) throws Exception {
        SwarmTest.lab()
                .host(node)
                .await(count + " addresses", () -> addresses(node).size() == count);
    }

    private static String task(final int node) throws Exception {
        return SwarmTest.lab().tasks(node, "web").get(0);
    }

    /** What the name of the service leads to. */
    private static Set<String> addresses(final int node) throws Exception {
        return SwarmTest.lab()
                .host(node)
                .docker("exec " + task(node) + " busybox nslookup tasks.web")
                .text()
                .lines()
                .filter(line -> line.matches("Address.*10\\.95\\..*"))
                .map(line -> line.replaceAll(".*(10\\.95\\.\\d+\\.\\d+).*", "$1"))
                .collect(Collectors.toSet());
    }

    private static List<String> allAddresses() throws Exception {
        final List<String> all = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            for (final String task : SwarmTest.lab().tasks(n, "web")) {
                all.add(address(n, task));
            }
        }
        return all;
    }

    private static String address(final int node) throws Exception {
        return address(node, task(node));
    }

    private static String address(final int node, final String task) throws Exception {
        return SwarmTest.lab()
                .host(node)
                .docker("inspect -f {{.NetworkSettings.Networks.n1.IPAddress}} " + task)
                .ok();
    }

    private static boolean canPing(final int node, final String address) throws Exception {
        return SwarmTest.lab()
                        .host(node)
                        .docker("exec " + task(node) + " ping -c 1 -W 2 " + address)
                        .code()
                == 0;
    }

    private static void ping(final int node, final String address) throws Exception {
        SwarmTest.lab().host(node).docker("exec " + task(node) + " ping -c 3 -W 5 " + address).ok();
    }
}
