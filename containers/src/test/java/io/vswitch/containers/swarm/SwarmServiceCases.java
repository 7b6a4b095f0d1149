package io.vswitch.containers.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import io.vswitch.containers.SwarmLab;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Virtual addresses, labels and published ports of services. */
interface SwarmServiceCases {
    /** A web server that tells its name, and logs who asks. */
    String WEB =
            " busybox sh -c 'mkdir /tmp/w; busybox hostname > /tmp/w/id; exec httpd -f -v -p 80 -h"
                    + " /tmp/w'";

    /** The first address of the subnet is the gateway's, the second the first service's. */
    String VIP = "10.96.0.2";

    /** By address: the image's programs can't look names up. */
    String GET =
            "sh -c 'for i in %s; do printf \"GET /id HTTP/1.0\\r\\n\\r\\n\" | nc -w 3 "
                    + VIP
                    + " 80 | busybox tail -n 1; done'";

    @Test
    default void shouldBalanceOverTheTasksOfAllNodes() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        lab.docker("network create -d vswitch:swarm --subnet 10.96.0.0/24 n2").ok();
        lab.service(
                "web",
                "--network n2 --replicas 3 --label vswitch.publish=8080:80 --container-label"
                        + " vswitch.publish=8080:80"
                        + WEB);
        lab.service("client", "--network n2 --mode global busybox sleep 10000");
        lab.awaitTasks("web", 3, 1, 2, 3);
        lab.awaitTasks("client", 3, 1, 2, 3);

        for (int n = 1; n <= 3; n++) {
            assertBalanced(n, 3);
            ask(n, "ping -c 1 -W 5 " + VIP).ok();
        }
        assertPublished();
        lab.docker("service scale -d web=1").ok();
        lab.awaitTasks("web", 1, 1, 2, 3);
        for (int n = 1; n <= 3; n++) {
            assertBalanced(n, 1);
        }
        assertLabelsHold();
    }

    private static Host.Output ask(final int node, final String command) throws Exception {
        final String task = SwarmTest.lab().tasks(node, "client").get(0);
        return SwarmTest.lab().host(node).docker("exec " + task + " " + command);
    }

    /** Every task answers, and in the end none that has gone is asked. */
    private static void assertBalanced(final int node, final int tasks) throws Exception {
        final Set<String> told = new TreeSet<>();
        SwarmTest.lab()
                .host(node)
                .await(
                        tasks + " tasks seen by node " + node,
                        () -> {
                            if (tasks == 1) {
                                told.clear();
                            }
                            final String text = ask(node, GET.formatted("1 2 3 4 5 6")).text();
                            told.addAll(List.of(text.split("\\s+")));
                            return told.size() == tasks
                                    && told.stream().allMatch(id -> id.matches("[0-9a-f]{12}"));
                        });
    }

    /** The port of each node leads to the tasks of all, which see who asks. */
    private static void assertPublished() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        for (int n = 1; n <= 3; n++) {
            final Host client = lab.host(n % 3 + 1);
            final String url = "http://" + SwarmLab.address(n) + ":8080/id";
            final Set<String> told = new TreeSet<>();
            client.await(
                    "the port of node " + n,
                    () -> {
                        final Host.Output out = client.sh("curl -s -S -m 3 " + url);
                        if (out.code() == 0) {
                            told.add(out.text());
                        }
                        return told.size() == 3;
                    });
            lab.host(n).sh("curl -s -S -m 5 127.0.0.1:8080/id").ok();
        }
        for (int n = 1; n <= 3; n++) {
            final String log = lab.host(n).docker("logs " + lab.tasks(n, "web").get(0)).ok();
            for (int client = 1; client <= 3; client++) {
                assertTrue(log.contains(SwarmLab.address(client) + "]"), log);
            }
        }
    }

    /** A label that is added while a service runs keeps it from another. */
    private static void assertLabelsHold() throws Exception {
        final SwarmLab lab = SwarmTest.lab();
        final String label = "'vswitch.acl-out=block dst-ip @service-web; allow'";
        lab.docker("service update -d --label-add " + label + " client").ok();
        lab.host(1)
                .await(
                        "the label's rule",
                        () -> lab.host(1).vswitchctl("list-rules").ok().contains("service-1"));
        assertEquals("", ask(1, GET.formatted("1")).text().replaceAll("nc:.*", ""));
        lab.docker("service update -d --label-rm vswitch.acl-out client").ok();
        lab.host(1)
                .await("no rule", () -> ask(1, GET.formatted("1")).text().matches("[0-9a-f]{12}"));
    }
}
