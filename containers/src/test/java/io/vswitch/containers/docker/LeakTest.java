package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vswitch.containers.Host;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many containers come and go; a real engine. */
@Tag("root")
@Tag("engine")
class LeakTest {
    private static final int CYCLES = Integer.getInteger("vswitch.test.cycles", 50);

    private static final int SECONDS = 60;
    private static final int AT_A_TIME = 16;

    @TempDir private Path directory;

    @Test
    void shouldLeaveNothingBehindWhenContainersComeAndGo() throws Exception {
        try (Host host = Host.started(directory)) {
            host.docker("network create -d vswitch --subnet 10.86.0.0/24 n1").ok();
            for (int i = 0; i < 3; i++) {
                cycle(host);
            }
            final Map<String, String> before = host.inventory();

            for (int i = 0; i < CYCLES; i++) {
                cycle(host);
            }

            for (int i = 0; i < SECONDS && !before.equals(host.inventory()); i++) {
                Thread.sleep(1000);
            }
            host.inventory().forEach((kind, now) -> assertEquals(before.get(kind), now, kind));
            host.docker("network rm n1").ok();
            assertEquals("", host.sh("nft list table inet vswitch_docker 2>/dev/null").text());
        }
    }

    @Test
    void shouldServeManyRequestsAtATime() throws Exception {
        try (Host host = Host.started(directory)) {
            host.docker("network create -d vswitch --subnet 10.86.0.0/24 n1").ok();
            final String docker = "/usr/bin/docker -H unix://" + directory + "/docker.sock";
            final Map<String, String> before = host.inventory();

            host.sh(
                            "for i in $(seq %d); do %s run -d --name p$i --network n1 busybox sleep"
                                            .formatted(AT_A_TIME, docker)
                                    + " 1000 & done; wait")
                    .ok();

            assertEquals(AT_A_TIME, ports(host));
            host.docker("exec p1 ping -c 1 -W 5 p" + AT_A_TIME).ok();
            host.sh("for i in $(seq %d); do %s rm -f p$i & done; wait".formatted(AT_A_TIME, docker))
                    .ok();
            for (int i = 0; i < SECONDS && !before.equals(host.inventory()); i++) {
                Thread.sleep(1000);
            }
            host.inventory().forEach((kind, now) -> assertEquals(before.get(kind), now, kind));
        }
    }

    private static long ports(final Host host) {
        return host.vswitchctl("list-ports").ok().lines().filter(l -> l.startsWith("vd")).count();
    }

    private static void cycle(final Host host) throws Exception {
        host.docker("run --rm --network n1 -p 8080:80 busybox ping -c 1 -W 5 10.86.0.1").ok();
    }
}
