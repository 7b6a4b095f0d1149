package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mode=overlay}: two real engines on two machines with a link between them. */
@Tag("root")
@Tag("engine")
class OverlayNetworkTest {
    private static final String CREATE =
            "network create -d vswitch -o mode=overlay -o vni=5001 -o local=%s -o peers=%s"
                    + " --subnet 10.90.0.0/24 --ip-range %s wide";

    @TempDir private Path directory;

    @Test
    void shouldReachContainersOfAnotherHost() throws Exception {
        try (Host one = Host.started(Files.createDirectory(directory.resolve("1")));
                Host two = Host.started(Files.createDirectory(directory.resolve("2")))) {
            one.link("198.51.100.1/24", two, "198.51.100.2/24");
            one.docker(CREATE.formatted("198.51.100.1", "198.51.100.2", "10.90.0.64/26")).ok();
            two.docker(CREATE.formatted("198.51.100.2", "198.51.100.1", "10.90.0.128/26")).ok();
            two.docker("run -d --name far --network wide --ip 10.90.0.130 busybox sleep 1000").ok();

            final String out =
                    one.docker(
                                    "run --rm --network wide busybox sh -c 'ping -c 3 -W 5"
                                            + " 10.90.0.130; ip link show eth0'")
                            .ok();
            assertTrue(out.contains("0% packet loss") && out.contains("mtu 1450"), out);

            two.docker("rm -f far").ok();
            two.docker("network rm wide").ok();
            one.docker("network rm wide").ok();
            one.await(
                    "no network", () -> !one.vswitchctl("list-networks").text().contains("docker"));
            assertEquals("", one.sh("find " + one.directory + "/docker-state -type f").text());
        }
    }
}
