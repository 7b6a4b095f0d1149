package io.vswitch.containers.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.containers.SwarmLab;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Services and containers of three nodes on a network of the swarm. */
interface SwarmNetworkCases {
    @Test
    default void shouldReachTasksOfAllNodesByName() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        lab.docker("network create -d vswitch:swarm --subnet 10.95.0.0/24 n1").ok();
        lab.service("web", "--network n1 --replicas 3 --endpoint-mode dnsrr busybox sleep 10000");
        lab.awaitTasks("web", 3, 1, 2, 3);
        final Set<String> all = new TreeSet<>();
        for (int n = 1; n <= 3; n++) {
            assertEquals(1, lab.tasks(n, "web").size());
            all.add(lab.host(n).docker("exec " + task(n) + " ip -4 -o addr show eth0").ok());
        }
        for (int n = 1; n <= 3; n++) {
            final int node = n;
            lab.host(n).await("three addresses", () -> addresses(node).size() == 3);
            for (final String address : addresses(n)) {
                lab.host(n).docker("exec " + task(n) + " ping -c 2 -W 5 " + address).ok();
            }
        }
    }

    private String task(final int node) throws Exception {
        return SwarmTest.lab().tasks(node, "web").get(0);
    }

    private Set<String> addresses(final int node) throws Exception {
        return SwarmTest.lab()
                .host(node)
                .docker("exec " + task(node) + " busybox nslookup tasks.web")
                .text()
                .lines()
                .filter(line -> line.matches("Address.*10\\.95\\..*"))
                .map(line -> line.replaceAll(".*(10\\.95\\.\\d+\\.\\d+).*", "$1"))
                .collect(Collectors.toSet());
    }
}
