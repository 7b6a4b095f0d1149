package io.vswitch.containers.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vswitch.containers.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and rates from options of networks and endpoints, on a real engine. */
@Tag("root")
@Tag("engine")
class PolicyTest {
    private static final String GET =
            " sh -c 'printf \"GET /sh HTTP/1.0\\r\\n\\r\\n\" | nc -w 5 10.87.0.80 80 | head -n 1'";

    @TempDir private static Path directory;
    private static Host host;

    @BeforeAll
    static void start() throws Exception {
        host = Host.started(directory);
        host.docker(
                        "network create -d vswitch --subnet 10.87.0.0/24 -o rate-out=100mbit"
                                + " -o 'acl-in=allow proto tcp dst-port 80; block' n1")
                .ok();
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void shouldLetInWhatTheNetworksRulesAllowAndReplies() throws Exception {
        host.docker("run -d --name web --network n1 --ip 10.87.0.80 busybox httpd -f -p 80 -h /bin")
                .ok();

        assertEquals("HTTP/1.1 200 OK", host.docker("run --rm --network n1 busybox" + GET).ok());
        assertNotEquals(
                0, host.docker("run --rm --network n1 busybox ping -c 1 -W 2 10.87.0.80").code());
        assertTrue(host.vswitchctl("drops").ok().contains("docker.in"));
        assertTrue(host.vswitchctl("export").ok().contains("rate-out: 100mbit"));
        host.docker("rm -f web").ok();
    }

    @Test
    void shouldTakeTheEndpointsRulesWhereItHasSome() throws Exception {
        host.docker(
                        "run -d --name open --ip 10.87.0.81 --network 'name=n1,\"driver-opt=acl-in="
                                + "allow proto icmp; block\"' busybox httpd -f -p 80 -h /bin")
                .ok();

        host.docker("run --rm --network n1 busybox ping -c 1 -W 5 10.87.0.81").ok();
        assertFalse(
                host.docker("run --rm --network n1 busybox" + GET.replace("0.80 ", "0.81 "))
                        .text()
                        .contains("HTTP"));
        assertTrue(
                host.docker("run --rm --network name=n1,driver-opt=acl-on=x busybox ls")
                        .text()
                        .contains(
                                "remote: unknown option of an endpoint 'acl-on', did you mean"
                                        + " 'acl-in'?; known are rate-in, rate-out, acl-in,"
                                        + " acl-out"));
        assertTrue(
                host.docker("run --rm --network name=n1,driver-opt=acl-in=blok busybox ls")
                        .text()
                        .contains("remote: rule: unknown action 'blok'"));
        host.docker("rm -f open").ok();
    }

    @Test
    void shouldMakeRulesAndRatesOfLabels() throws Exception {
        host.docker(
                        "network create -d vswitch --subnet 10.88.0.0/24 --label"
                                + " vswitch.rate-in=50mbit n2")
                .ok();
        host.docker(
                        "run -d --name shut --network n2 --ip 10.88.0.80 --label 'vswitch.acl-in="
                                + "allow proto tcp dst-port 80; block' --label vswitch.acl-on=x"
                                + " busybox httpd -f -p 80 -h /bin")
                .ok();
        host.docker("run -d --name bad --network n2 --label vswitch.acl-in=blok busybox sleep 999")
                .ok();

        host.await("the rules", () -> host.vswitchctl("list-rules").ok().contains("container-2"));
        host.await("the rate", () -> host.vswitchctl("export").ok().contains("rate-in: 50mbit"));
        assertEquals(
                "HTTP/1.1 200 OK",
                host.docker("run --rm --network n2 busybox" + GET.replace("10.87", "10.88")).ok());
        assertNotEquals(
                0, host.docker("run --rm --network n2 busybox ping -c 1 -W 2 10.88.0.80").code());
        host.await(
                "the report", () -> driver("docker policy").ok().contains("unknown action 'blok'"));
        final String policy = driver("docker policy").ok();
        assertTrue(policy.contains("did you mean 'vswitch.acl-in'?"), policy);
        assertTrue(policy.matches("(?s).*shut .*container shut .*labels.in container-.*"), policy);
        host.docker("rm -f shut bad").ok();
        host.docker("network rm n2").ok();
    }

    @Test
    void shouldShowAndMendWhatDiffers() throws Exception {
        host.docker(
                        "run -d --name a1 --network n1 --ip 10.87.0.90 --label 'vswitch.acl-in="
                                + "block proto icmp; allow' busybox sleep 1000")
                .ok();
        host.await("the rules", () -> host.vswitchctl("list-rules").ok().contains("container-1"));
        host.await("no difference", () -> driver("audit").code() == 0);

        final String port =
                host.vswitchctl("list-ports")
                        .ok()
                        .lines()
                        .filter(line -> line.startsWith("vd"))
                        .map(line -> line.substring(0, 13))
                        .findFirst()
                        .orElseThrow();
        // The driver mends these by itself, too, every ten seconds.
        host.await(
                "a difference that is shown",
                () -> {
                    host.vswitchctl("del-layer --owner engine " + port + " labels");
                    return driver("audit").text().contains(port + ": layer labels");
                });
        host.await(
                "a difference that is mended",
                () -> {
                    host.vswitchctl("del-layer --owner engine " + port + " labels");
                    return driver("audit --repair")
                            .text()
                            .contains("mended: " + port + ": layer labels");
                });
        host.await("no difference", () -> driver("audit").code() == 0);
        host.docker("rm -f a1").ok();
    }

    /** Runs a command that asks the driver, at that of its sockets that tests can see. */
    private static Host.Output driver(final String command) throws Exception {
        final Path socket = directory.resolve("vswitch.sock");
        if (!Files.exists(socket)) {
            Files.createSymbolicLink(socket, directory.resolve("docker-swarm.sock"));
        }
        return host.vswitchctl(command + " --plugin-dir=" + directory);
    }
}
