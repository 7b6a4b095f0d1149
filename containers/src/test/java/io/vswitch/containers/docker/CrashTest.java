package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of each part of a host whose containers talk to each other; a real engine. */
@Tag("root")
@Tag("engine")
class CrashTest {
    private static final String RUN =
            "run -d --name %s --network n1 --ip %s busybox httpd -f -p 80 -h /bin";

    @TempDir private static Path directory;
    private static Host host;
    private String interfaces;

    @BeforeAll
    static void start() throws Exception {
        host = Host.started(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @BeforeEach
    void run() throws Exception {
        host.docker("network create -d vswitch --subnet 10.83.0.0/24 n1").ok();
        host.docker(RUN.formatted("c1", "10.83.0.11").replace("busybox", "-p 8080:80 busybox"))
                .ok();
        host.docker(RUN.formatted("c2", "10.83.0.12")).ok();
        assertConnected();
        interfaces = interfaces();
    }

    private void assertConnected() throws Exception {
        host.await(
                "the network", () -> host.docker("exec c1 ping -c 1 -W 1 10.83.0.12").code() == 0);
        host.docker("exec c2 ping -c 3 -W 5 10.83.0.11").ok();
        host.await(
                "the published port",
                () -> host.sh("curl -sS -m 3 -o /dev/null 127.0.0.1:8080/sh").code() == 0);
    }

    private String interfaces() throws Exception {
        return (host.docker("exec c1 ip addr show eth0").ok()
                        + host.docker("exec c2 ip addr show eth0").ok())
                .replaceAll("<.*>|state \\w+|(?m)^ *valid_lft.*$", "");
    }

    @AfterEach
    void shouldStillBeUsable() throws Exception {
        host.docker("run --rm --network n1 busybox ping -c 1 -W 5 10.83.0.11").ok();
        host.docker("rm -f c1 c2").ok();
        host.docker("network rm n1").ok();
        host.await("an empty switch", () -> host.sh("ip -br link | grep ^v[dgu]").code() == 1);
        assertEquals("", host.sh("find " + directory + "/docker-state -type f").text());
        host.await("no port", () -> !host.vswitchctl("list-networks").ok().contains("docker-"));
    }

    @Test
    void shouldKeepInterfacesWhenTheSwitchIsKilled() throws Exception {
        host.killSwitch();

        assertEquals(interfaces, interfaces());
        host.startSwitch();
        assertConnected();
        assertEquals(interfaces, interfaces());
    }

    @Test
    void shouldRemoveContainersWhileTheSwitchIsDown() throws Exception {
        host.killSwitch();

        host.docker("rm -f c2").ok();
        assertEquals(
                "vswitchd is not running (nobody listens at "
                        + directory
                        + "/vswitchd.sock); start it with `vswitchctl daemon start`.",
                host.docker("run --rm --network n1 busybox ping -c 1 10.83.0.11")
                        .text()
                        .lines()
                        .filter(line -> line.contains("vswitchd"))
                        .findFirst()
                        .orElse("")
                        .replaceAll("^.*remote: ", ""));
        host.startSwitch();
        host.await("the port's end", () -> ports() == 1);
        host.docker(RUN.formatted("c2", "10.83.0.12")).ok();
        assertConnected();
    }

    @Test
    void shouldMakeEverythingAnewWhenTheSwitchForgotIt() throws Exception {
        host.killSwitch();
        host.sh("rm -r " + directory + "/state").ok();

        host.startSwitch();

        assertConnected();
        assertEquals(interfaces, interfaces());
    }

    @Test
    void shouldGoOnWhenThePluginIsKilled() throws Exception {
        host.killPlugin();

        assertConnected();
        host.startPlugin();
        assertConnected();
        assertTrue(host.sh("timeout 5 busybox nc -l -p 8080 2>&1").text().contains("in use"));
    }

    @Test
    void shouldGoOnWhenTheEngineIsKilled() throws Exception {
        host.killEngine();

        host.startEngine();

        assertConnected();
        assertEquals(interfaces, interfaces());
    }

    @Test
    void shouldGoOnWhenAllAreKilled() throws Exception {
        host.killEngine();
        host.killPlugin();
        host.killSwitch();

        host.startSwitch();
        host.startPlugin();
        host.startEngine();

        assertConnected();
        assertEquals(interfaces, interfaces());
    }

    @Test
    void shouldRemoveThePortWhenItsContainerDiedUnseen() throws Exception {
        final String pid = host.docker("inspect -f {{.State.Pid}} c2").ok();
        final String sandbox = host.docker("inspect -f {{.NetworkSettings.SandboxKey}} c2").ok();
        host.killEngine();
        host.sh("umount " + sandbox).ok();
        host.sh("kill -9 " + pid).ok();

        host.await("the port's end", () -> ports() == 1);
        host.startEngine();
    }

    private static long ports() {
        return host.vswitchctl("list-ports").ok().lines().filter(l -> l.startsWith("vd")).count();
    }
}
